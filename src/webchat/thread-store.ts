import type { WebMessage } from '../channels/web/render';
import { clientIdOf } from '../channels/web/parse';
import type { Queryable } from '../db/database';
import { readInbound, readOutgoing } from '../outgoing/transcript-store';

/** One bubble in the widget. */
export interface ThreadItem {
  id: string;
  from: 'visitor' | 'shop';
  at: string;
  /** The browser's own id of what it has sent. */
  client_id?: string;
  /** What the visitor said, or tapped. */
  text?: string;
  /** What came with it: image, location. */
  attachment?: string;
  /** What the shop shows. */
  message?: WebMessage;
}

/** The newest rows that a browser has. Written `12-34` in `after`. */
export interface Position {
  inboxId: number;
  outgoingId: number;
}

/** As far back as a browser is shown. */
const MAX_ITEMS = 60;
/** What has been sent, or more. */
const VISIBLE = ['sent', 'delivered', 'read'];

/** A visitor's conversation after a position, in the order of time, and the position after it. */
export async function readThread(
  q: Queryable,
  conversationKey: string,
  after: Position,
): Promise<{ items: ThreadItem[]; position: Position }> {
  const said = await readInbound(q, conversationKey, after.inboxId, MAX_ITEMS);
  const conversationId = await findThread(q, conversationKey);
  const answers =
    conversationId === null
      ? []
      : await readOutgoing(q, conversationId, after.outgoingId, MAX_ITEMS);
  const shown = untilFirstQueued(answers).filter(({ state }) => VISIBLE.includes(state));
  const items = [
    ...said.map(({ id, providerMessageId, event, at }): ThreadItem => ({
      id: `in-${id}`,
      from: 'visitor',
      at: at.toISOString(),
      client_id: clientIdOf(providerMessageId),
      text: event.text ?? '',
      attachment: event.attachments?.[0]?.type,
    })),
    ...shown.map(({ id, payload, at }): ThreadItem => ({
      id: `out-${id}`,
      from: 'shop',
      at: at.toISOString(),
      message: payload as unknown as WebMessage,
    })),
  ];
  return {
    items: items.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1)),
    position: {
      inboxId: said.at(-1)?.id ?? after.inboxId,
      outgoingId: shown.at(-1)?.id ?? after.outgoingId,
    },
  };
}

/** What waits holds up what is behind it, so that a position never passes over a row that is yet to be shown. */
function untilFirstQueued<T extends { state: string }>(lines: readonly T[]): T[] {
  const waiting = lines.findIndex(({ state }) => state === 'queued');
  return waiting < 0 ? [...lines] : lines.slice(0, waiting);
}

async function findThread(q: Queryable, key: string): Promise<number | null> {
  const [row] = await q.query<{ id: number }>(
    'SELECT id FROM conversations WHERE conversation_key = :key',
    { key },
  );
  return row?.id ?? null;
}

/** What the browser has fetched has reached it; what it shows to a person has been read. States only move forward (CHN-9). */
export async function markFetched(
  q: Queryable,
  conversationKey: string,
  upTo: number,
  isRead: boolean,
  at: Date,
): Promise<void> {
  const conversationId = await findThread(q, conversationKey);
  if (conversationId === null) return;
  const [state, column] = isRead ? ['read', 'read_at'] : ['delivered', 'delivered_at'];
  const earlier = isRead ? ['sent', 'delivered'] : ['sent'];
  await q.execute(
    `UPDATE outgoing_messages SET state = :state, ${column} = :at
     WHERE conversation_id = :conversationId AND state IN (:earlier) AND id <= :upTo`,
    { state, at, conversationId, earlier, upTo },
  );
}

/** The newest message that may be shown in each of some conversations. */
export async function newestShown(
  q: Queryable,
  conversationKeys: readonly string[],
): Promise<Map<string, number>> {
  const newest = (state: string) =>
    `COALESCE((SELECT m.id FROM outgoing_messages AS m FORCE INDEX (outgoing_messages_lane_idx)
               WHERE m.conversation_id = c.id AND m.state = '${state}' ORDER BY m.id DESC LIMIT 1), 0)`;
  const rows = await q.query<{ thread: string; newest: number }>(
    `SELECT c.conversation_key AS thread, GREATEST(${VISIBLE.map(newest).join(', ')}) AS newest
     FROM conversations AS c WHERE c.conversation_key IN (:conversationKeys)`,
    { conversationKeys },
  );
  return new Map(rows.map((row) => [row.thread, row.newest]));
}
