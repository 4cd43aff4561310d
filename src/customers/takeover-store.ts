import type { Queryable, Transaction } from '../db/database';
import { findConversationById, type ConversationRow } from './conversation-store';

/**
 * Takes the lane of a conversation for something that a person of the shop does in it; waits for the turn that holds it,
 * which takes milliseconds. Null when the business has no such conversation.
 */
export async function waitForConversation(
  trx: Transaction,
  businessId: number,
  id: number,
): Promise<ConversationRow | null> {
  const [row] = await trx.query<{ id: number }>(
    'SELECT id FROM conversations WHERE id = :id AND business_id = :businessId FOR UPDATE',
    { id, businessId },
  );
  return row ? findConversationById(trx, row.id) : null;
}

/** A person has the conversation from now on, or goes on having it. Call with the lane held. */
export async function saveTakeover(
  trx: Transaction,
  id: number,
  takeover: { by: string; since: Date; until: Date; isNew: boolean },
): Promise<void> {
  await trx.execute(
    `UPDATE conversations
     SET takeover_by = :by, takeover_until = :until,
         takeover_since = IF(:isNew OR takeover_since IS NULL, :since, takeover_since)
     WHERE id = :id`,
    { id, ...takeover },
  );
}

/** The bot has it again. Call with the lane held. */
export async function clearTakeover(trx: Transaction, id: number): Promise<void> {
  await trx.execute(
    `UPDATE conversations SET takeover_by = NULL, takeover_since = NULL, takeover_until = NULL
     WHERE id = :id AND takeover_until IS NOT NULL`,
    { id },
  );
}

/** The conversations of a customer, the one in which they wrote last first; staff's own chats are none. */
export async function conversationsOfCustomer(
  q: Queryable,
  businessId: number,
  userId: number,
): Promise<{ id: number; isTaken: boolean }[]> {
  const rows = await q.query<{ id: number; takeover_until: Date | null }>(
    `SELECT id, takeover_until FROM conversations
     WHERE user_id = :userId AND business_id = :businessId AND staff_id IS NULL
     ORDER BY last_inbound_at DESC, id DESC
     LIMIT 20`,
    { userId, businessId },
  );
  return rows.map((row) => ({ id: row.id, isTaken: row.takeover_until !== null }));
}
