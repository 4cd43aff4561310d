import { channelOf } from '../channels/registry';
import type { EventBody } from '../channels/inbound';
import type { Identity } from '../customers/consent-store';
import type { Transaction } from '../db/database';
import { notificationFailed, notificationSent } from './notification-fate-store';
import { recordCarrierOptOut } from './opt-outs';
import { applyReceipt } from './outgoing-store';
import { findReported, markReported, markReportedFailed } from './receipt-store';

type Receipt = Extract<EventBody, { kind: 'receipt' }>;

/** Whose messages: a conversation, with the lane held. */
interface Reported extends Identity {
  id: number;
}

/** What a platform tells about messages of ours, in whatever order: states only move forward (CHN-9). */
export async function receiveReceipt(
  trx: Transaction,
  conversation: Reported,
  receipt: Receipt,
  at: Date,
): Promise<void> {
  const { status, messageIds, outgoingId } = receipt;
  if (status === 'failed') return receiveFailure(trx, conversation, receipt, at);
  if (status !== 'sent') {
    const upTo = receipt.upTo ? new Date(receipt.upTo) : undefined;
    await applyReceipt(trx, conversation.id, { status, messageIds, upTo, at });
  }
  // Marked with our row, it may be about a message whose answer we have not seen, or never will.
  if (outgoingId === undefined && status !== 'sent') return;
  const providerMessageId = messageIds?.[0] ?? null;
  for (const message of await findReported(trx, conversation, receipt)) {
    await markReported(trx, message.id, { status, providerMessageId, at });
    if (message.notificationId !== null && message.state === 'queued')
      await notificationSent(trx, message.notificationId, providerMessageId ?? '', at);
  }
}

/** The person was not reached after all: what had to be told goes another way. */
async function receiveFailure(
  trx: Transaction,
  conversation: Reported,
  receipt: Receipt,
  at: Date,
): Promise<void> {
  const code = receipt.errorCode ?? 'unknown';
  const { errorClass } = channelOf(conversation).classify?.(code) ?? { errorClass: 'permanent' };
  for (const message of await findReported(trx, conversation, receipt)) {
    if (!(await markReportedFailed(trx, message.id, { errorClass, code }))) continue;
    if (message.notificationId !== null)
      await notificationFailed(trx, message.notificationId, conversation.channel, code, at);
  }
  if (errorClass === 'opt_out') await recordCarrierOptOut(trx, conversation, code, at);
}
