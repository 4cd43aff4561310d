import type { Queryable, Transaction } from '../db/database';
import { toJson } from '../lib/json';
import {
  conversationKey,
  eventBody,
  type ChannelName,
  type EventBody,
  type InboundEvent,
} from '../channels/inbound';

export type InboxState = 'pending' | 'done' | 'ignored' | 'failed';

/** An event on its way into the inbox: `ignored` when there is nothing to do for it. */
export interface NewInboxRow {
  event: InboundEvent;
  businessId: number;
  state: Extract<InboxState, 'pending' | 'ignored'>;
  receivedAt: Date;
}

export interface InboxMessage {
  id: number;
  businessId: number;
  channel: ChannelName;
  accountId: string;
  externalId: string;
  conversationKey: string;
  body: EventBody;
  attempts: number;
  nextAttemptAt: Date;
  sentAt: Date;
  receivedAt: Date;
}

/** Stores events, each once: a provider id that is there already changes nothing (G-2). */
export async function insertInbox(q: Queryable, rows: readonly NewInboxRow[]): Promise<void> {
  const values = rows.map(({ event, businessId, state, receivedAt }) => [
    businessId,
    event.channel,
    event.accountId,
    event.providerMessageId,
    conversationKey(event.channel, event.accountId, event.externalId),
    event.externalId,
    kindOf(event.body),
    toJson(event.body),
    state,
    receivedAt,
    event.sentAt,
    receivedAt,
  ]);
  // Not `id = id`: MySQL refuses that for a repeat within one statement (1869).
  await q.execute(
    `INSERT INTO inbox_messages
        (business_id, channel, account_id, provider_message_id, conversation_key, external_id,
         kind, event, state, next_attempt_at, sent_at, received_at)
     VALUES ?
     ON DUPLICATE KEY UPDATE state = state`,
    [values],
  );
}

const kindOf = (body: EventBody): string =>
  body.kind === 'other' ? body.name.slice(0, 24) : body.kind;

interface InboxRow {
  id: number;
  business_id: number;
  channel: ChannelName;
  kind: string;
  account_id: string;
  external_id: string;
  conversation_key: string;
  event: string;
  attempts: number;
  next_attempt_at: Date;
  sent_at: Date;
  received_at: Date;
}

const COLUMNS = `m.id, m.business_id, m.channel, m.kind, m.account_id, m.external_id, m.conversation_key, m.event, m.attempts,
            m.next_attempt_at, m.sent_at, m.received_at`;

/** What is to be handled next in a lane, and whether there is more behind it. */
export interface NextInLane {
  message: InboxMessage;
  hasMore: boolean;
}

/**
 * The lane's oldest message that is not handled yet, but echoes before all: if a person has answered already, the bot must know
 * before it does (G-12). Call with the lane held.
 */
export async function nextPending(trx: Transaction, key: string): Promise<NextInLane | null> {
  const [row, another] = await trx.query<InboxRow>(
    `SELECT ${COLUMNS}
     FROM inbox_messages AS m
     WHERE m.conversation_key = :key AND m.state = 'pending'
     ORDER BY m.kind = 'echo' DESC, m.sent_at, m.id
     LIMIT 2`,
    { key },
  );
  return row ? { message: fromRow(row), hasMore: another !== undefined } : null;
}

/** Messages that are read for a lane on average, at most: almost always there is one. */
const READ_PER_LANE = 10;

export interface NextInLanes {
  /** By the lane's key; lanes without a message are not in it. */
  next: Map<string, NextInLane>;
  /** False when so much waits that not every lane was looked at. */
  isComplete: boolean;
}

/** Likewise for several lanes. Call with all of them held. */
export async function nextPendingOf(
  trx: Transaction,
  keys: readonly string[],
): Promise<NextInLanes> {
  if (keys.length === 0) return { next: new Map(), isComplete: true };
  const limit = keys.length * READ_PER_LANE;
  // In the order of the index, which is that of each lane.
  const rows = await trx.query<InboxRow>(
    `SELECT ${COLUMNS}
     FROM inbox_messages AS m
     WHERE m.conversation_key IN (:keys) AND m.state = 'pending'
     ORDER BY m.conversation_key, m.sent_at, m.id
     LIMIT :limit`,
    { keys, limit },
  );
  const first = new Map<string, { row: InboxRow; hasMore: boolean }>();
  for (const row of rows) {
    const known = first.get(row.conversation_key);
    if (!known) first.set(row.conversation_key, { row, hasMore: false });
    else {
      known.hasMore = true;
      // Echoes before all, as in `nextPending`.
      if (row.kind === 'echo' && known.row.kind !== 'echo') known.row = row;
    }
  }
  const next = [...first].map(
    ([key, { row, hasMore }]) => [key, { message: fromRow(row), hasMore }] as const,
  );
  const isComplete = rows.length < limit;
  // What is cut off belongs to the last lane that was seen, and to those behind it.
  return { next: new Map(isComplete ? next : next.slice(0, -1)), isComplete };
}

function fromRow(row: InboxRow): InboxMessage {
  return {
    id: row.id,
    businessId: row.business_id,
    channel: row.channel,
    accountId: row.account_id,
    externalId: row.external_id,
    conversationKey: row.conversation_key,
    body: readBody(row.event),
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    sentAt: row.sent_at,
    receivedAt: row.received_at,
  };
}

/** The name of an event that this version cannot read: another one may have written it. */
export const UNREADABLE = 'unreadable';

/** Never throws: whoever handles the message can count it, and set it aside. */
function readBody(event: string): EventBody {
  const raw: unknown = JSON.parse(event);
  const parsed = eventBody.safeParse(raw);
  return parsed.success ? parsed.data : { kind: 'other', name: UNREADABLE, raw };
}

/** Call with the lane held. Whoever finds it handled already has not held the lane, and must leave nothing behind. */
export async function markHandled(
  trx: Transaction,
  id: number,
  state: InboxState,
  at: Date,
): Promise<void> {
  await markAllHandled(trx, [id], state, at);
}

/** Likewise for several messages, of lanes that are all held. */
export async function markAllHandled(
  trx: Transaction,
  ids: readonly number[],
  state: InboxState,
  at: Date,
): Promise<void> {
  const { affectedRows } = await trx.execute(
    `UPDATE inbox_messages SET state = :state, handled_at = :at WHERE id IN (:ids) AND state = 'pending'`,
    { ids, state, at },
  );
  if (affectedRows < ids.length)
    throw new Error(`of messages ${ids.join(', ')} some were handled by somebody else`);
}

/** Counts a try that failed, or one that is about to begin on a message that may kill us. */
export async function recordAttempt(
  q: Queryable,
  id: number,
  change: { attempts: number; nextAttemptAt: Date; error: string | null },
): Promise<void> {
  await q.execute(
    `UPDATE inbox_messages
     SET attempts = :attempts, next_attempt_at = :nextAttemptAt, last_error = COALESCE(:error, last_error)
     WHERE id = :id AND state = 'pending'`,
    { id, ...change },
  );
}

/** Lanes with a message that is due, longest waiting first. */
export async function dueLanes(q: Queryable, now: Date, limit: number): Promise<string[]> {
  const rows = await q.query<{ conversation_key: string }>(
    `SELECT conversation_key, MIN(next_attempt_at) AS due
     FROM inbox_messages FORCE INDEX (inbox_messages_due_idx)
     WHERE state = 'pending' AND next_attempt_at <= :now
     GROUP BY conversation_key
     ORDER BY due
     LIMIT :limit`,
    { now, limit },
  );
  return rows.map((row) => row.conversation_key);
}
