import type { PaymentMethod } from '../businesses/payment-methods';
import type { Queryable, Transaction } from '../db/database';

export interface PastHold {
  id: number;
  businessId: number;
  orderNumber: string;
}

interface Row {
  id: number;
  business_id: number;
  order_number: string;
}

/** Holds that ran out longer ago are not looked at: whoever stood still for a week starts with a person's look. */
const LOOK_BACK_DAYS = 7;

/**
 * Pending, unpaid, and nothing held any more. The range of the index is of the holds that have run out lately; a hold that is
 * still 'reserved' counts whenever it ran out. A claim of payment or an open review means that a person has to look (PAY-5, ORD-7).
 */
const PAST_HOLD = `FROM inventory_reservations AS r FORCE INDEX (inventory_reservations_expiry_idx)
  JOIN orders AS o ON o.id = r.order_id
  WHERE (r.status = 'reserved' AND r.expires_at <= UTC_TIMESTAMP(6)
      OR r.status = 'expired' AND r.expires_at <= UTC_TIMESTAMP(6)
         AND r.expires_at > UTC_TIMESTAMP(6) - INTERVAL ${LOOK_BACK_DAYS} DAY)
    AND o.order_status = 'pending' AND o.payment_status IN ('unpaid', 'pending', 'failed')
    AND NOT EXISTS (
        SELECT 1 FROM inventory_reservations AS live
        WHERE live.order_id = o.id
          AND (live.status = 'committed' OR live.status = 'reserved' AND live.expires_at > UTC_TIMESTAMP(6)))`;
const NEEDS_A_PERSON = `(o.payment_reference IS NOT NULL
  OR EXISTS (SELECT 1 FROM order_reviews AS v WHERE v.order_id = o.id AND v.status = 'open'))`;

/** Orders to be paid in advance whose time is over. */
export async function unpaidPastHold(
  q: Queryable,
  methods: readonly PaymentMethod[],
  limit: number,
): Promise<PastHold[]> {
  const rows = await q.query<Row>(
    `SELECT DISTINCT o.id, o.business_id, o.order_number ${PAST_HOLD}
       AND o.payment_method IN (?) AND NOT ${NEEDS_A_PERSON}
     ORDER BY o.id LIMIT ?`,
    [methods, limit],
  );
  return rows.map(toPastHold);
}

/** Orders that wait for a person of the shop, whose hold is over, and of which nobody has been told. */
export async function unconfirmedPastHold(
  q: Queryable,
  methodsToConfirm: readonly PaymentMethod[],
  limit: number,
): Promise<PastHold[]> {
  const rows = await q.query<Row>(
    `SELECT DISTINCT o.id, o.business_id, o.order_number ${PAST_HOLD}
       AND (o.payment_method IN (?) OR ${NEEDS_A_PERSON})
       AND NOT EXISTS (SELECT 1 FROM raised_alerts AS a WHERE a.kind = 'hold_lost' AND a.subject_id = o.id)
     ORDER BY o.id LIMIT ?`,
    [methodsToConfirm, limit],
  );
  return rows.map(toPastHold);
}

/** Whether it is still so; the caller holds the order, and without it nobody holds or sells its stock. */
export async function isStillPastHold(trx: Transaction, orderId: number): Promise<boolean> {
  const [row] = await trx.query<{ is_waiting: number }>(
    `SELECT NOT ${NEEDS_A_PERSON} AND NOT EXISTS (
         SELECT 1 FROM inventory_reservations AS live
         WHERE live.order_id = o.id
           AND (live.status = 'committed' OR live.status = 'reserved' AND live.expires_at > UTC_TIMESTAMP(6))) AS is_waiting
     FROM orders AS o
     WHERE o.id = :orderId AND o.order_status = 'pending' AND o.payment_status IN ('unpaid', 'pending', 'failed')`,
    { orderId },
  );
  return Boolean(row?.is_waiting);
}

/** Orders that were told of as past their hold and are decided or held again. */
export async function noLongerPastHold(q: Queryable, limit: number): Promise<number[]> {
  const rows = await q.query<{ subject_id: number }>(
    `SELECT a.subject_id
     FROM raised_alerts AS a
     LEFT JOIN orders AS o ON o.id = a.subject_id AND o.order_status = 'pending'
     WHERE a.kind = 'hold_lost'
       AND (o.id IS NULL OR EXISTS (
           SELECT 1 FROM inventory_reservations AS live
           WHERE live.order_id = o.id AND live.status = 'reserved' AND live.expires_at > UTC_TIMESTAMP(6)))
     LIMIT :limit`,
    { limit },
  );
  return rows.map((row) => row.subject_id);
}

/** Other words for a notification of this transaction, with the same payload. */
export async function sayInstead(
  trx: Transaction,
  notificationId: number,
  template: string,
): Promise<void> {
  await trx.execute(
    'UPDATE notification_queue SET template = :template WHERE id = :notificationId',
    {
      notificationId,
      template,
    },
  );
}

const toPastHold = (row: Row): PastHold => ({
  id: row.id,
  businessId: row.business_id,
  orderNumber: row.order_number,
});
