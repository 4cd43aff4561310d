import type { Accounts } from '../channels/accounts';
import type { SendResult } from '../channels/channel';
import { channelOf } from '../channels/registry';
import { SEND_TIMEOUT_MS } from '../channels/http';
import type { Database } from '../db/database';
import { isDatabaseUnavailable } from '../db/errors';
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
  releaseSendLeaseWhenEmpty,
  renewSendLease,
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
  wake(lane: SendLane): void;
  /** Looks for conversations with something due that nobody sends: left by a dead process, or waiting for another try. */
  findDue(): Promise<void>;
  stop(): Promise<void>;
}

/** One request and what surrounds it; a dead sender's conversation goes on after it. */
const LEASE_MS = 2 * SEND_TIMEOUT_MS;
const MESSAGES_PER_LOOK = 20;
/** Conversations taken up by one look. */
const PER_LOOK = 500;
/** Requests under way at once for one account of a platform; they wait, they do not compute. A slow one holds up no other. */
const MAX_AT_ONCE = 200;
const FIRST_RETRY_MS = 1_000;
/** After an outage the last one is sent within this time. */
const LONGEST_RETRY_MS = 2 * 60_000;
/** With the waits above, about a day and a half: an outage of hours loses nothing. */
const MAX_ATTEMPTS = 1_500;
/** Our credentials are wrong: nobody is helped by trying often, and everything goes out once they are right. */
const CONFIGURATION_RETRY_MS = 60_000;
/** A platform that asks for more than this is not taken at its word. */
const LONGEST_RETRY_AFTER_MS = 60 * 60_000;
/** The database is asked again this often to note what a platform has accepted. */
const NOTE_AGAIN_MS = 100;
/**
 * After an outage of the database leases have run out whose holders live and are about to note what was accepted before it;
 * for this long nobody takes over.
 */
const RECOVERY_MS = 2_000;

/** The conversations of one account, of which so many are sent in at once; and its pause, when the platform asks for one. */
interface AccountLine {
  active: Map<number, { again: boolean }>;
  waiting: Map<number, SendLane>;
  pausedUntil: number;
}

/**
 * Sends what turns and notifications have written: after their commit, in order within a conversation, one request at a
 * time to one person, many people at once (G-8, section 19 "Bursts").
 */
export function createSender(deps: SenderDeps): Sender {
  const owner = leaseOwner(deps.ids.next());
  const lines = new Map<string, AccountLine>();
  let isStopping = false;
  let databaseLostAt = -Infinity;
  let whenQuiet: (() => void) | undefined;

  const now = () => deps.clock.now().getTime();
  const lineOf = (lane: SendLane): AccountLine => {
    const key = accountKey(lane);
    const known = lines.get(key);
    if (known) return known;
    const line: AccountLine = { active: new Map(), waiting: new Map(), pausedUntil: 0 };
    lines.set(key, line);
    return line;
  };
  const isOpen = (line: AccountLine) =>
    !isStopping && line.active.size < MAX_AT_ONCE && line.pausedUntil <= now();

  const wake = (lane: SendLane): void => {
    const line = lineOf(lane);
    const running = line.active.get(lane.conversationId);
    if (running) running.again = true;
    else if (isStopping) return;
    else if (isOpen(line)) void run(line, lane);
    else line.waiting.set(lane.conversationId, lane);
  };

  const run = async (line: AccountLine, lane: SendLane): Promise<void> => {
    const running = { again: false };
    line.active.set(lane.conversationId, running);
    const context: SendContext = {
      ...deps,
      owner,
      isClosed: () => isStopping || line.pausedUntil > now(),
      pause: (until) => {
        line.pausedUntil = Math.max(line.pausedUntil, until.getTime());
      },
    };
    try {
      do {
        running.again = false;
        if (now() - databaseLostAt < RECOVERY_MS) break;
        await sendConversation(context, lane);
      } while (running.again && !context.isClosed());
    } catch (error) {
      const { conversationId } = lane;
      if (isDatabaseUnavailable(error)) databaseLostAt = now();
      deps.log.warn(
        { err: error, conversationId },
        'sending stopped; polling will take it up again',
      );
    } finally {
      line.active.delete(lane.conversationId);
      startWaiting(line);
      if (isStopping && activeCount() === 0) whenQuiet?.();
    }
  };

  const startWaiting = (line: AccountLine): void => {
    for (const [conversationId, lane] of line.waiting) {
      if (!isOpen(line)) break;
      line.waiting.delete(conversationId);
      void run(line, lane);
    }
  };

  const activeCount = () => [...lines.values()].reduce((sum, { active }) => sum + active.size, 0);

  const findDue = async (): Promise<void> => {
    for (const line of lines.values()) startWaiting(line);
    const closed = [...lines].filter(([, line]) => !isOpen(line)).map(([key]) => key);
    const due = await dueConversations(deps.db, deps.clock.now(), closed, PER_LOOK).catch(
      (error: unknown) => {
        databaseLostAt = now();
        throw error;
      },
    );
    for (const { leaseOwner: holder, ...lane } of due) {
      if (holder !== null && isDeadOwner(holder, owner))
        await endLeaseOf(deps.db, lane.conversationId, holder);
      else if (holder !== null) continue;
      wake(lane);
    }
  };

  return {
    wake,
    findDue,
    stop: async () => {
      isStopping = true;
      const held = [...lines.values()].flatMap(({ active }) => [...active.keys()]);
      if (held.length > 0) await new Promise<void>((resolve) => (whenQuiet = resolve));
      await releaseAllSendLeases(deps.db, owner, held).catch(() => undefined);
    },
  };
}

const accountKey = ({ channel, accountId }: SendLane): string => `${channel}:${accountId}`;

interface SendContext extends SenderDeps {
  owner: string;
  /** The process stops, or the account's pause has begun: no further request. */
  isClosed(): boolean;
  pause(until: Date): void;
}

/** Sends one conversation's messages until none is due, while the lease is ours. */
async function sendConversation(context: SendContext, lane: SendLane): Promise<void> {
  const { db, clock, owner } = context;
  const { conversationId } = lane;
  const leaseEnd = () => new Date(clock.now().getTime() + LEASE_MS);
  for (;;) {
    let until = leaseEnd();
    if (!(await takeSendLease(db, conversationId, owner, clock.now(), until))) return;
    let goesOn = true;
    let isFirst = true;
    for (const message of await queuedMessages(db, conversationId, MESSAGES_PER_LOOK)) {
      // Each further request gets the whole lease, so that it cannot run out under a slow one.
      if (!isFirst) {
        until = leaseEnd();
        if (!(await renewSendLease(db, conversationId, owner, until))) return;
      }
      isFirst = false;
      goesOn = await sendOne(context, lane, message, until);
      if (!goesOn) break;
    }
    // Nothing more can go now: the head of the line waits, and the others behind it.
    if (!goesOn) return releaseSendLease(db, conversationId, owner);
    if (await releaseSendLeaseWhenEmpty(db, conversationId, owner)) return;
  }
}

/** Sends one message and records what became of it; false when it and the ones behind it have to wait. */
async function sendOne(
  context: SendContext,
  lane: SendLane,
  message: OutgoingMessage,
  leasedUntil: Date,
): Promise<boolean> {
  const { accounts, clock } = context;
  if (message.nextAttemptAt > clock.now() || context.isClosed()) return false;
  const account = await accounts.lookUp(lane.channel, lane.accountId);
  const refusal = await refusedByOptOut(context.db, lane, message.inboxMessageId);
  if (refusal) return record(context, lane, message, refusal);
  crashPoint('send.before-request');
  // A process that was stopped wakes up here, and somebody else may have sent it: begin only what ends within the lease.
  if (clock.now().getTime() > leasedUntil.getTime() - SEND_TIMEOUT_MS) return false;
  const result: SendResult = account
    ? await channelOf(lane).send({
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
  return untilNoted(() => record(context, lane, message, result));
}

/** What the platform has accepted must be noted, or it is sent again: we ask for as long as we live (G-8). */
async function untilNoted<T>(note: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await note();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, NOTE_AGAIN_MS));
    }
  }
}

async function record(
  deps: SendContext,
  lane: SendLane,
  message: OutgoingMessage,
  result: SendResult,
): Promise<boolean> {
  const now = deps.clock.now();
  if (result.ok) {
    const { notificationId } = message;
    if (notificationId === null) {
      if (!(await markSent(deps.db, message.id, result.providerMessageId, now)))
        deps.log.warn({ outgoingId: message.id }, 'a message was sent by somebody else, too');
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
    const waitMs = Math.min(
      result.retryAfterMs ?? backoff(errorClass, message.attempts, deps.ids),
      LONGEST_RETRY_AFTER_MS,
    );
    const nextAttemptAt = new Date(now.getTime() + waitMs);
    if (result.slowsAccount ?? result.retryAfterMs !== undefined) deps.pause(nextAttemptAt);
    const { conversationId } = lane;
    await markForRetry(deps.db, { id: message.id, conversationId }, result, nextAttemptAt);
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
