import type { ChannelName } from '../channels/inbound';
import type { Queryable } from '../db/database';
import type { MediaState } from './media-store';

/** A file that came with a message, as staff see it. */
export interface MediaRow {
  id: number;
  channel: ChannelName;
  kind: string;
  state: MediaState;
  attempts: number;
  nextAttemptAt: Date;
  errorCode: string | null;
  lastError: string | null;
  conversationId: number | null;
  inboxMessageId: number | null;
  fileId: number | null;
  contentType: string | null;
  sizeBytes: number | null;
  sha256: string | null;
  createdAt: Date;
  fetchedAt: Date | null;
}

const SELECT = `SELECT m.id, m.channel, m.kind, m.state, m.attempts, m.next_attempt_at AS nextAttemptAt,
        m.error_code AS errorCode, m.last_error AS lastError, c.id AS conversationId, i.id AS inboxMessageId,
        m.file_id AS fileId, f.content_type AS contentType, f.size_bytes AS sizeBytes, f.sha256,
        m.created_at AS createdAt, m.fetched_at AS fetchedAt
    FROM inbox_media AS m
    LEFT JOIN inbox_messages AS i ON i.channel = m.channel AND i.account_id = m.account_id
        AND i.provider_message_id = m.provider_message_id
    LEFT JOIN conversations AS c ON c.conversation_key = i.conversation_key
    LEFT JOIN media_files AS f ON f.id = m.file_id`;

export async function findMedia(
  q: Queryable,
  businessId: number,
  id: number,
): Promise<MediaRow | null> {
  const [row] = await q.query<MediaRow>(
    `${SELECT} WHERE m.business_id = :businessId AND m.id = :id`,
    { businessId, id },
  );
  return row ?? null;
}

/** Newest first; `before` is the id of the last one that is known. */
export function listMedia(
  q: Queryable,
  businessId: number,
  filters: { state?: MediaState; conversationId?: number; before?: number; limit: number },
): Promise<MediaRow[]> {
  const where = ['m.business_id = :businessId'];
  if (filters.state) where.push('m.state = :state');
  if (filters.conversationId !== undefined) where.push('c.id = :conversationId');
  if (filters.before !== undefined) where.push('m.id < :before');
  return q.query<MediaRow>(
    `${SELECT} WHERE ${where.join(' AND ')} ORDER BY m.id DESC LIMIT :limit`,
    { businessId, ...filters },
  );
}
