import type { ChannelName } from '../channels/inbound';
import type { Queryable } from '../db/database';

/** A conversation as those who run the shop see it. */
export interface ConversationRecord {
  id: number;
  channel: ChannelName;
  accountId: string;
  externalId: string;
  userId: number | null;
  customerName: string | null;
  customerPhone: string | null;
  staffId: number | null;
  language: string | null;
  takeoverBy: string | null;
  takeoverSince: Date | null;
  takeoverUntil: Date | null;
  lastInboundAt: Date | null;
  createdAt: Date;
}

export interface ConversationFilters {
  businessId: number;
  channel?: ChannelName;
  userId?: number;
  /** Taken by a person at this instant. */
  takenAt?: Date;
  beforeId?: number;
  limit: number;
}

const SELECT = `SELECT c.id, c.channel, c.account_id AS accountId, c.external_id AS externalId, c.user_id AS userId,
    u.name AS customerName, u.phone AS customerPhone, c.staff_id AS staffId, c.language,
    c.takeover_by AS takeoverBy, c.takeover_since AS takeoverSince, c.takeover_until AS takeoverUntil,
    c.last_inbound_at AS lastInboundAt, c.created_at AS createdAt
  FROM conversations AS c LEFT JOIN users AS u ON u.id = c.user_id`;

/** A page of conversations, newest first. */
export function listConversations(
  q: Queryable,
  filters: ConversationFilters,
): Promise<ConversationRecord[]> {
  const where = ['c.business_id = :businessId'];
  if (filters.channel) where.push('c.channel = :channel');
  if (filters.userId !== undefined) where.push('c.user_id = :userId');
  if (filters.takenAt) where.push('c.takeover_until > :takenAt');
  if (filters.beforeId !== undefined) where.push('c.id < :beforeId');
  return q.query<ConversationRecord>(
    `${SELECT} WHERE ${where.join(' AND ')} ORDER BY c.id DESC LIMIT :limit`,
    { ...filters },
  );
}

export async function findConversationRecord(
  q: Queryable,
  businessId: number,
  id: number,
): Promise<ConversationRecord | null> {
  const [row] = await q.query<ConversationRecord>(
    `${SELECT} WHERE c.id = :id AND c.business_id = :businessId`,
    { id, businessId },
  );
  return row ?? null;
}
