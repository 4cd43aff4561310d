import type { Treatment } from '../channels/channel';
import { channelOf } from '../channels/registry';
import type { EventBody } from '../channels/inbound';
import type { Identity } from '../customers/consent-store';
import type { Transaction } from '../db/database';
import { notificationFailed, notificationSent } from './notification-fate-store';
import { recordCarrierOptOut } from './opt-outs';
import { findReported, markReported, markReportedFailed, markUpTo } from './receipt-store';
import { markUnreachable } from './refusal-store';

type Receipt = Extract<EventBody, { kind: 'receipt' }>;

/** Whose messages: a conversation, with the lane held. */
interface Reported extends Identity {
  id: number;
}

/**
 * What a platform tells about messages of ours, in whatever order: states only move forward (CHN-9). Gives the error that stops
 * the whole account, if it is one.
 */
export async function receiveReceipt(
  trx: Transaction,
  conversation: Reported,
  receipt: Receipt,
  at: Date,
): Promise<string | undefined> {
  const { status, messageIds } = receipt;
  if (status === 'failed') return receiveFailure(trx, conversation, receipt, at);
  const providerMessageId = messageIds?.[0] ?? null;
  // Marked with our row, it may be about a message whose answer we have not seen, or never will.
  for (const message of await findReported(trx, conversation, receipt)) {
    await markReported(trx, message.id, { status, providerMessageId, at });
    const { notificationId } = message;
    const isNews = message.state === 'queued' || message.state === 'failed';
    // It has arrived after all: whoever would tell it another way need not, if they have not begun.
    if (notificationId !== null && isNews)
      await notificationSent(trx, { notificationId, messageId: message.id }, providerMessageId ?? '', at); // prettier-ignore
  }
  if (status === 'sent' || receipt.upTo === undefined) return undefined;
  await markUpTo(trx, conversation.id, { status, upTo: new Date(receipt.upTo), at });
  return undefined;
}

/** A handset that is off is tried again so much later each time; then another channel is. */
const AGAIN_AFTER_MS = [5 * 60_000, 30 * 60_000];

/** The person was not reached after all: what had to be told goes another way. */
async function receiveFailure(
  trx: Transaction,
  conversation: Reported,
  receipt: Receipt,
  at: Date,
): Promise<string | undefined> {
  const code = receipt.errorCode ?? 'unknown';
  const treatment: Treatment = channelOf(conversation).classify?.(code) ?? { errorClass: 'permanent' }; // prettier-ignore
  const { errorClass, mostTries, stopsPerson, stopsAccount } = treatment;
  for (const message of await findReported(trx, conversation, receipt)) {
    if (!(await markReportedFailed(trx, message.id, { errorClass, code }))) continue;
    const { notificationId, timesTold } = message;
    if (notificationId === null) continue;
    const waitMs = errorClass === 'retry' && mostTries ? AGAIN_AFTER_MS[timesTold - 1] : undefined;
    const again = waitMs === undefined ? undefined : new Date(at.getTime() + waitMs);
    await notificationFailed(trx, notificationId, conversation.channel, { error: code, at, again });
  }
  if (errorClass === 'opt_out') await recordCarrierOptOut(trx, conversation, code, at);
  if (stopsPerson) await markUnreachable(trx, conversation.id, at);
  return stopsAccount ? code : undefined;
}
