import type { RenderedMessage, SendResult } from '../channels/channel';
import type { ChannelName } from '../channels/inbound';
import type { Queryable, Transaction } from '../db/database';

export interface NewOutgoing {
  businessId: number;
  conversationId: number;
  inboxMessageId: number | null;
  notificationId: number | null;
  message: RenderedMessage;
}

export interface OutgoingMessage {
  id: number;
  payload: Record<string, unknown>;
  attempts: number;
  nextAttemptAt: Date;
  notificationId: number | null;
  /** The message that it answers. */
  inboxMessageId: number | null;
}

/** Writes messages to be sent, in the order given. Call with the conversation locked: order within it goes by id. */
export async function insertOutgoing(
  trx: Transaction,
  messages: readonly NewOutgoing[],
  now: Date,
): Promise<void> {
  if (messages.length === 0) return;
  const values = messages.map((one) => [
    one.businessId,
    one.conversationId,
    one.inboxMessageId,
    one.notificationId,
    JSON.stringify(one.message.payload),
    one.message.display,
    one.message.segments ?? null,
    now,
    now,
  ]);
  await trx.execute(
    `INSERT INTO outgoing_messages
        (business_id, conversation_id, inbox_message_id, notification_id, payload, display_text, segments, next_attempt_at, created_at)
     VALUES ?`,
    [values],
  );
}

/** What a sender needs to know of the conversation that it has the lease of. */
export interface SendLane {
  conversationId: number;
  businessId: number;
  channel: ChannelName;
  accountId: string;
  externalId: string;
}

/**
 * Takes the right to send in a conversation until `until`, unless somebody else has it. A lease rather than a lock,
 * because the HTTP request may take seconds. The lease of a dead process runs out.
 */
export async function takeSendLease(
  db: Queryable,
  conversationId: number,
  owner: string,
  now: Date,
  until: Date,
): Promise<SendLane | null> {
  const { affectedRows } = await db.execute(
    `UPDATE conversations SET send_lease_by = :owner, send_lease_until = :until
     WHERE id = :conversationId AND (send_lease_by IS NULL OR send_lease_by = :owner OR send_lease_until < :now)`,
    { conversationId, owner, now, until },
  );
  if (affectedRows === 0) return null;
  const [row] = await db.query<{
    business_id: number;
    channel: ChannelName;
    account_id: string;
    external_id: string;
  }>(
    'SELECT business_id, channel, account_id, external_id FROM conversations WHERE id = :conversationId',
    { conversationId },
  );
  return row
    ? {
        conversationId,
        businessId: row.business_id,
        channel: row.channel,
        accountId: row.account_id,
        externalId: row.external_id,
      }
    : null;
}

/**
 * Gives the lease back, unless a message that is due was written meanwhile: then the caller goes on. The writer holds the
 * conversation's lock, so either we see its message here or it finds the lease free.
 */
export async function releaseSendLease(
  db: Queryable,
  conversationId: number,
  owner: string,
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    `UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL
     WHERE id = :conversationId AND send_lease_by = :owner
       AND NOT EXISTS (
           SELECT 1 FROM outgoing_messages
           WHERE conversation_id = :conversationId AND state = 'queued' AND next_attempt_at <= :now)`,
    { conversationId, owner, now },
  );
  return affectedRows > 0;
}

/** Gives back every lease of this instance, at shutdown. */
export async function releaseAllSendLeases(
  db: Queryable,
  owner: string,
  conversationIds: readonly number[],
): Promise<void> {
  if (conversationIds.length === 0) return;
  await db.execute(
    'UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL WHERE id IN (?) AND send_lease_by = ?',
    [conversationIds, owner],
  );
}

/** The conversation's messages that are not sent yet, oldest first. */
export async function queuedMessages(
  db: Queryable,
  conversationId: number,
  limit: number,
): Promise<OutgoingMessage[]> {
  const rows = await db.query<{
    id: number;
    payload: string;
    attempts: number;
    next_attempt_at: Date;
    notification_id: number | null;
    inbox_message_id: number | null;
  }>(
    `SELECT id, payload, attempts, next_attempt_at, notification_id, inbox_message_id
     FROM outgoing_messages
     WHERE conversation_id = :conversationId AND state = 'queued'
     ORDER BY id
     LIMIT :limit`,
    { conversationId, limit },
  );
  return rows.map((row) => ({
    id: row.id,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    notificationId: row.notification_id,
    inboxMessageId: row.inbox_message_id,
  }));
}

/** A conversation with a message that is due, and who has the right to send in it now. */
export interface DueConversation {
  conversationId: number;
  leaseOwner: string | null;
}

/** Conversations with a message that is due, longest waiting first. */
export async function dueConversations(
  db: Queryable,
  now: Date,
  limit: number,
): Promise<DueConversation[]> {
  const rows = await db.query<{ conversation_id: number; owner: string | null }>(
    `SELECT m.conversation_id, MIN(m.next_attempt_at) AS due,
            MAX(IF(c.send_lease_until >= :now, c.send_lease_by, NULL)) AS owner
     FROM outgoing_messages AS m FORCE INDEX (outgoing_messages_due_idx)
     JOIN conversations AS c ON c.id = m.conversation_id
     WHERE m.state = 'queued' AND m.next_attempt_at <= :now
     GROUP BY m.conversation_id
     ORDER BY due
     LIMIT :limit`,
    { now, limit },
  );
  return rows.map((row) => ({ conversationId: row.conversation_id, leaseOwner: row.owner }));
}

/** Ends the lease of an owner that has died, so that somebody else can send at once. */
export async function endLeaseOf(
  db: Queryable,
  conversationId: number,
  deadOwner: string,
): Promise<void> {
  await db.execute(
    `UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL
     WHERE id = :conversationId AND send_lease_by = :deadOwner`,
    { conversationId, deadOwner },
  );
}

export async function markSent(
  trx: Queryable,
  id: number,
  providerMessageId: string,
  at: Date,
): Promise<void> {
  // A receipt may have come first: the state only moves forward (CHN-9).
  await trx.execute(
    `UPDATE outgoing_messages
     SET state = IF(state = 'queued', 'sent', state), provider_message_id = :providerMessageId, sent_at = :at,
         attempts = attempts + 1, last_error = NULL, error_class = NULL, error_code = NULL
     WHERE id = :id`,
    { id, providerMessageId: providerMessageId.slice(0, 191), at },
  );
}

type Failure = Extract<SendResult, { ok: false }>;

/** Keeps the message for another try. */
export async function markForRetry(
  trx: Queryable,
  id: number,
  failure: Failure,
  nextAttemptAt: Date,
): Promise<void> {
  await trx.execute(
    `UPDATE outgoing_messages
     SET attempts = attempts + 1, next_attempt_at = :nextAttemptAt,
         error_class = :errorClass, error_code = :code, last_error = :message
     WHERE id = :id AND state = 'queued'`,
    { id, nextAttemptAt, ...short(failure) },
  );
}

/** Gives the message up; the row says why. */
export async function markFailed(trx: Queryable, id: number, failure: Failure): Promise<void> {
  await trx.execute(
    `UPDATE outgoing_messages
     SET state = 'failed', attempts = attempts + 1, error_class = :errorClass, error_code = :code, last_error = :message
     WHERE id = :id AND state = 'queued'`,
    { id, ...short(failure) },
  );
}

const short = ({ errorClass, code, message }: Failure) => ({
  errorClass,
  code: code.slice(0, 64),
  message: message.slice(0, 500),
});

/** Moves our messages forward by what the platform reports: named ones, or everything sent up to an instant. */
export async function applyReceipt(
  trx: Queryable,
  conversationId: number,
  receipt: { status: 'delivered' | 'read'; messageIds?: string[]; upTo?: Date; at: Date },
): Promise<void> {
  const { status, messageIds = [], upTo, at } = receipt;
  const earlier = status === 'read' ? ['sent', 'delivered', 'failed'] : ['sent', 'failed'];
  const column = status === 'read' ? 'read_at' : 'delivered_at';
  if (messageIds.length > 0) {
    await trx.execute(
      `UPDATE outgoing_messages SET state = ?, ${column} = ?
       WHERE conversation_id = ? AND provider_message_id IN (?) AND state IN (?)`,
      [status, at, conversationId, messageIds.slice(0, 100), earlier],
    );
  }
  if (upTo) {
    await trx.execute(
      `UPDATE outgoing_messages SET state = ?, ${column} = ?
       WHERE conversation_id = ? AND state IN (?) AND sent_at <= ?`,
      [status, at, conversationId, earlier.filter((state) => state !== 'failed'), upTo],
    );
  }
}
