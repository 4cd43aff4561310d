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
}

const COLUMNS = `id, conversation_key, business_id, channel, account_id, external_id, user_id, staff_id, language,
    dialog_state, last_inbound_at`;

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

/** Makes the conversation of a lane that has its first message. A second maker changes nothing. */
export async function createConversation(
  q: Queryable,
  of: Pick<
    ConversationRow,
    'conversationKey' | 'businessId' | 'channel' | 'accountId' | 'externalId'
  >,
): Promise<void> {
  await q.execute(
    `INSERT INTO conversations (conversation_key, business_id, channel, account_id, external_id)
     VALUES (:conversationKey, :businessId, :channel, :accountId, :externalId)
     ON DUPLICATE KEY UPDATE id = id`,
    {
      conversationKey: of.conversationKey,
      businessId: of.businessId,
      channel: of.channel,
      accountId: of.accountId,
      externalId: of.externalId,
    },
  );
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

/** What a turn leaves behind in its conversation. */
export async function saveTurn(
  trx: Transaction,
  id: number,
  change: {
    userId: number | null;
    staffId: number | null;
    language: string | null;
    dialogState: string;
    lastInboundAt: Date;
  },
): Promise<void> {
  await trx.execute(
    `UPDATE conversations
     SET user_id = :userId, staff_id = :staffId, language = :language, dialog_state = :dialogState,
         last_inbound_at = GREATEST(COALESCE(last_inbound_at, :lastInboundAt), :lastInboundAt),
         turn_count = turn_count + 1
     WHERE id = :id`,
    { id, ...change },
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
  };
}
