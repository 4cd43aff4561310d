import type { Queryable, Transaction } from '../db/database';

/** ORD-11. Both lists are compared with the database's constraints by a test. */
export const ERROR_TYPES = [
  'validation',
  'payment',
  'inventory',
  'shipping',
  'system',
  'external_api',
] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface OrderErrorRecord {
  id: number;
  orderId: number | null;
  orderNumber: string | null;
  userId: number | null;
  type: ErrorType;
  severity: Severity;
  code: string;
  message: string;
  isRetryable: boolean;
  attempts: number;
  nextAttemptAt: Date | null;
  isResolved: boolean;
  resolvedBy: string | null;
  resolvedAt: Date | null;
  note: string | null;
  createdAt: Date;
}

/** A page of what went wrong, the latest first. */
export async function listOrderErrors(
  q: Queryable,
  filters: {
    businessId: number;
    isResolved?: boolean;
    type?: ErrorType;
    severity?: Severity;
    orderId?: number;
    beforeId?: number;
    limit: number;
  },
): Promise<OrderErrorRecord[]> {
  const where = ['e.business_id = :businessId'];
  if (filters.isResolved !== undefined) where.push('e.is_resolved = :isResolved');
  if (filters.type) where.push('e.error_type = :type');
  if (filters.severity) where.push('e.severity = :severity');
  if (filters.orderId !== undefined) where.push('e.order_id = :orderId');
  if (filters.beforeId !== undefined) where.push('e.id < :beforeId');
  const rows = await q.query<Row>(
    `${SELECT} WHERE ${where.join(' AND ')} ORDER BY e.id DESC LIMIT :limit`,
    { ...filters },
  );
  return rows.map(toRecord);
}

export async function findOrderError(
  q: Queryable,
  businessId: number,
  id: number,
  options: { lock?: boolean } = {},
): Promise<OrderErrorRecord | null> {
  const [row] = await q.query<Row>(
    `${SELECT} WHERE e.id = :id AND e.business_id = :businessId${options.lock ? ' FOR UPDATE' : ''}`,
    { id, businessId },
  );
  return row ? toRecord(row) : null;
}

/** Whether an error of this code stands open since then. */
export async function hasOpenError(
  q: Queryable,
  businessId: number,
  code: string,
  since: Date,
): Promise<boolean> {
  const rows = await q.query(
    `SELECT 1 FROM order_errors
     WHERE business_id = :businessId AND NOT is_resolved AND created_at > :since AND error_code = :code LIMIT 1`,
    { businessId, since, code },
  );
  return rows.length > 0;
}

export async function resolveOrderError(
  trx: Transaction,
  id: number,
  resolution: { by: string; note: string | null; now: Date },
): Promise<void> {
  await trx.execute(
    `UPDATE order_errors
     SET is_resolved = TRUE, resolved_by = :by, resolved_at = :now, resolution_note = :note, next_attempt_at = NULL
     WHERE id = :id AND NOT is_resolved`,
    { id, ...resolution },
  );
}

/**
 * Lets the work of the error's order that was set aside, or waits for its next attempt, be tried again now. Returns how many items.
 */
export async function retryOrderError(
  trx: Transaction,
  error: { id: number; orderId: number },
  now: Date,
): Promise<number> {
  await trx.execute('UPDATE order_errors SET next_attempt_at = :now WHERE id = :id', {
    id: error.id,
    now,
  });
  const { affectedRows: setAside } = await trx.execute(
    `UPDATE order_processing_queue
     SET status = 'pending', attempts = 0, available_at = :now, locked_by = NULL, locked_until = NULL
     WHERE order_id = :orderId AND status = 'failed'`,
    { orderId: error.orderId, now },
  );
  const [waiting] = await trx.query<{ id: number }>(
    `SELECT id FROM order_processing_queue
     WHERE order_id = :orderId AND status IN ('pending', 'processing')
       AND JSON_EXTRACT(payload, '$.error_id') = :id LIMIT 1`,
    { orderId: error.orderId, id: error.id },
  );
  if (!waiting) return setAside;
  await trx.execute(
    "UPDATE order_processing_queue SET available_at = LEAST(available_at, :now) WHERE id = :id AND status = 'pending'",
    { id: waiting.id, now },
  );
  return setAside + 1;
}

const SELECT = `SELECT e.id, e.order_id AS orderId,
  (SELECT o.order_number FROM orders AS o WHERE o.id = e.order_id) AS orderNumber, e.user_id AS userId,
  e.error_type AS type, e.severity, e.error_code AS code, e.error_message AS message, e.is_retryable AS isRetryable, e.attempts,
  e.next_attempt_at AS nextAttemptAt, e.is_resolved AS isResolved, e.resolved_by AS resolvedBy, e.resolved_at AS resolvedAt,
  e.resolution_note AS note, e.created_at AS createdAt
  FROM order_errors AS e`;

type Row = Omit<OrderErrorRecord, 'isRetryable' | 'isResolved'> & {
  isRetryable: number;
  isResolved: number;
};

const toRecord = (row: Row): OrderErrorRecord => ({
  ...row,
  isRetryable: Boolean(row.isRetryable),
  isResolved: Boolean(row.isResolved),
});
