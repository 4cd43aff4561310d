import type { MessageEvent } from '../channels/inbound';
import { segmentsOf } from '../channels/sms/gsm';
import type { Queryable } from '../db/database';
import { readInbound, readOutgoing } from '../outgoing/transcript-store';

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
    items.push(...(await personsOf(q, person, key, after.inboxId)));
    if (!conversation) continue;
    if (conversation.staff_id !== null) staff.add(person);
    items.push(...(await shopsOf(q, person, conversation.id, after.outgoingId)));
  }
  // A person's message before the answer to it, should both bear the same time.
  const sorted = items.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
  return { items: sorted, staff: [...staff] };
}

async function personsOf(
  q: Queryable,
  person: string,
  key: string,
  after: number,
): Promise<FeedItem[]> {
  const lines = await readInbound(q, key, after, MAX_ITEMS_PER_CONVERSATION);
  return lines.map(({ id, providerMessageId, state, event, at }) => ({
    id: `in-${id}`,
    person,
    from: 'person',
    at: at.toISOString(),
    state,
    mid: providerMessageId,
    event,
  }));
}

async function shopsOf(
  q: Queryable,
  person: string,
  conversationId: number,
  after: number,
): Promise<FeedItem[]> {
  const lines = await readOutgoing(q, conversationId, after, MAX_ITEMS_PER_CONVERSATION);
  return lines.map(({ id, state, payload, at, error }) => ({
    id: `out-${id}`,
    person,
    from: 'shop',
    at: at.toISOString(),
    state,
    ...content(payload),
    ...(state === 'failed' ? { error: error ?? 'failed' } : {}),
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
