import type { Transaction } from '../db/database';
import { copyOptOut, type Identity } from './consent-store';
import type { ConversationRow } from './conversation-store';

/**
 * The platform says that a person goes by another number or id from now on. They stay the customer that they are, and stay
 * opted out; whoever gets the old number is a stranger, and nobody of the staff. Call with the lane of the old one held.
 */
export async function moveIdentity(
  trx: Transaction,
  conversation: ConversationRow,
  to: { externalId: string; phone?: string },
): Promise<void> {
  const { businessId, channel, accountId, externalId } = conversation;
  if (to.externalId === externalId) return;
  const old: Identity = { businessId, channel, accountId, externalId };
  const [known] = await trx.query<{ user_id: number }>(
    `SELECT user_id FROM customer_identities
     WHERE business_id = :businessId AND channel = :channel AND account_id = :accountId AND external_id = :externalId`,
    { ...old },
  );
  await copyOptOut(trx, old, { ...old, externalId: to.externalId });
  if (known) {
    // Who has written from the new one before has a record of their own there, which stays.
    await trx.execute(
      `INSERT INTO customer_identities (business_id, user_id, channel, account_id, external_id)
       VALUES (:businessId, :userId, :channel, :accountId, :to)
       ON DUPLICATE KEY UPDATE user_id = user_id`,
      { businessId, channel, accountId, userId: known.user_id, to: to.externalId },
    );
    await forget(trx, old);
    await changePhone(trx, known.user_id, externalId, to.phone);
  }
  await trx.execute(
    'UPDATE conversations SET user_id = NULL, staff_id = NULL, dialog_state = NULL WHERE id = :id',
    { id: conversation.id },
  );
}

async function forget(trx: Transaction, old: Identity): Promise<void> {
  await trx.execute(
    `DELETE FROM customer_identities
     WHERE business_id = :businessId AND channel = :channel AND account_id = :accountId AND external_id = :externalId`,
    { ...old },
  );
}

/** Only where the old number was the one that we would call. */
async function changePhone(
  trx: Transaction,
  userId: number,
  from: string,
  to: string | undefined,
): Promise<void> {
  if (to === undefined) return;
  await trx.execute('UPDATE users SET phone = :to WHERE id = :userId AND phone = :from', {
    userId,
    from,
    to,
  });
}
