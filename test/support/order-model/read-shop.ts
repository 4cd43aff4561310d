import type { Queryable } from '../../../src/db/database';
import { toMinor } from '../../../src/lib/money';
import type { OrderLine } from '../factories';
import type { RealShop } from './real-shop';

/** What the database says, in the model's terms. */
export async function stateOf(q: Queryable, shop: RealShop) {
  const orders = await q.query<Record<string, string | number>>(
    `SELECT o.order_status AS status, o.payment_status AS payment, o.total_amount AS total, o.paid_amount AS paid,
            o.refunded_amount AS refunded,
            COALESCE(SUM(CASE WHEN r.status = 'committed' THEN r.quantity END), 0) AS sold,
            COALESCE(SUM(CASE WHEN r.status = 'reserved' AND r.expires_at > UTC_TIMESTAMP(6) THEN r.quantity END), 0) AS held
     FROM orders AS o LEFT JOIN inventory_reservations AS r ON r.order_id = o.id
     WHERE o.user_id = ? GROUP BY o.id ORDER BY o.id`,
    [shop.userId],
  );
  const rows = await Promise.all(shop.rows.map((row) => rowState(q, row)));
  const [promo] = await q.query<{ used_count: number }>(
    'SELECT used_count FROM promo_codes WHERE id = ?',
    [shop.promoId],
  );
  return {
    orders: orders.map((one) => ({
      status: one.status,
      payment: one.payment,
      total: toMinor(String(one.total)),
      paid: toMinor(String(one.paid)),
      refunded: toMinor(String(one.refunded)),
      sold: Number(one.sold),
      held: Number(one.held),
    })),
    rows,
    promoUses: promo?.used_count,
  };
}

/** On hand, and how much of it is promised: what is reserved without the holds that have run out. */
async function rowState(
  q: Queryable,
  { product, variant }: OrderLine,
): Promise<{ stock: number; held: number }> {
  const table = variant ? 'product_variants' : 'products';
  const [row] = await q.query<{ stock: number; held: number }>(
    `SELECT s.stock_quantity AS stock, s.reserved_stock - COALESCE((
         SELECT SUM(quantity) FROM inventory_reservations
         WHERE product_id = :productId AND variant_id <=> :variantId AND status = 'reserved' AND expires_at <= UTC_TIMESTAMP(6)), 0) AS held
     FROM ${table} AS s WHERE s.id = :id`,
    {
      productId: product.id,
      variantId: variant?.id ?? null,
      id: (variant ?? product).id,
    },
  );
  return { stock: Number(row?.stock), held: Number(row?.held) };
}
