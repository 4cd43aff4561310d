import type { Queryable, Transaction } from '../db/database';

export const QUEUE_TYPES = ['new_order', 'payment', 'fulfillment', 'notification'] as const;
export type QueueType = (typeof QUEUE_TYPES)[number];

/** Work without a hurry; what people do (packing) waits with it, and machines take only what comes before. */
export const NORMAL_PRIORITY = 5;

export interface QueueItem {
  id: number;
  businessId: number;
  orderId: number;
  type: QueueType;
  payload: Record<string, unknown>;
  /** How often it was begun, this time included. */
  attempts: number;
  maxAttempts: number;
}

/** Puts work for an order into the queue (QUE-1). */
export async function enqueue(
  trx: Transaction,
  item: {
    businessId: number;
    orderId: number;
    type: QueueType;
    payload?: Record<string, unknown>;
    priority?: number;
    now: Date;
  },
): Promise<void> {
  await trx.execute(
    `INSERT INTO order_processing_queue (business_id, order_id, queue_type, priority, payload, available_at, created_at)
     VALUES (:businessId, :orderId, :type, :priority, :payload, :now, :now)`,
    {
      businessId: item.businessId,
      orderId: item.orderId,
      type: item.type,
      priority: item.priority ?? NORMAL_PRIORITY,
      payload: item.payload ? JSON.stringify(item.payload) : null,
      now: item.now,
    },
  );
}

interface Row {
  id: number;
  business_id: number;
  order_id: number;
  queue_type: QueueType;
  payload: string | null;
  attempts: number;
  max_attempts: number;
}
const COLUMNS = 'id, business_id, order_id, queue_type, payload, attempts, max_attempts';

const toItem = (row: Row): QueueItem => ({
  id: row.id,
  businessId: row.business_id,
  orderId: row.order_id,
  type: row.queue_type,
  payload: readPayload(row.payload),
  attempts: row.attempts,
  maxAttempts: row.max_attempts,
});

/** Whatever somebody has written there by hand: a payload that cannot be read is none. */
function readPayload(text: string | null): Record<string, unknown> {
  const value: unknown = text === null ? null : JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Locks what is due of one type, in claim order, passing over what somebody else is at. It is not begun by that. */
export async function lockDue(
  trx: Transaction,
  wanted: { type: QueueType; lastPriority: number; now: Date; limit: number },
): Promise<QueueItem[]> {
  const rows = await trx.query<Row>(
    `SELECT ${COLUMNS} FROM order_processing_queue FORCE INDEX (order_processing_queue_claim_idx)
     WHERE queue_type = :type AND status = 'pending' AND priority <= :lastPriority AND available_at <= :now
     ORDER BY priority, available_at, id LIMIT :limit FOR UPDATE SKIP LOCKED`,
    wanted,
  );
  return rows.map(toItem);
}

/** Locks what was begun by workers that have not come back in time. */
export async function lockLapsed(trx: Transaction, now: Date, limit: number): Promise<QueueItem[]> {
  const rows = await trx.query<Row>(
    `SELECT ${COLUMNS} FROM order_processing_queue FORCE INDEX (order_processing_queue_lease_idx)
     WHERE status = 'processing' AND locked_until <= :now ORDER BY locked_until LIMIT :limit FOR UPDATE SKIP LOCKED`,
    { now, limit },
  );
  return rows.map(toItem);
}

/** Begins what was locked: others leave it alone until the lease runs out. */
export async function lease(
  trx: Transaction,
  ids: readonly number[],
  { owner, until, now }: { owner: string; until: Date; now: Date },
): Promise<void> {
  if (ids.length === 0) return;
  await trx.execute(
    `UPDATE order_processing_queue
     SET status = 'processing', attempts = attempts + 1, locked_by = ?, locked_until = ?, started_at = COALESCE(started_at, ?)
     WHERE id IN (?)`,
    [owner, until, now, ids],
  );
}

/** Ends what was locked and needs nothing more. */
export async function completeLocked(
  trx: Transaction,
  ids: readonly number[],
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await trx.execute(
    `UPDATE order_processing_queue
     SET status = 'completed', attempts = attempts + 1, started_at = COALESCE(started_at, ?), completed_at = ?
     WHERE id IN (?)`,
    [now, now, ids],
  );
}

/** Ends an item of ours; false when its lease was lost to somebody else meanwhile. */
export async function completeOwn(
  trx: Transaction,
  id: number,
  { owner, now }: { owner: string; now: Date },
): Promise<boolean> {
  const { affectedRows } = await trx.execute(
    `UPDATE order_processing_queue
     SET status = 'completed', completed_at = :now, locked_by = NULL, locked_until = NULL, last_error = NULL
     WHERE id = :id AND status = 'processing' AND locked_by = :owner`,
    { id, owner, now },
  );
  return affectedRows > 0;
}

/**
 * Gives an item back after a failure: to be tried again at an instant, or set aside without one. `owner` is whose lease it was; null
 * for one that has lapsed and is locked. False when somebody else has it.
 */
export async function giveBack(
  trx: Transaction,
  id: number,
  failure: { owner: string | null; error: string; retryAt: Date | null },
): Promise<boolean> {
  const { owner, error, retryAt } = failure;
  const { affectedRows } = await trx.execute(
    `UPDATE order_processing_queue
     SET status = :status, available_at = COALESCE(:retryAt, available_at), last_error = :error, locked_by = NULL,
         locked_until = NULL
     WHERE id = :id AND status = 'processing'${owner === null ? '' : ' AND locked_by = :owner'}`,
    { id, owner, retryAt, status: retryAt ? 'pending' : 'failed', error: error.slice(0, 500) },
  );
  return affectedRows > 0;
}

/** What people do for an order (packing) has begun, or has come to its end. */
export async function movePeoplesWork(
  trx: Transaction,
  orderId: number,
  to: 'processing' | 'completed',
  now: Date,
): Promise<void> {
  await trx.execute(
    `UPDATE order_processing_queue
     SET status = :to, attempts = 1, started_at = COALESCE(started_at, :now), completed_at = :completedAt
     WHERE order_id = :orderId AND status IN ('pending', 'processing') AND queue_type = 'fulfillment'
       AND priority = :priority AND payload IS NULL`,
    {
      to,
      orderId,
      now,
      completedAt: to === 'completed' ? now : null,
      priority: NORMAL_PRIORITY,
    },
  );
}

/** Forgets work that was completed before an instant, a bounded number at a time. */
export async function deleteCompleted(q: Queryable, before: Date, limit: number): Promise<number> {
  const { affectedRows } = await q.execute(
    `DELETE FROM order_processing_queue WHERE status = 'completed' AND completed_at < :before
     ORDER BY completed_at LIMIT :limit`,
    { before, limit },
  );
  return affectedRows;
}
