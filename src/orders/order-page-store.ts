import type { Queryable } from '../db/database';
import { toMinor } from '../lib/money';
import type { OrderItem } from './order';

/** What only those who look after an order want to know. */
export interface OrderDetail {
  holdExpiresAt: Date | null;
  paymentReference: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  confirmedAt: Date | null;
  shippedAt: Date | null;
  deliveredAt: Date | null;
  completedAt: Date | null;
  cancelledAt: Date | null;
  cancelledBy: string | null;
}

export async function orderDetailOf(q: Queryable, orderId: number): Promise<OrderDetail> {
  const [row] = await q.query<OrderDetail>(
    `SELECT (SELECT MIN(r.expires_at) FROM inventory_reservations AS r
             WHERE r.order_id = o.id AND r.status = 'reserved') AS holdExpiresAt,
            o.payment_reference AS paymentReference, o.ip_address AS ipAddress, o.user_agent AS userAgent,
            o.confirmed_at AS confirmedAt, o.shipped_at AS shippedAt, o.delivered_at AS deliveredAt,
            o.completed_at AS completedAt, o.cancelled_at AS cancelledAt, o.cancelled_by AS cancelledBy
     FROM orders AS o WHERE o.id = :orderId`,
    { orderId },
  );
  if (!row) throw new Error(`order ${orderId} has gone`);
  return row;
}

/** The lines of all orders of a page in one query. */
export async function itemsOfOrders(
  q: Queryable,
  orderIds: readonly number[],
): Promise<Map<number, OrderItem[]>> {
  const found = new Map<number, OrderItem[]>(orderIds.map((id) => [id, []]));
  if (orderIds.length === 0) return found;
  const rows = await q.query<
    Omit<OrderItem, 'unitPrice' | 'lineTotal'> & {
      orderId: number;
      unitPrice: string;
      lineTotal: string;
    }
  >(
    `SELECT order_id AS orderId, id, product_id AS productId, variant_id AS variantId, sku, product_name AS productName,
            variant_name AS variantName, unit_price AS unitPrice, quantity, line_total AS lineTotal
     FROM order_items WHERE order_id IN (?) ORDER BY order_id, id`,
    [orderIds],
  );
  for (const { orderId, ...row } of rows) {
    found.get(orderId)?.push({
      ...row,
      unitPrice: toMinor(row.unitPrice),
      lineTotal: toMinor(row.lineTotal),
    });
  }
  return found;
}
