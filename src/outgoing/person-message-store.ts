import type { RenderedMessage } from '../channels/channel';
import type { Queryable, Transaction } from '../db/database';

/** What somebody of the shop writes to the person of a conversation. */
export interface PersonMessage {
  businessId: number;
  conversationId: number;
  /** `staff:3`, `api`; or where it was written: `inbox` (the page's), `phone`. */
  writtenBy: string;
}

/** Writes what a person of the shop has to say, to be sent in its turn. Call with the lane held. Returns the rows' ids. */
export async function insertPersonMessages(
  trx: Transaction,
  from: PersonMessage,
  messages: readonly RenderedMessage[],
  now: Date,
): Promise<number[]> {
  const ids: number[] = [];
  for (const { payload, display, segments } of messages) {
    const { insertId } = await trx.execute(
      `INSERT INTO outgoing_messages
          (business_id, conversation_id, author, written_by, payload, display_text, segments, next_attempt_at, created_at)
       VALUES (:businessId, :conversationId, 'person', :writtenBy, :payload, :display, :segments, :now, :now)`,
      { ...from, payload: JSON.stringify(payload), display, segments: segments ?? null, now },
    );
    ids.push(insertId);
  }
  return ids;
}

/** Keeps what a person has written on the platform itself: it is there already, and only goes on record (DLG-10). */
export async function insertWrittenElsewhere(
  trx: Transaction,
  from: PersonMessage,
  message: { text: string; providerMessageId: string | null; at: Date },
): Promise<void> {
  await trx.execute(
    `INSERT INTO outgoing_messages
        (business_id, conversation_id, author, written_by, payload, display_text, state, next_attempt_at,
         provider_message_id, created_at, sent_at)
     VALUES (:businessId, :conversationId, 'person', :writtenBy, :payload, :text, 'sent', :at, :providerMessageId, :at, :at)`,
    // In the shape of Messenger's own, which is what the record is shown from.
    { ...from, ...message, payload: JSON.stringify({ message: { text: message.text } }) },
  );
}

/**
 * Answers of the bot that are still waiting are not sent any more; what carries a notification is, since nobody else would
 * tell it (G-8). Call with the lane held. Returns how many.
 */
export async function skipQueuedAnswers(trx: Transaction, conversationId: number): Promise<number> {
  const { affectedRows } = await trx.execute(
    `UPDATE outgoing_messages SET state = 'skipped', last_error = 'a person has taken over'
     WHERE conversation_id = :conversationId AND state = 'queued' AND author = 'bot'
       AND inbox_message_id IS NOT NULL AND notification_id IS NULL`,
    { conversationId },
  );
  return affectedRows;
}

/** False when it is not to be sent any more: a person has taken over since it was read. */
export async function isStillQueued(q: Queryable, id: number): Promise<boolean> {
  const rows = await q.query(
    `SELECT id FROM outgoing_messages WHERE id = :id AND state = 'queued'`,
    { id },
  );
  return rows.length > 0;
}

/** A message of ours that a platform may be reflecting. */
export interface EchoCandidate {
  id: number;
  payload: Record<string, unknown>;
  display: string;
}

/** Whether the platform has given this name to a message of ours in the conversation. */
export async function isSentAs(
  q: Queryable,
  conversationId: number,
  providerMessageId: string,
): Promise<boolean> {
  const rows = await q.query(
    `SELECT id FROM outgoing_messages
     WHERE provider_message_id = :providerMessageId AND conversation_id = :conversationId LIMIT 1`,
    { conversationId, providerMessageId },
  );
  return rows.length > 0;
}

/**
 * Messages of ours whose name on the platform we do not know yet, or not for sure: those on their way, and those sent since
 * `since`, which may have been sent twice.
 */
export async function echoCandidates(
  q: Queryable,
  conversationId: number,
  since: Date,
  limit: number,
): Promise<EchoCandidate[]> {
  const rows = await q.query<{ id: number; payload: string; display_text: string }>(
    `SELECT id, payload, display_text FROM outgoing_messages
     WHERE conversation_id = :conversationId
       AND (state = 'queued' OR created_at >= :since OR sent_at >= :since)
       AND COALESCE(written_by, '') NOT IN ('inbox', 'phone')
     ORDER BY id DESC LIMIT :limit`,
    { conversationId, since, limit },
  );
  return rows.map((row) => ({
    id: row.id,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
    display: row.display_text,
  }));
}
