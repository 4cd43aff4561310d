import type { ChannelName } from '../channels/inbound';
import type { Queryable, Transaction } from '../db/database';

export interface ConversationRow {
  id: number;
  conversationKey: string;
  businessId: number;
  channel: ChannelName;
  accountId: string;
  externalId: string;
  userId: number | null;
  staffId: number | null;
  language: string | null;
  dialogState: string | null;
  lastInboundAt: Date | null;
  /** Since when nothing arrives there, as far as the platform says; over when the person writes. */
  unreachableAt: Date | null;
  /** A person has it until then, by the clock; null once the bot is back (src/conversation/takeover/). */
  takeoverUntil: Date | null;
  /** Who: `staff:3`, `api`, or where they wrote: `inbox`, `phone`. */
  takeoverBy: string | null;
  /** Who has the right to send in it, and until when (src/outgoing/send-lease-store.ts). */
  sendLeaseBy: string | null;
  sendLeaseUntil: Date | null;
}

interface Row {
  id: number;
  conversation_key: string;
  business_id: number;
  channel: ChannelName;
  account_id: string;
  external_id: string;
  user_id: number | null;
  staff_id: number | null;
  language: string | null;
  dialog_state: string | null;
  last_inbound_at: Date | null;
  unreachable_at: Date | null;
  takeover_until: Date | null;
  takeover_by: string | null;
  send_lease_by: string | null;
  send_lease_until: Date | null;
}

const COLUMNS = `id, conversation_key, business_id, channel, account_id, external_id, user_id, staff_id, language,
    dialog_state, last_inbound_at, unreachable_at, takeover_until, takeover_by, send_lease_by, send_lease_until`;

/**
 * Takes the lane: locks the conversation's row until the transaction ends. `null` when another instance holds it or it
 * does not exist yet; never waits.
 */
export async function lockConversation(
  trx: Transaction,
  key: string,
): Promise<ConversationRow | null> {
  const [row] = await trx.query<Row>(
    `SELECT ${COLUMNS} FROM conversations WHERE conversation_key = :key FOR UPDATE SKIP LOCKED`,
    { key },
  );
  return row ? fromRow(row) : null;
}

/** Takes several lanes, as `lockConversation` takes one; those that another instance holds are left out. */
export async function lockConversations(
  trx: Transaction,
  keys: readonly string[],
): Promise<ConversationRow[]> {
  if (keys.length === 0) return [];
  const rows = await trx.query<Row>(
    `SELECT ${COLUMNS} FROM conversations WHERE conversation_key IN (:keys) FOR UPDATE SKIP LOCKED`,
    { keys },
  );
  return rows.map(fromRow);
}

export type NewConversation = Pick<
  ConversationRow,
  'conversationKey' | 'businessId' | 'channel' | 'accountId' | 'externalId'
>;

/** Makes the conversation of a lane that has its first message. A second maker changes nothing. */
export const createConversation = (q: Queryable, of: NewConversation): Promise<void> =>
  createConversations(q, [of]);

/** Makes several at once, each of another lane. */
export async function createConversations(
  q: Queryable,
  all: readonly NewConversation[],
): Promise<void> {
  if (all.length === 0) return;
  // In the order of the keys, so that two makers of the same ones wait for one another and not in a circle.
  const values = [...all]
    .sort((one, other) => (one.conversationKey < other.conversationKey ? -1 : 1))
    .map((of) => [of.conversationKey, of.businessId, of.channel, of.accountId, of.externalId]);
  await q.execute(
    `INSERT INTO conversations (conversation_key, business_id, channel, account_id, external_id)
     VALUES ? ON DUPLICATE KEY UPDATE turn_count = turn_count`,
    [values],
  );
}

/** Those of the lanes that have a conversation. */
export async function existingConversations(
  q: Queryable,
  keys: readonly string[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await q.query<{ conversation_key: string }>(
    'SELECT conversation_key FROM conversations WHERE conversation_key IN (:keys)',
    { keys },
  );
  return new Set(rows.map((row) => row.conversation_key));
}

export async function findConversation(q: Queryable, key: string): Promise<ConversationRow | null> {
  const [row] = await q.query<Row>(
    `SELECT ${COLUMNS} FROM conversations WHERE conversation_key = :key`,
    { key },
  );
  return row ? fromRow(row) : null;
}

export async function findConversationById(
  q: Queryable,
  id: number,
): Promise<ConversationRow | null> {
  const [row] = await q.query<Row>(`SELECT ${COLUMNS} FROM conversations WHERE id = :id`, { id });
  return row ? fromRow(row) : null;
}

/** A customer's chats, the one that they wrote in last first; a bounded number of them. */
export async function conversationsOf(
  q: Queryable,
  userId: number,
  limit: number,
): Promise<ConversationRow[]> {
  const rows = await q.query<Row>(
    `SELECT ${COLUMNS} FROM conversations
     WHERE user_id = :userId AND last_inbound_at IS NOT NULL
     ORDER BY last_inbound_at DESC, id DESC
     LIMIT :limit`,
    { userId, limit },
  );
  return rows.map(fromRow);
}

/** What a turn leaves behind in its conversation. */
export interface SavedTurn {
  conversation: ConversationRow;
  userId: number | null;
  staffId: number | null;
  language: string | null;
  dialogState: string;
  lastInboundAt: Date;
  /** The right to send the answer, taken with the turn; without it the lease stays as it is. */
  lease?: { owner: string; until: Date };
}

/** Writes what turns leave behind, each in another conversation. Call with their lanes held: no row is ever made here. */
export async function saveTurns(trx: Transaction, turns: readonly SavedTurn[]): Promise<void> {
  if (turns.length === 0) return;
  const values = turns.map(({ conversation: c, lease, ...turn }) => [
    c.id,
    c.conversationKey,
    c.businessId,
    c.channel,
    c.accountId,
    c.externalId,
    turn.userId,
    turn.staffId,
    turn.language,
    turn.dialogState,
    turn.lastInboundAt,
    lease?.owner ?? c.sendLeaseBy,
    lease?.until ?? c.sendLeaseUntil,
  ]);
  await trx.execute(
    `INSERT INTO conversations
        (id, conversation_key, business_id, channel, account_id, external_id, user_id, staff_id, language, dialog_state,
         last_inbound_at, send_lease_by, send_lease_until)
     VALUES ?
     ON DUPLICATE KEY UPDATE
        user_id = VALUES(user_id), staff_id = VALUES(staff_id), language = VALUES(language),
        dialog_state = VALUES(dialog_state), turn_count = turn_count + 1,
        last_inbound_at = GREATEST(COALESCE(last_inbound_at, VALUES(last_inbound_at)), VALUES(last_inbound_at)),
        send_lease_by = VALUES(send_lease_by), send_lease_until = VALUES(send_lease_until)`,
    [values],
  );
}

function fromRow(row: Row): ConversationRow {
  return {
    id: row.id,
    conversationKey: row.conversation_key,
    businessId: row.business_id,
    channel: row.channel,
    accountId: row.account_id,
    externalId: row.external_id,
    userId: row.user_id,
    staffId: row.staff_id,
    language: row.language,
    dialogState: row.dialog_state,
    lastInboundAt: row.last_inbound_at,
    unreachableAt: row.unreachable_at,
    takeoverUntil: row.takeover_until,
    takeoverBy: row.takeover_by,
    sendLeaseBy: row.send_lease_by,
    sendLeaseUntil: row.send_lease_until,
  };
}
