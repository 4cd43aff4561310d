import type { Queryable } from '../db/database';
import { eventBody, type MessageEvent } from '../channels/inbound';
import { segmentsOf } from '../channels/sms/gsm';

/** One bubble on a phone of the playground. */
export interface FeedItem {
  id: string;
  person: string;
  from: 'person' | 'shop';
  /** The conversation's own order: by time, then as stored. */
  at: string;
  state: string;
  /** What the person did. */
  event?: MessageEvent;
  /** The platform's id of it, by which the phone knows its own message again. */
  mid?: string;
  /** What Messenger was asked to show. */
  message?: unknown;
  /** What was sent as SMS. */
  sms?: { body: string; segments: number };
  error?: string;
}

export interface Feed {
  items: FeedItem[];
  /** Who of the people runs the shop, by /link. */
  staff: string[];
}

/** Where a reader is: the newest rows that it has seen. */
export interface Position {
  inboxId: number;
  outgoingId: number;
}

/** As far back as a phone shows. */
const MAX_ITEMS_PER_CONVERSATION = 100;

/** Both directions of some people's conversations, as the database has them. */
export async function readFeed(
  q: Queryable,
  conversations: readonly { person: string; key: string }[],
  after: Position = { inboxId: 0, outgoingId: 0 },
): Promise<Feed> {
  const items: FeedItem[] = [];
  const staff = new Set<string>();
  for (const { person, key } of conversations) {
    const [conversation] = await q.query<{ id: number; staff_id: number | null }>(
      'SELECT id, staff_id FROM conversations WHERE conversation_key = :key',
      { key },
    );
    items.push(...(await readInbound(q, person, key, after.inboxId)));
    if (!conversation) continue;
    if (conversation.staff_id !== null) staff.add(person);
    items.push(...(await readOutgoing(q, person, conversation.id, after.outgoingId)));
  }
  // A person's message before the answer to it, should both bear the same time.
  const sorted = items.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
  return { items: sorted, staff: [...staff] };
}

interface InboundRow {
  id: number;
  provider_message_id: string;
  event: string;
  state: string;
  received_at: Date;
}

async function readInbound(
  q: Queryable,
  person: string,
  key: string,
  after: number,
): Promise<FeedItem[]> {
  const rows = await q.query<InboundRow>(
    `SELECT id, provider_message_id, event, state, received_at
     FROM inbox_messages FORCE INDEX (inbox_messages_lane_idx)
     WHERE conversation_key = :key AND kind = 'message' AND id > :after
     ORDER BY id DESC
     LIMIT :limit`,
    { key, after, limit: MAX_ITEMS_PER_CONVERSATION },
  );
  return rows.reverse().flatMap((row) => {
    const event = eventBody.parse(JSON.parse(row.event));
    if (event.kind !== 'message') return [];
    return {
      id: `in-${row.id}`,
      person,
      from: 'person',
      at: row.received_at.toISOString(),
      state: row.state,
      mid: row.provider_message_id,
      event,
    };
  });
}

interface OutgoingRow {
  id: number;
  payload: string;
  state: string;
  at: Date;
  error_code: string | null;
  last_error: string | null;
}

async function readOutgoing(
  q: Queryable,
  person: string,
  conversationId: number,
  after: number,
): Promise<FeedItem[]> {
  const rows = await q.query<OutgoingRow>(
    `SELECT id, payload, state, COALESCE(sent_at, created_at) AS at, error_code, last_error
     FROM outgoing_messages FORCE INDEX (outgoing_messages_lane_idx)
     WHERE conversation_id = :conversationId AND id > :after
     ORDER BY id DESC
     LIMIT :limit`,
    { conversationId, after, limit: MAX_ITEMS_PER_CONVERSATION },
  );
  return rows.reverse().map((row) => ({
    id: `out-${row.id}`,
    person,
    from: 'shop',
    at: row.at.toISOString(),
    state: row.state,
    ...content(JSON.parse(row.payload) as Record<string, unknown>),
    ...(row.state === 'failed' ? { error: row.last_error ?? row.error_code ?? 'failed' } : {}),
  }));
}

function content(payload: Record<string, unknown>): Pick<FeedItem, 'message' | 'sms'> {
  if (typeof payload.body !== 'string') return { message: payload.message };
  return { sms: { body: payload.body, segments: segmentsOf(payload.body) } };
}

/** The shop's name, which is what its phones show. */
export async function shopName(q: Queryable, businessId: number): Promise<string> {
  const [business] = await q.query<{ name: string }>(
    'SELECT name FROM businesses WHERE id = :businessId',
    {
      businessId,
    },
  );
  return business?.name ?? 'Tindera';
}
