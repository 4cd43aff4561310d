import type { Queryable } from '../../../src/db/database';

/** The tables that an order leaves rows in. */
export const ORDER_TABLES = [
  'orders',
  'order_items',
  'inventory_reservations',
  'order_state_history',
  'stock_movements',
  'notification_queue',
  'order_processing_queue',
  'outbox_events',
  'order_metrics',
] as const;

export interface Expected {
  /** Before each table's name: '' for the shop's own tables. */
  prefix: string;
  /** Orders that were answered, since the tables were empty. */
  placed: number;
  /** Whether stock is counted in the products' rows. */
  stockRows: boolean;
}

/** What G-5 and G-8 say, asked in SQL; empty when all is well. */
export async function checkOrders(
  db: Queryable,
  { prefix, placed, stockRows }: Expected,
): Promise<string[]> {
  const wrong: string[] = [];
  const expect = async (what: string, wanted: number, sql: string) => {
    const [row] = await db.query<{ found: number | string | null }>(sql);
    if (Number(row?.found) !== wanted) wrong.push(`${what}: ${row?.found} instead of ${wanted}`);
  };
  await expect('orders', placed, `SELECT COUNT(*) AS found FROM ${prefix}orders`);
  await expect(
    'lines without their hold',
    0,
    `SELECT COUNT(*) AS found FROM ${prefix}order_items AS i
     LEFT JOIN ${prefix}inventory_reservations AS r ON r.live_order_item_id = i.id AND r.quantity = i.quantity
     WHERE r.id IS NULL`,
  );
  if (!stockRows) return wrong;
  await expect(
    'oversold products',
    0,
    `SELECT COUNT(*) AS found FROM ${prefix}products WHERE NOT (reserved_stock BETWEEN 0 AND stock_quantity)`,
  );
  await expect(
    'products whose reserved stock is not the sum of its holds',
    0,
    `SELECT COUNT(*) AS found FROM ${prefix}products AS p
     LEFT JOIN (SELECT product_id, SUM(quantity) AS quantity FROM ${prefix}inventory_reservations
                WHERE status = 'reserved' GROUP BY product_id) AS held ON held.product_id = p.id
     WHERE p.reserved_stock <> COALESCE(held.quantity, 0)`,
  );
  return wrong;
}

/** Rows per order in each table, to see that a baseline stores what the product stores. */
export async function rowsPerOrder(db: Queryable, prefix: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ORDER_TABLES) {
    // A product that is made has a row in the ledger, too, of no order.
    const ofOrders = table === 'stock_movements' ? 'WHERE order_id IS NOT NULL' : '';
    const [row] = await db.query<{ found: number }>(
      `SELECT COUNT(*) AS found FROM ${prefix}${table} ${ofOrders}`,
    );
    counts[table] = Number(row?.found ?? 0);
  }
  const orders = Math.max(1, counts.orders ?? 0);
  return Object.fromEntries(
    Object.entries(counts).map(([table, count]) => [table, count / orders]),
  );
}
