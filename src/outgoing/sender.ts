import type { Accounts } from '../channels/accounts';
import type { SendResult } from '../channels/channel';
import { channelOf } from '../channels/registry';
import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';
import { crashPoint } from '../lib/crash-point';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/log';
import { notificationFailed, notificationSent } from './notification-fate-store';
import { isDeadOwner, leaseOwner } from './lease-owner';
import { recordCarrierOptOut, refusedByOptOut } from './opt-outs';
import {
  dueConversations,
  endLeaseOf,
  markFailed,
  markForRetry,
  markSent,
  queuedMessages,
  releaseAllSendLeases,
  releaseSendLease,
  takeSendLease,
  type OutgoingMessage,
  type SendLane,
} from './outgoing-store';

export interface SenderDeps {
  db: Database;
  accounts: Accounts;
  clock: Clock;
  ids: Ids;
  log: Log;
}

export interface Sender {
  /** Says that this conversation has something to send. Cheap, and harmless when wrong. */
  wake(conversationId: number): void;
  /** Looks for conversations with something due that nobody sends: left by a dead process, or waiting for another try. */
  findDue(): Promise<void>;
  stop(): Promise<void>;
}

/** Longer than one request may take (10 s); a dead sender's conversation goes on after it. */
const LEASE_MS = 20_000;
const MESSAGES_PER_LOOK = 20;
/** Conversations taken up by one look. */
const PER_LOOK = 500;
/** Requests under way at once in one instance; they wait, they do not compute. */
const MAX_AT_ONCE = 200;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** With the waits above, about a day and a half: an outage of hours loses nothing. */
const MAX_ATTEMPTS = 220;
/** Our credentials are wrong: nobody is helped by trying often, and everything goes out once they are right. */
const CONFIGURATION_RETRY_MS = 60_000;

/**
 * Sends what turns and notifications have written: after their commit, in order within a conversation, one request at a
 * time to one person, many people at once (G-8, section 19 "Bursts").
 */
export function createSender(deps: SenderDeps): Sender {
  const owner = leaseOwner(deps.ids.next());
  const active = new Map<number, { again: boolean }>();
  const waiting = new Set<number>();
  let isStopping = false;
  let whenQuiet: (() => void) | undefined;

  const wake = (conversationId: number): void => {
    const running = active.get(conversationId);
    if (running) running.again = true;
    else if (isStopping) return;
    else if (active.size >= MAX_AT_ONCE) waiting.add(conversationId);
    else void run(conversationId);
  };

  const run = async (conversationId: number): Promise<void> => {
    const running = { again: false };
    active.set(conversationId, running);
    try {
      do {
        running.again = false;
        await sendConversation(deps, owner, conversationId, () => isStopping);
      } while (running.again && !isStopping);
    } catch (error) {
      deps.log.warn(
        { err: error, conversationId },
        'sending stopped; polling will take it up again',
      );
    } finally {
      active.delete(conversationId);
      next();
    }
  };

  const next = (): void => {
    for (const conversationId of waiting) {
      if (isStopping || active.size >= MAX_AT_ONCE) break;
      waiting.delete(conversationId);
      void run(conversationId);
    }
    if (isStopping && active.size === 0) whenQuiet?.();
  };

  const findDue = async (): Promise<void> => {
    for (const { conversationId, leaseOwner: holder } of await dueConversations(
      deps.db,
      deps.clock.now(),
      PER_LOOK,
    )) {
      if (holder !== null && isDeadOwner(holder, owner))
        await endLeaseOf(deps.db, conversationId, holder);
      else if (holder !== null) continue;
      wake(conversationId);
    }
  };

  return {
    wake,
    findDue,
    stop: async () => {
      isStopping = true;
      const held = [...active.keys()];
      if (active.size > 0) await new Promise<void>((resolve) => (whenQuiet = resolve));
      await releaseAllSendLeases(deps.db, owner, held).catch(() => undefined);
    },
  };
}

/** Sends one conversation's messages until none is due, while the lease is ours. */
async function sendConversation(
  deps: SenderDeps,
  owner: string,
  conversationId: number,
  isStopping: () => boolean,
): Promise<void> {
  const lease = () => {
    const now = deps.clock.now();
    return takeSendLease(deps.db, conversationId, owner, now, new Date(now.getTime() + LEASE_MS));
  };
  const lane = await lease();
  if (!lane) return;
  for (;;) {
    const messages = await queuedMessages(deps.db, conversationId, MESSAGES_PER_LOOK);
    let isFirst = true;
    for (const message of messages) {
      // The head of the line waits for its next try, and the others behind it: order is kept.
      if (message.nextAttemptAt > deps.clock.now() || isStopping()) break;
      // Each further request gets the whole lease, so that it cannot run out under a slow one.
      if (!isFirst && !(await lease())) return;
      isFirst = false;
      const goesOn = await sendOne(deps, lane, message);
      if (!goesOn) break;
    }
    const isReleased = await releaseSendLease(deps.db, conversationId, owner, deps.clock.now());
    if (isReleased || isStopping()) return;
    if (!(await lease())) return;
  }
}

/** Sends one message and records what became of it; false when the ones behind it have to wait. */
async function sendOne(
  deps: SenderDeps,
  lane: SendLane,
  message: OutgoingMessage,
): Promise<boolean> {
  const account = deps.accounts.find(lane.channel, lane.accountId);
  const refusal = await refusedByOptOut(deps.db, lane, message.inboxMessageId);
  if (refusal) return record(deps, lane, message, refusal);
  crashPoint('send.before-request');
  const result: SendResult = account
    ? await channelOf(lane.channel).send({
        account,
        to: lane.externalId,
        payload: message.payload,
        outgoingId: message.id,
      })
    : {
        ok: false,
        errorClass: 'configuration',
        code: 'channel_off',
        message: 'this channel has no credentials here',
      };
  crashPoint('send.after-request');
  return record(deps, lane, message, result);
}

async function record(
  deps: SenderDeps,
  lane: SendLane,
  message: OutgoingMessage,
  result: SendResult,
): Promise<boolean> {
  const now = deps.clock.now();
  if (result.ok) {
    const { notificationId } = message;
    if (notificationId === null) {
      await markSent(deps.db, message.id, result.providerMessageId, now);
    } else {
      await deps.db.transaction(async (trx) => {
        await markSent(trx, message.id, result.providerMessageId, now);
        await notificationSent(trx, notificationId, result.providerMessageId, now);
      });
    }
    return true;
  }
  const { errorClass, code } = result;
  deps.log.warn(
    { outgoingId: message.id, channel: lane.channel, errorClass, code },
    'a message was not accepted',
  );
  const isWorthRetrying =
    (errorClass === 'retry' || errorClass === 'configuration') &&
    message.attempts + 1 < MAX_ATTEMPTS;
  if (isWorthRetrying) {
    const waitMs = result.retryAfterMs ?? backoff(errorClass, message.attempts, deps.ids);
    await markForRetry(deps.db, message.id, result, new Date(now.getTime() + waitMs));
    return false;
  }
  await deps.db.transaction(async (trx) => {
    await markFailed(trx, message.id, result);
    const businessId = deps.accounts.find(lane.channel, lane.accountId)?.businessId;
    if (errorClass === 'opt_out' && businessId !== undefined)
      await recordCarrierOptOut(trx, { ...lane, businessId }, code, now);
    if (message.notificationId)
      await notificationFailed(
        trx,
        message.notificationId,
        lane.channel,
        `${code}: ${result.message}`,
        now,
      );
  });
  return true;
}

/** 1 s, 2 s, 4 s … 10 min, each between half and the whole of it, so that failed senders do not come back together. */
function backoff(errorClass: string, attempts: number, ids: Ids): number {
  const wait = Math.min(FIRST_RETRY_MS * 2 ** attempts, LONGEST_RETRY_MS);
  return Math.max(
    errorClass === 'configuration' ? CONFIGURATION_RETRY_MS : 0,
    wait * (0.5 + ids.random() / 2),
  );
}
