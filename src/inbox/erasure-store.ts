import type { Transaction } from '../db/database';
import { forgetMediaOf } from '../media/media-store';
import { insertInbox, type InboxMessage } from './inbox-store';

/** A message without anything that was in it. */
const EMPTY = { kind: 'message' } as const;

/**
 * Erases what is stored of a message that the person has taken back. If the message itself is still on its way, its place
 * is taken, so that its text is never stored. Call with the conversation's lane held.
 */
export async function eraseMessage(
  trx: Transaction,
  erasure: InboxMessage,
  messageId: string,
): Promise<void> {
  const { channel, accountId, externalId, conversationKey, businessId, sentAt, receivedAt } =
    erasure;
  await forgetMediaOf(trx, { channel, accountId, providerMessageId: messageId });
  const { affectedRows } = await trx.execute(
    `UPDATE inbox_messages
     SET event = :empty, state = IF(state = 'pending', 'ignored', state)
     WHERE channel = :channel AND account_id = :accountId AND provider_message_id = :messageId
       AND conversation_key = :conversationKey`,
    { empty: JSON.stringify(EMPTY), channel, accountId, messageId, conversationKey },
  );
  if (affectedRows > 0) return;
  const event = {
    channel,
    accountId,
    externalId,
    providerMessageId: messageId,
    sentAt,
    body: EMPTY,
  };
  await insertInbox(trx, [{ event, businessId, state: 'ignored', receivedAt }]);
}
