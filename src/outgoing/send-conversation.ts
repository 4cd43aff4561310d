import type { SendFailure, SendResult } from '../channels/channel';
import { SEND_TIMEOUT_MS } from '../channels/http';
import { channelOf } from '../channels/registry';
import { isDatabaseUnavailable } from '../db/errors';
import { crashPoint } from '../lib/crash-point';
import { notificationSent } from './notification-fate-store';
import { refusedByOptOut } from './opt-outs';
import { markSent, queuedMessages, type OutgoingMessage, type SendLane } from './outgoing-store';
import { isStillQueued } from './person-message-store';
import { recordRefusal } from './record-refusal';
import type { SendContext } from './send-context';
import { inWindow, windowOf } from './window';
import {
  releaseSendLease,
  releaseSendLeaseWhenEmpty,
  renewSendLease,
  takeSendLease,
} from './send-lease-store';

/** The right to send in a conversation, taken already, and everything that is queued in it. */
export interface Leased {
  until: Date;
  messages: OutgoingMessage[];
}

/** One request and what surrounds it; a dead sender's conversation goes on after it. */
export const LEASE_MS = 2 * SEND_TIMEOUT_MS;
const MESSAGES_PER_LOOK = 20;
/** The database is asked again this often to note what a platform has accepted. */
const NOTE_AGAIN_MS = 100;

/** What became of one message. */
type Fate =
  /** Sent or given up: the next one may go. */
  | 'settled'
  /** Settled, and the next one is known to be still to be sent. */
  | 'next'
  /** Settled as the last one, and its conversation's lease is given back, too. */
  | 'released'
  /** Settled as the last one; meanwhile more has been written. */
  | 'goes on'
  /** It waits, and the ones behind it. */
  | 'waits';

/** Sends one conversation's messages until none is due, while the lease is ours; with `leased`, it is so from the start. */
export async function sendConversation(
  context: SendContext,
  lane: SendLane,
  leased?: Leased,
): Promise<void> {
  const { db, owner } = context;
  const { conversationId } = lane;
  for (let next = leased; ; next = undefined) {
    const current = next ?? (await lease(context, conversationId));
    if (!current) return;
    const fate = await sendAll(context, lane, current);
    if (fate === 'lost' || fate === 'released') return;
    // Nothing more can go now: the head of the line waits, and the others behind it.
    if (fate === 'waits') return releaseSendLease(db, conversationId, owner);
    if (fate === 'goes on') continue;
    if (await releaseSendLeaseWhenEmpty(db, conversationId, owner)) return;
  }
}

async function lease(context: SendContext, conversationId: number): Promise<Leased | null> {
  const { db, clock, owner } = context;
  const until = new Date(clock.now().getTime() + LEASE_MS);
  if (!(await takeSendLease(db, conversationId, owner, clock.now(), until))) return null;
  return { until, messages: await queuedMessages(db, conversationId, MESSAGES_PER_LOOK) };
}

async function sendAll(
  context: SendContext,
  lane: SendLane,
  { until, messages }: Leased,
): Promise<Fate | 'lost'> {
  let leasedUntil = until;
  let fate: Fate = 'settled';
  for (const [at, message] of messages.entries()) {
    // Each further request begins with time enough, so that the lease cannot run out under a slow one.
    if (at > 0 && !hasTime(context, leasedUntil)) {
      leasedUntil = new Date(context.clock.now().getTime() + LEASE_MS);
      const { db, owner } = context;
      // If somebody has taken it over since, what we know of the queue is out of date.
      if (!(await renewSendLease(db, lane.conversationId, owner, leasedUntil))) return 'lost';
    }
    // The first one was just read or written; before the others a person may have taken over (G-12).
    if (at > 0 && fate !== 'next' && !(await isStillQueued(context.db, message.id))) continue;
    fate = await sendOne(context, lane, message, leasedUntil, messages[at + 1]);
    if (fate !== 'settled' && fate !== 'next') return fate;
  }
  return fate;
}

/** Whether a request that begins now ends before the lease does. */
const hasTime = ({ clock }: SendContext, leasedUntil: Date): boolean =>
  clock.now().getTime() <= leasedUntil.getTime() - SEND_TIMEOUT_MS;

/** Sends one message and records what became of it. */
async function sendOne(
  context: SendContext,
  lane: SendLane,
  message: OutgoingMessage,
  leasedUntil: Date,
  next: OutgoingMessage | undefined,
): Promise<Fate> {
  const { accounts, clock } = context;
  if (message.nextAttemptAt > clock.now() || context.isClosed()) return 'waits';
  const account = await accounts.lookUp(lane.channel, lane.accountId);
  const window = windowOf(lane, message.lastInboundAt, clock.now());
  const payload = inWindow(message.payload, window, message.author ?? 'bot');
  const refusal =
    (await refusedByOptOut(context.db, lane, message.inboxMessageId)) ??
    inVain(payload !== null, message);
  if (refusal || !payload) return record(context, lane, message, refusal ?? CLOSED, next);
  const mayGo = context.inPace(lane, message);
  if (mayGo !== true && !((await mayGo) && !context.isClosed())) return 'waits';
  crashPoint('send.before-request');
  // A process that was stopped wakes up here, and somebody else may have sent it: begin only what ends within the lease.
  if (!hasTime(context, leasedUntil)) return 'waits';
  const channel = channelOf(lane);
  const address = await channel.address?.(context.db, lane);
  const result: SendResult = account
    ? await channel.send({
        account,
        to: lane.externalId,
        payload,
        outgoingId: message.id,
        address,
      })
    : {
        ok: false,
        errorClass: 'configuration',
        code: 'channel_off',
        message: 'this channel has no credentials here',
      };
  crashPoint('send.after-request');
  return untilNoted(() => record(context, lane, message, result, next));
}

const CLOSED: SendFailure = {
  ok: false,
  errorClass: 'reroute',
  code: 'window_closed',
  message: 'the platform takes nothing more until the person writes',
};
const UNREACHABLE: SendFailure = {
  ok: false,
  errorClass: 'permanent',
  code: 'unreachable',
  message: 'the platform has said that nothing arrives there',
};

/** Why a request is not even made; what it would have told goes another way. */
function inVain(isInWindow: boolean, message: OutgoingMessage): SendFailure | null {
  const { unreachableAt, lastInboundAt } = message;
  if (unreachableAt && unreachableAt >= (lastInboundAt ?? new Date(0))) return UNREACHABLE;
  return isInWindow ? null : CLOSED;
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
  context: SendContext,
  lane: SendLane,
  message: OutgoingMessage,
  result: SendResult,
  next: OutgoingMessage | undefined,
): Promise<Fate> {
  if (!result.ok)
    return (await recordRefusal(context, lane, message, result)) ? 'settled' : 'waits';
  const { db, clock } = context;
  const { id: messageId, notificationId } = message;
  const { providerMessageId } = result;
  const at = clock.now();
  context.works();
  if (result.pauseMs) context.pause(new Date(at.getTime() + result.pauseMs));
  if (notificationId !== null) {
    await db.transaction(async (trx) => {
      await markSent(trx, messageId, providerMessageId, at);
      await notificationSent(trx, { notificationId, messageId }, providerMessageId, at);
    });
    return 'settled';
  }
  const then = next ? { next: next.id } : { releases: lane.conversationId };
  const after = await context.noteSent({ messageId, providerMessageId, at, ...then });
  return after === 'kept' ? 'settled' : after;
}
