import type mysql from 'mysql2/promise';
import type { BenchOrder } from '../shop/bench-orders';
import { NUMBERS, type BenchShop } from '../shop/bench-shop';
import { checkOrders } from './check-orders';
import type { Contender } from './contender';
import { plainPool } from './plain-pool';
import { storeOrders, takeNumbers, type PlainWriter } from './plain-rows';
import { makePlainTables } from './plain-tables';

export const UNITS_PREFIX = 'unit_';

export interface UnitStock {
  /** Free units of each product before a run. */
  each: number;
  /** Free units of the first product, the hot one. */
  hot: number;
}

/**
 * Baseline (c): every piece on stock is a row; an order takes free rows and passes over those that others are taking (the design
 * that Shopify published in 2026). One transaction an order, two round trips: find and lock the units, then claim them and store
 * the same order rows as baseline (a).
 */
export function unitRows(poolSize: number, stock: UnitStock) {
  return async (shop: BenchShop): Promise<Contender> => {
    const connection = await shop.connect();
    await makePlainTables(connection, UNITS_PREFIX);
    await connection.query(
      `CREATE TABLE unit_stock (
         id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
         product_id BIGINT UNSIGNED NOT NULL,
         order_id BIGINT UNSIGNED NULL,
         INDEX unit_stock_free_idx (product_id, order_id)
       ) ENGINE = InnoDB`,
    );
    const pool = plainPool(shop.url, poolSize);
    const writer: PlainWriter = {
      prefix: UNITS_PREFIX,
      businessId: shop.business.id,
      timezone: shop.business.timezone,
      stockRows: false,
      lastOrderId: 0,
      lastItemId: 0,
    };
    return {
      name: 'units',
      groupSize: 1,
      fixedCallers: null,
      place: async ([order]) => {
        if (!order) return 0;
        await pool.use((one) => placeOne(one, writer, order));
        return 1;
      },
      refill: () => refill(connection, shop, stock),
      check: async (placed) => [
        ...(await checkOrders(shop.deps.db, { prefix: UNITS_PREFIX, placed, stockRows: false })),
        ...(await unclaimedLines(shop)),
      ],
      close: async () => {
        await pool.close();
        await connection.end();
      },
    };
  };
}

async function placeOne(
  connection: mysql.PoolConnection,
  writer: PlainWriter,
  order: BenchOrder,
): Promise<void> {
  const find = order.lines.map(
    ({
      id,
    }) => `SELECT id FROM unit_stock FORCE INDEX (unit_stock_free_idx) WHERE product_id = ${id} AND order_id IS NULL
                 LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  const [results] = await connection.query<mysql.RowDataPacket[][]>(
    `${takeNumbers(writer, 1)};\nSTART TRANSACTION;\n${find.join(';\n')}`,
  );
  const units = results
    .filter(Array.isArray)
    .flatMap((rows) => (rows as { id: number }[]).map((row) => Number(row.id)));
  if (units.length < order.lines.length)
    throw new Error('the units have run out: the benchmark has made too few');
  const rows = storeOrders(writer, [order]);
  await connection.query(
    `UPDATE unit_stock SET order_id = ${writer.lastOrderId} WHERE id IN (${units.sort((a, b) => a - b).join(',')});\n${rows};\nCOMMIT`,
  );
}

/** Units are made before a run, outside of the measured time: this design needs them made all the time. */
async function refill(
  connection: mysql.Connection,
  shop: BenchShop,
  stock: UnitStock,
): Promise<void> {
  const [hot] = shop.products;
  await addUnits(connection, stock.each, 'p.id <> ?', hot?.id ?? 0);
  await addUnits(connection, stock.hot, 'p.id = ?', hot?.id ?? 0);
}

async function addUnits(
  connection: mysql.Connection,
  wanted: number,
  condition: string,
  hotId: number,
): Promise<void> {
  for (let first = 0; first < wanted; first += NUMBERS) {
    await connection.query(
      `INSERT INTO unit_stock (product_id)
       SELECT p.id FROM products AS p
       LEFT JOIN (SELECT product_id, COUNT(*) AS units FROM unit_stock WHERE order_id IS NULL GROUP BY product_id) AS free
           ON free.product_id = p.id
       JOIN bench_numbers AS n ON n.n < LEAST(?, ? - COALESCE(free.units, 0))
       WHERE ${condition}`,
      [NUMBERS, wanted, hotId],
    );
  }
}

/** Each line has claimed one unit, of its own product. */
async function unclaimedLines(shop: BenchShop): Promise<string[]> {
  const [row] = await shop.deps.db.query<{ wrong: number }>(
    `SELECT COUNT(*) AS wrong FROM unit_order_items AS i
     WHERE (SELECT COUNT(*) FROM unit_stock AS u WHERE u.product_id = i.product_id AND u.order_id = i.order_id) <> 1`,
  );
  return row?.wrong ? [`lines that have not claimed their unit: ${row.wrong}`] : [];
}
