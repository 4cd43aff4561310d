import type { Queryable, Transaction } from '../db/database';

/** Cancelled orders are looked at among so many of the newest orders. */
const RECENT_ORDERS = 20_000;

/**
 * Orders with stock that is stuck: held or sold for a cancelled order, held for one that should have bought it, or held for a line
 * that does not know of it.
 */
export async function ordersWithStuckHolds(q: Queryable, limit: number): Promise<number[]> {
  const held = await q.query<{ order_id: number }>(
    `SELECT DISTINCT r.order_id
     FROM inventory_reservations AS r FORCE INDEX (inventory_reservations_expiry_idx)
     JOIN orders AS o ON o.id = r.order_id
     JOIN order_items AS i ON i.id = r.order_item_id
     WHERE r.status = 'reserved' AND (o.order_status NOT IN ('draft', 'pending') OR NOT i.inventory_reserved)
     LIMIT :limit`,
    { limit },
  );
  const [oldest] = await q.query<{ id: number }>(
    'SELECT id FROM orders ORDER BY id DESC LIMIT 1 OFFSET :recent',
    { recent: RECENT_ORDERS },
  );
  const sold = await q.query<{ order_id: number }>(
    `SELECT DISTINCT r.order_id
     FROM orders AS o
     JOIN inventory_reservations AS r FORCE INDEX (inventory_reservations_order_idx)
         ON r.order_id = o.id AND r.status = 'committed'
     WHERE o.id > :after AND o.order_status = 'cancelled'
     LIMIT :limit`,
    { after: oldest?.id ?? 0, limit },
  );
  return [...new Set([...held, ...sold].map((row) => row.order_id))].slice(0, limit);
}

/** Locks an order and its stock rows, in the order in which everybody does. Returns its status. */
export async function lockOrderAndStock(trx: Transaction, orderId: number): Promise<string | null> {
  const [order] = await trx.query<{ order_status: string }>(
    'SELECT order_status FROM orders WHERE id = :orderId FOR UPDATE',
    { orderId },
  );
  if (!order) return null;
  await trx.call('CALL sp_lock_order_stock(:orderId)', { orderId });
  return order.order_status;
}

/** Tells the lines of an order of the holds that they have. The caller holds the stock rows. */
export async function markHeldLines(trx: Transaction, orderId: number): Promise<number> {
  const { affectedRows } = await trx.execute(
    `UPDATE order_items AS i FORCE INDEX (order_items_order_idx)
     STRAIGHT_JOIN inventory_reservations AS r FORCE INDEX (inventory_reservations_live_uk) ON r.live_order_item_id = i.id
     SET i.inventory_reserved = TRUE, i.inventory_reserved_at = r.created_at, i.inventory_released_at = NULL
     WHERE i.order_id = :orderId AND NOT i.inventory_reserved`,
    { orderId },
  );
  return affectedRows;
}
