import type { Queryable } from '../../src/db/database';

export const onShelf = async (
  q: Queryable,
  productId: number,
): Promise<{ stock: number; reserved: number }> =>
  (
    await q.query<{ stock: number; reserved: number }>(
      'SELECT stock_quantity AS stock, reserved_stock AS reserved FROM products WHERE id = ?',
      [productId],
    )
  )[0]!;

export const holdsOf = (
  q: Queryable,
  orderId: number,
): Promise<{ status: string; quantity: number }[]> =>
  q.query('SELECT status, quantity FROM inventory_reservations WHERE order_id = ? ORDER BY id', [
    orderId,
  ]);

/** "NULL>reserved reserved>committed" */
export async function chainOf(
  q: Queryable,
  orderId: number,
  kind: 'order' | 'payment' | 'reservation',
): Promise<string> {
  const rows = await q.query<{ from_state: string | null; to_state: string }>(
    'SELECT from_state, to_state FROM order_state_history WHERE order_id = ? AND kind = ? ORDER BY id',
    [orderId, kind],
  );
  return rows.map((row) => `${row.from_state ?? 'NULL'}>${row.to_state}`).join(' ');
}

export async function letHoldsExpire(q: Queryable, orderId: number): Promise<void> {
  await q.execute(
    'UPDATE inventory_reservations SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE WHERE order_id = ?',
    [orderId],
  );
}

/**
 * What must hold after anything that happens to stock (G-5): every difference between stock rows and their holds. 0 stands for no
 * variant: MariaDB joins a literal NULL to nothing, even with <=>.
 */
export function stockProblems(q: Queryable): Promise<unknown[]> {
  return q.query(`
    SELECT s.product_id, s.variant_id, s.reserved_stock, COALESCE(h.held, 0) AS held
    FROM (
        SELECT id AS product_id, 0 AS variant_id, stock_quantity, reserved_stock FROM products
        UNION ALL SELECT product_id, id, stock_quantity, reserved_stock FROM product_variants
    ) AS s
    LEFT JOIN (
        SELECT product_id, COALESCE(variant_id, 0) AS variant_id, SUM(quantity) AS held FROM inventory_reservations
        WHERE status = 'reserved' GROUP BY product_id, COALESCE(variant_id, 0)
    ) AS h ON h.product_id = s.product_id AND h.variant_id = s.variant_id
    WHERE s.reserved_stock <> COALESCE(h.held, 0) OR s.reserved_stock < 0 OR s.reserved_stock > s.stock_quantity`);
}

/** Links of history that do not continue where the one before ended (G-7). */
export function brokenChains(q: Queryable): Promise<unknown[]> {
  return q.query(`
    SELECT * FROM (
        SELECT order_id, kind, from_state, LAG(to_state) OVER (PARTITION BY order_id, kind ORDER BY id) AS before_it
        FROM order_state_history
    ) AS links WHERE NOT (from_state <=> before_it)`);
}

/** Stock rows whose ledger does not add up to what is on the shelf (INV-4). */
export function ledgerProblems(q: Queryable): Promise<unknown[]> {
  return q.query(`
    SELECT p.id, p.stock_quantity, p.reserved_stock, m.stock, m.reserved
    FROM products AS p
    LEFT JOIN (
        SELECT product_id, SUM(stock_after - stock_before) AS stock, SUM(reserved_after - reserved_before) AS reserved
        FROM stock_movements WHERE variant_id IS NULL GROUP BY product_id
    ) AS m ON m.product_id = p.id
    WHERE p.stock_quantity <> COALESCE(m.stock, 0) OR p.reserved_stock <> COALESCE(m.reserved, 0)`);
}
