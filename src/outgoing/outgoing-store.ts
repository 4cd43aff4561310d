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

/** Where messages of one conversation go. */
export interface SendLane {
  conversationId: number;
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
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    `UPDATE conversations SET send_lease_by = :owner, send_lease_until = :until
     WHERE id = :conversationId AND (send_lease_by IS NULL OR send_lease_by = :owner OR send_lease_until < :now)`,
    { conversationId, owner, now, until },
  );
  return affectedRows > 0;
}

/** Lengthens a lease that nobody has taken over since; if somebody has, what we know of the queue is out of date. */
export async function renewSendLease(
  db: Queryable,
  conversationId: number,
  owner: string,
  until: Date,
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    `UPDATE conversations SET send_lease_until = :until WHERE id = :conversationId AND send_lease_by = :owner`,
    { conversationId, owner, until },
  );
  return affectedRows > 0;
}

/** Gives the lease back. */
export async function releaseSendLease(
  db: Queryable,
  conversationId: number,
  owner: string,
): Promise<void> {
  await db.execute(
    `UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL
     WHERE id = :conversationId AND send_lease_by = :owner`,
    { conversationId, owner },
  );
}

/**
 * Gives the lease back after an empty queue, unless a message was written meanwhile: then the caller goes on. The writer
 * holds the conversation's lock, so either we see its message here or it finds the lease free.
 */
export async function releaseSendLeaseWhenEmpty(
  db: Queryable,
  conversationId: number,
  owner: string,
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    `UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL
     WHERE id = :conversationId AND send_lease_by = :owner
       AND NOT EXISTS (
           SELECT 1 FROM outgoing_messages AS m
           WHERE m.conversation_id = conversations.id AND m.state = 'queued')`,
    { conversationId, owner },
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

/** A conversation whose next message is due, and who has the right to send in it now. */
export interface DueConversation extends SendLane {
  leaseOwner: string | null;
}

/**
 * Conversations whose next message is due, longest waiting first; `closedAccounts` (`channel:account`) are passed over, so
 * that their backlog does not hide the others. A message behind one that waits for another try is not due: order is kept.
 */
export async function dueConversations(
  db: Queryable,
  now: Date,
  closedAccounts: readonly string[],
  limit: number,
): Promise<DueConversation[]> {
  const rows = await db.query<{
    id: number;
    channel: ChannelName;
    account_id: string;
    external_id: string;
    owner: string | null;
  }>(
    `SELECT c.id, c.channel, c.account_id, c.external_id, IF(c.send_lease_until >= :now, c.send_lease_by, NULL) AS owner
     FROM (SELECT conversation_id, MIN(next_attempt_at) AS due
           FROM outgoing_messages FORCE INDEX (outgoing_messages_due_idx)
           WHERE state = 'queued' AND next_attempt_at <= :now
           GROUP BY conversation_id) AS waiting
     JOIN conversations AS c ON c.id = waiting.conversation_id
     JOIN outgoing_messages AS head ON head.id = (
         SELECT MIN(m.id) FROM outgoing_messages AS m WHERE m.conversation_id = c.id AND m.state = 'queued')
     WHERE head.next_attempt_at <= :now AND CONCAT(c.channel, ':', c.account_id) NOT IN (:closedAccounts)
     ORDER BY waiting.due, c.id
     LIMIT :limit`,
    { now, limit, closedAccounts: closedAccounts.length > 0 ? closedAccounts : [''] },
  );
  return rows.map((row) => ({
    conversationId: row.id,
    channel: row.channel,
    accountId: row.account_id,
    externalId: row.external_id,
    leaseOwner: row.owner,
  }));
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

/** False when somebody else has sent it meanwhile, while we were asleep. */
export async function markSent(
  trx: Queryable,
  id: number,
  providerMessageId: string,
  at: Date,
): Promise<boolean> {
  const { affectedRows } = await trx.execute(
    // A receipt may have come first: the state only moves forward (CHN-9).
    `UPDATE outgoing_messages
     SET state = IF(state IN ('queued', 'failed'), 'sent', state), provider_message_id = :providerMessageId, sent_at = :at,
         attempts = attempts + 1, last_error = NULL, error_class = NULL, error_code = NULL
     WHERE id = :id AND (provider_message_id IS NULL OR provider_message_id = :providerMessageId OR state IN ('queued', 'failed'))`,
    { id, providerMessageId: providerMessageId.slice(0, 191), at },
  );
  return affectedRows > 0;
}

type Failure = Extract<SendResult, { ok: false }>;

/** Keeps the message for another try, and those behind it with it, so that looks for work pass over them. */
export async function markForRetry(
  trx: Queryable,
  { id, conversationId }: { id: number; conversationId: number },
  failure: Failure,
  nextAttemptAt: Date,
): Promise<void> {
  await trx.execute(
    `UPDATE outgoing_messages
     SET attempts = attempts + IF(id = :id, 1, 0), next_attempt_at = :nextAttemptAt,
         error_class = IF(id = :id, :errorClass, error_class), error_code = IF(id = :id, :code, error_code),
         last_error = IF(id = :id, :message, last_error)
     WHERE conversation_id = :conversationId AND state = 'queued' AND id >= :id`,
    { id, conversationId, nextAttemptAt, ...short(failure) },
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
