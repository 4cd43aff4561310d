import type { Queryable } from '../db/database';
import { toMinor, type Minor } from '../lib/money';

export const REVIEW_KINDS = [
  'verification',
  'special_approval',
  'cod_limit',
  'cod_limit',
  'fraud',
  'stock_override',
  'quality_exception',
  'escalation',
] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];
export const REVIEW_STATUSES = ['open', 'approved', 'rejected'] as const;
export type ReviewStatus = (typeof REVIEW_STATUSES)[number];

/** A decision that a person has to make or has made, with the order that it is about. */
export interface ReviewRecord {
  id: number;
  orderId: number;
  orderNumber: string;
  orderStatus: string;
  currency: string;
  total: Minor;
  userId: number;
  recipientName: string;
  kind: ReviewKind;
  reasons: string[];
  status: ReviewStatus;
  decidedBy: string | null;
  decidedAt: Date | null;
  note: string | null;
  createdAt: Date;
}

/** A page of reviews, those that wait longest first. */
export async function listReviews(
  q: Queryable,
  filters: {
    businessId: number;
    status?: ReviewStatus;
    kind?: ReviewKind;
    afterId?: number;
    limit: number;
  },
): Promise<ReviewRecord[]> {
  const where = ['r.business_id = :businessId'];
  if (filters.status) where.push('r.status = :status');
  if (filters.kind) where.push('r.kind = :kind');
  if (filters.afterId !== undefined) where.push('r.id > :afterId');
  const rows = await q.query<Row>(
    `${SELECT} WHERE ${where.join(' AND ')} ORDER BY r.id LIMIT :limit`,
    { ...filters },
  );
  return rows.map(toReview);
}

export async function findReview(
  q: Queryable,
  businessId: number,
  id: number,
): Promise<ReviewRecord | null> {
  const [row] = await q.query<Row>(`${SELECT} WHERE r.id = :id AND r.business_id = :businessId`, {
    id,
    businessId,
  });
  return row ? toReview(row) : null;
}

const SELECT = `SELECT r.id, r.order_id AS orderId, o.order_number AS orderNumber, o.order_status AS orderStatus, o.currency,
  o.total_amount AS total, o.user_id AS userId, o.recipient_name AS recipientName, r.kind, r.reasons, r.status,
  r.decided_by AS decidedBy, r.decided_at AS decidedAt, r.note, r.created_at AS createdAt
  FROM order_reviews AS r JOIN orders AS o ON o.id = r.order_id`;

type Row = Omit<ReviewRecord, 'total' | 'reasons'> & { total: string; reasons: string };

const toReview = (row: Row): ReviewRecord => ({
  ...row,
  total: toMinor(row.total),
  reasons: JSON.parse(row.reasons) as string[],
});
