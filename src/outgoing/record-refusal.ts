import type { SendFailure } from '../channels/channel';
import { channelOf } from '../channels/registry';
import type { Ids } from '../lib/ids';
import { notificationFailed } from './notification-fate-store';
import { recordCarrierOptOut } from './opt-outs';
import { markFailed, markForRetry, type OutgoingMessage, type SendLane } from './outgoing-store';
import { markUnreachable, replacePayload } from './refusal-store';
import type { SendContext } from './send-context';

const FIRST_RETRY_MS = 1_000;
/** After an outage the last one is sent within this time. */
const LONGEST_RETRY_MS = 2 * 60_000;
/** With the waits above, about a day and a half: an outage of hours loses nothing. */
const MAX_ATTEMPTS = 1_500;
/** Our credentials are wrong: nobody is helped by trying often, and everything goes out once they are right. */
export const CONFIGURATION_RETRY_MS = 60_000;
/** A platform that asks for more than this is not taken at its word. */
const LONGEST_RETRY_AFTER_MS = 60 * 60_000;

/** Notes that a message was not accepted (CHN-8); false when it waits for another try, and the ones behind it with it. */
export async function recordRefusal(
  context: SendContext,
  lane: SendLane,
  message: OutgoingMessage,
  refusal: SendFailure,
): Promise<boolean> {
  const { errorClass, code } = refusal;
  context.log.warn(
    { outgoingId: message.id, channel: lane.channel, errorClass, code },
    'a message was not accepted',
  );
  if (refusal.stopsAccount) context.stop(code);
  if (!isWorthRetrying(message, refusal)) {
    if (await goesOnWithoutPicture(context, lane, message, refusal)) return false;
    await giveUp(context, lane, message, refusal);
    return true;
  }
  const nextAttemptAt = nextTry(context, message, refusal);
  if (refusal.slowsAccount && !refusal.stopsAccount) context.pause(nextAttemptAt);
  const { conversationId } = lane;
  await markForRetry(context.db, { id: message.id, conversationId }, refusal, nextAttemptAt);
  return false;
}

function isWorthRetrying(message: OutgoingMessage, refusal: SendFailure): boolean {
  const { errorClass, mostTries = MAX_ATTEMPTS } = refusal;
  if (errorClass !== 'retry' && errorClass !== 'configuration') return false;
  return message.attempts + 1 < MAX_ATTEMPTS && (message.countedTries ?? 0) + 1 < mostTries;
}

/** A picture that the platform cannot fetch keeps nobody from the words beside it. */
async function goesOnWithoutPicture(
  { db, clock }: SendContext,
  { channel, accountId, conversationId }: SendLane,
  { id, payload }: OutgoingMessage,
  refusal: SendFailure,
): Promise<boolean> {
  const bare = refusal.isPicture && channelOf({ channel, accountId }).withoutPicture?.(payload);
  if (!bare) return false;
  await markForRetry(db, { id, conversationId }, refusal, clock.now());
  await replacePayload(db, id, bare);
  return true;
}

async function giveUp(
  { db, clock, accounts }: SendContext,
  lane: SendLane,
  message: OutgoingMessage,
  refusal: SendFailure,
): Promise<void> {
  const now = clock.now();
  // Beside the transaction: it waits for a turn that has the conversation, and must hold nothing meanwhile.
  if (refusal.stopsPerson) await markUnreachable(db, lane.conversationId, now);
  await db.transaction(async (trx) => {
    await markFailed(trx, message.id, refusal);
    const businessId = accounts.find(lane.channel, lane.accountId)?.businessId;
    if (refusal.errorClass === 'opt_out' && businessId !== undefined)
      await recordCarrierOptOut(trx, { ...lane, businessId }, refusal.code, now);
    if (message.notificationId)
      await notificationFailed(trx, message.notificationId, lane.channel, {
        error: `${refusal.code}: ${refusal.message}`,
        at: now,
      });
  });
}

function nextTry(
  { clock, ids }: SendContext,
  message: OutgoingMessage,
  refusal: SendFailure,
): Date {
  const { errorClass, retryAfterMs, growth } = refusal;
  const own = backoff(errorClass, message.attempts, ids, growth);
  const wait = growth === undefined ? (retryAfterMs ?? own) : Math.max(retryAfterMs ?? 0, own);
  return new Date(clock.now().getTime() + Math.min(wait, LONGEST_RETRY_AFTER_MS));
}

/** 1 s, 2 s, 4 s … 2 min, each between half and the whole of it, so that failed senders do not come back together. */
function backoff(errorClass: string, attempts: number, ids: Ids, growth = 2): number {
  const wait = Math.min(FIRST_RETRY_MS * growth ** attempts, LONGEST_RETRY_MS);
  return Math.max(
    errorClass === 'configuration' ? CONFIGURATION_RETRY_MS : 0,
    wait * (0.5 + ids.random() / 2),
  );
}
