import type { RenderedMessage, SendFailure } from '../channels/channel';
import type { ChannelName } from '../channels/inbound';
import type { Queryable, Transaction } from '../db/database';
import { markAllSent } from './sent-store';

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
  /** Tries that the platform's error allows a few of only. */
  countedTries?: number;
  /** How many SMS it is; nothing elsewhere. */
  segments?: number | null;
  author?: 'bot' | 'person';
  /** The person's last message, by the platform's time. */
  lastInboundAt?: Date | null;
  /** Since when nothing arrives there, as far as the platform says. */
  unreachableAt?: Date | null;
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

/** The ids of what is queued in these conversations, in the order in which it goes out. */
export async function queuedIds(
  q: Queryable,
  conversationIds: readonly number[],
): Promise<Map<number, number[]>> {
  const ids = new Map<number, number[]>();
  if (conversationIds.length === 0) return ids;
  const rows = await q.query<{ id: number; conversation_id: number }>(
    `SELECT id, conversation_id FROM outgoing_messages
     WHERE conversation_id IN (:conversationIds) AND state = 'queued'
     ORDER BY id`,
    { conversationIds },
  );
  for (const { id, conversation_id: conversation } of rows)
    ids.set(conversation, [...(ids.get(conversation) ?? []), id]);
  return ids;
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
    counted_tries: number;
    segments: number | null;
    author: 'bot' | 'person';
    last_inbound_at: Date | null;
    unreachable_at: Date | null;
  }>(
    `SELECT m.id, m.payload, m.attempts, m.next_attempt_at, m.notification_id, m.inbox_message_id, m.counted_tries, m.segments,
         m.author, c.last_inbound_at, c.unreachable_at
     FROM outgoing_messages AS m STRAIGHT_JOIN conversations AS c ON c.id = m.conversation_id
     WHERE m.conversation_id = :conversationId AND m.state = 'queued'
     ORDER BY m.id
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
    countedTries: row.counted_tries,
    segments: row.segments,
    author: row.author,
    lastInboundAt: row.last_inbound_at,
    unreachableAt: row.unreachable_at,
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

/** False when somebody else has sent it meanwhile, while we were asleep. */
export const markSent = async (
  trx: Queryable,
  messageId: number,
  providerMessageId: string,
  at: Date,
): Promise<boolean> => (await markAllSent(trx, [{ messageId, providerMessageId, at }])) > 0;

/** Keeps the message for another try, and those behind it with it, so that looks for work pass over them. */
export async function markForRetry(
  trx: Queryable,
  { id, conversationId }: { id: number; conversationId: number },
  failure: SendFailure,
  nextAttemptAt: Date,
): Promise<void> {
  await trx.execute(
    `UPDATE outgoing_messages
     SET attempts = attempts + IF(id = :id, 1, 0), counted_tries = counted_tries + IF(id = :id, :counted, 0), next_attempt_at = :nextAttemptAt,
         error_class = IF(id = :id, :errorClass, error_class), error_code = IF(id = :id, :code, error_code),
         last_error = IF(id = :id, :message, last_error)
     WHERE conversation_id = :conversationId AND state = 'queued' AND id >= :id`,
    {
      id,
      conversationId,
      nextAttemptAt,
      counted: failure.mostTries === undefined ? 0 : 1,
      ...short(failure),
    },
  );
}

/** Gives the message up; the row says why. */
export async function markFailed(trx: Queryable, id: number, failure: SendFailure): Promise<void> {
  await trx.execute(
    `UPDATE outgoing_messages
     SET state = 'failed', attempts = attempts + 1, error_class = :errorClass, error_code = :code, last_error = :message
     WHERE id = :id AND state = 'queued'`,
    { id, ...short(failure) },
  );
}

const short = ({ errorClass, code, message }: SendFailure) => ({
  errorClass,
  code: code.slice(0, 64),
  message: message.slice(0, 500),
});
