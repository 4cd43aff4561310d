import type { Queryable } from '../db/database';
import { toMinor, type Minor } from '../lib/money';
import type { OrderSource } from './order';

/** Sums of the orders of a quarter of an hour and one channel: the days of every time zone are made of these. */
export interface OrderSums {
  at: Date;
  source: OrderSource;
  /** Placed: everything but drafts. */
  placed: number;
  /** Confirmed or further on, and not cancelled. */
  sold: number;
  soldAmount: Minor;
  /** Of the sold amount, what was given back. */
  soldRefunded: Minor;
  cancelled: number;
  refundedOrders: number;
  refundedAmount: Minor;
  /** Orders for which money came in. */
  paidOrders: number;
}

const SLOT_S = 900;
const SOLD = "('confirmed', 'processing', 'ready', 'shipped', 'delivered', 'completed')";

export async function sumOrders(
  q: Queryable,
  range: { businessId: number; from: Date; to: Date },
): Promise<OrderSums[]> {
  const rows = await q.query<
    Record<Exclude<keyof OrderSums, 'source'>, string> & { source: OrderSource }
  >(
    `SELECT FLOOR(UNIX_TIMESTAMP(created_at) / ${SLOT_S}) * ${SLOT_S} AS at, order_source AS source, COUNT(*) AS placed,
            SUM(order_status IN ${SOLD}) AS sold,
            SUM(CASE WHEN order_status IN ${SOLD} THEN total_amount ELSE 0 END) AS soldAmount,
            SUM(CASE WHEN order_status IN ${SOLD} THEN refunded_amount ELSE 0 END) AS soldRefunded,
            SUM(order_status = 'cancelled') AS cancelled,
            SUM(refunded_amount > 0) AS refundedOrders, SUM(refunded_amount) AS refundedAmount,
            SUM(paid_amount > 0) AS paidOrders
     FROM orders
     WHERE business_id = :businessId AND created_at >= :from AND created_at < :to AND order_status <> 'draft'
     GROUP BY at, order_source`,
    { ...range },
  );
  return rows.map((row) => ({
    at: new Date(Number(row.at) * 1000),
    source: row.source,
    placed: Number(row.placed),
    sold: Number(row.sold),
    soldAmount: toMinor(row.soldAmount),
    soldRefunded: toMinor(row.soldRefunded),
    cancelled: Number(row.cancelled),
    refundedOrders: Number(row.refundedOrders),
    refundedAmount: toMinor(row.refundedAmount),
    paidOrders: Number(row.paidOrders),
  }));
}

/** Conversations in which somebody wrote in that time, and those of them that have led to an order in it. */
export async function countConversations(
  q: Queryable,
  range: { businessId: number; from: Date; to: Date },
): Promise<{ active: number; converted: number }> {
  const [row] = await q.query<{ active: number; converted: string | null }>(
    `SELECT COUNT(*) AS active, SUM(EXISTS (
         SELECT 1 FROM orders AS o
         WHERE o.business_id = :businessId AND o.created_at >= :from AND o.created_at < :to AND o.order_status <> 'draft'
           AND o.conversation_id = c.id
     )) AS converted
     FROM conversations AS c
     WHERE c.business_id = :businessId AND c.staff_id IS NULL AND c.last_inbound_at >= :from AND c.created_at < :to`,
    { ...range },
  );
  return { active: Number(row?.active ?? 0), converted: Number(row?.converted ?? 0) };
}
