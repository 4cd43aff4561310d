import type { Queryable, Transaction } from '../db/database';
import type { Order } from './order';
import { reportOrderError } from './report-order-error';

/** Whether an order has lost its stock, or would lose it to the next buyer. */
export async function isHoldLost(q: Queryable, orderId: number, now: Date): Promise<boolean> {
  const [row] = await q.query<{ lost: number }>(
    `SELECT COUNT(*) AS lost FROM order_items AS i
     LEFT JOIN inventory_reservations AS r ON r.live_order_item_id = i.id
     WHERE i.order_id = :orderId AND (r.id IS NULL OR (r.status = 'reserved' AND r.expires_at <= :now))`,
    { orderId, now },
  );
  return (row?.lost ?? 0) > 0;
}

/** What was decided about money that came late stays visible until somebody has dealt with it (G-11, ORD-11). */
export async function recordLatePayment(
  trx: Transaction,
  order: Order,
  late: { message: string; decision: 'refund' | 'review'; sku?: string; now: Date },
): Promise<void> {
  await reportOrderError(trx, {
    businessId: order.businessId,
    orderId: order.id,
    userId: order.userId,
    type: 'payment',
    severity: 'high',
    code: 'LATE_PAYMENT',
    message: late.message,
    context: { decision: late.decision, ...(late.sku ? { sku: late.sku } : {}) },
    // A review has a message of its own.
    isTold: late.decision === 'review',
    now: late.now,
  });
}
