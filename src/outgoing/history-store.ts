import { eventBody, type MessageEvent } from '../channels/inbound';
import type { Queryable } from '../db/database';

/** One message of a conversation, from either side (DLG-10). */
export interface HistoryLine {
  direction: 'in' | 'out';
  id: number;
  /** When it was written, by the platform's clock as far as there is one. */
  at: Date;
  /** The same to the microsecond; with direction and id it names the place in the conversation. */
  position: string;
  state: string;
  author: 'customer' | 'bot' | 'person';
  writtenBy: string | null;
  /** What we have sent, as it is read. */
  text: string | null;
  /** What the customer has sent. */
  event: MessageEvent | null;
  error: string | null;
}

/** A place between messages: `position|direction|id` of the one after it. */
export interface HistoryPlace {
  position: string;
  direction: string;
  id: number;
}

interface Row extends Omit<HistoryLine, 'event' | 'direction'> {
  direction: 'in' | 'out';
  event: string | null;
}

const POSITION = "'%Y-%m-%d %H:%i:%s.%f'";
/** Before a place, newest first; an answer comes after the message of the same instant, as "out" does after "in". */
const BEFORE = `(:position IS NULL OR at < :position OR (at = :position AND
    (direction < :direction OR (direction = :direction AND id < :id))))`;

/** The messages of a conversation before a place in it, newest first: what the customer wrote, what the bot and what people answered. */
export async function readHistory(
  q: Queryable,
  conversation: { id: number; conversationKey: string },
  before: HistoryPlace | undefined,
  limit: number,
): Promise<HistoryLine[]> {
  const rows = await q.query<Row>(
    `SELECT direction, id, at, DATE_FORMAT(at, ${POSITION}) AS position, state, author, writtenBy, text, event, error
     FROM (
         SELECT * FROM (
             SELECT 'in' AS direction, id, sent_at AS at, state, 'customer' AS author, NULL AS writtenBy, NULL AS text,
                    event, NULL AS error
             FROM inbox_messages FORCE INDEX (inbox_messages_lane_idx)
             WHERE conversation_key = :key AND kind = 'message') AS received
         WHERE ${BEFORE}
         UNION ALL
         SELECT * FROM (
             SELECT 'out' AS direction, id, COALESCE(sent_at, created_at) AS at, state, author, written_by AS writtenBy,
                    display_text AS text, NULL AS event, COALESCE(last_error, error_code) AS error
             FROM outgoing_messages FORCE INDEX (outgoing_messages_lane_idx)
             WHERE conversation_id = :conversationId) AS sent
         WHERE ${BEFORE}
     ) AS both_sides
     ORDER BY at DESC, direction DESC, id DESC
     LIMIT :limit`,
    {
      key: conversation.conversationKey,
      conversationId: conversation.id,
      position: before?.position ?? null,
      direction: before?.direction ?? '',
      id: before?.id ?? 0,
      limit,
    },
  );
  return rows.map((row) => ({ ...row, event: row.event === null ? null : readEvent(row.event) }));
}

/** Another version may have written what this one cannot read. */
function readEvent(text: string): MessageEvent {
  const parsed = eventBody.safeParse(JSON.parse(text));
  return parsed.success && parsed.data.kind === 'message' ? parsed.data : { kind: 'message' };
}
