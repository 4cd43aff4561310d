import { signalledReason } from '../db/errors';
import type { Queryable, Transaction } from '../db/database';

/** What the inventory procedures answer (migrations/sql/procedures/). */
export interface Reserved {
  outcome: 'reserved' | 'already_reserved' | 'already_committed';
  expiresAt: Date | null;
}
export type StockFailure =
  { ok: false; code: 'insufficient_stock'; sku: string } | { ok: false; code: string };

/** Holds the stock of an order for so many minutes. A shortage is a value; nothing is held then. */
export async function reserveOrder(
  trx: Transaction,
  orderId: number,
  minutes: number,
): Promise<({ ok: true } & Reserved) | StockFailure> {
  return orFailure(async () => {
    const [[row]] = (await trx.call<{ outcome: Reserved['outcome']; expires_at: Date | null }>(
      'CALL sp_reserve_order_inventory(:orderId, :minutes)',
      { orderId, minutes },
    )) as [[{ outcome: Reserved['outcome']; expires_at: Date | null }]];
    return { ok: true as const, outcome: row.outcome, expiresAt: row.expires_at };
  });
}

/** Sells what an order holds; a lost hold gets its stock again if it is there (G-11). */
export async function commitOrder(
  trx: Transaction,
  orderId: number,
): Promise<{ ok: true; outcome: string } | StockFailure> {
  return orFailure(() => outcomeOf(trx, 'CALL sp_commit_order_inventory(:orderId)', { orderId }));
}

/** Gives back what an order holds or has bought. */
export async function releaseOrder(
  trx: Transaction,
  orderId: number,
  reason: string,
): Promise<{ ok: true; outcome: string } | StockFailure> {
  return orFailure(() =>
    outcomeOf(trx, 'CALL sp_release_order_inventory(:orderId, :reason)', {
      orderId,
      reason: reason.slice(0, 255),
    }),
  );
}

/** Ends the holds of an order that have run out. Returns how many lines lost theirs. */
export async function expireOrder(trx: Transaction, orderId: number): Promise<number> {
  const [rows] = await trx.call<{ lines_changed: number }>(
    'CALL sp_expire_order_inventory(:orderId)',
    { orderId },
  );
  return rows?.[0]?.lines_changed ?? 0;
}

/** Orders with a hold that has run out, those that wait longest first. */
export async function ordersWithExpiredHolds(q: Queryable, limit: number): Promise<number[]> {
  const rows = await q.query<{ order_id: number }>(
    `SELECT order_id FROM inventory_reservations
     WHERE status = 'reserved' AND expires_at <= UTC_TIMESTAMP(6)
     GROUP BY order_id ORDER BY MIN(expires_at) LIMIT :limit`,
    { limit },
  );
  return rows.map((row) => row.order_id);
}

/** Until when an order's stock is held; null when nothing is. */
export async function holdExpiry(q: Queryable, orderId: number): Promise<Date | null> {
  const [row] = await q.query<{ expires_at: Date | null }>(
    "SELECT MIN(expires_at) AS expires_at FROM inventory_reservations WHERE order_id = :orderId AND status = 'reserved'",
    { orderId },
  );
  return row?.expires_at ?? null;
}

export interface StockRow {
  productId: number;
  variantId: number | null;
  sku: string;
  name: string;
  stock: number;
  reserved: number;
  available: number;
  lowStockThreshold: number;
}

interface StockColumns {
  product_id: number;
  variant_id: number | null;
  sku: string;
  name: string;
  stock_quantity: number;
  reserved_stock: number;
  low_stock_threshold: number;
}

/** The figures of a stock row, whatever the state of the product; null when there is no such SKU. */
export async function stockOf(
  q: Queryable,
  businessId: number,
  sku: string,
): Promise<StockRow | null> {
  const [product] = await q.query<StockColumns>(
    `SELECT id AS product_id, NULL AS variant_id, sku, name, stock_quantity, reserved_stock, low_stock_threshold
     FROM products WHERE business_id = :businessId AND sku = :sku`,
    { businessId, sku },
  );
  if (product) return toStockRow(product);
  const [variant] = await q.query<StockColumns>(
    `SELECT v.product_id, v.id AS variant_id, v.sku, CONCAT(p.name, ' ', v.name) AS name, v.stock_quantity,
            v.reserved_stock, p.low_stock_threshold
     FROM product_variants AS v JOIN products AS p ON p.id = v.product_id
     WHERE v.business_id = :businessId AND v.sku = :sku`,
    { businessId, sku },
  );
  return variant ? toStockRow(variant) : null;
}

/** Locks a stock row and reads it. */
export async function lockStock(
  trx: Transaction,
  row: { productId: number; variantId: number | null },
): Promise<{ stock: number; reserved: number }> {
  const [found] = await trx.query<{ stock_quantity: number; reserved_stock: number }>(
    row.variantId === null
      ? 'SELECT stock_quantity, reserved_stock FROM products WHERE id = :productId FOR UPDATE'
      : 'SELECT stock_quantity, reserved_stock FROM product_variants WHERE id = :variantId FOR UPDATE',
    { productId: row.productId, variantId: row.variantId },
  );
  if (!found) throw new Error(`stock row of product ${row.productId} has gone`);
  return { stock: found.stock_quantity, reserved: found.reserved_stock };
}

/** Locks stock rows as everybody does, so that nobody waits in a circle: products by id, then variants by id. */
export async function lockStockRows(
  trx: Transaction,
  rows: readonly { productId: number; variantId: number | null }[],
): Promise<void> {
  const productIds = rows.filter((row) => row.variantId === null).map((row) => row.productId);
  const variantIds = rows.flatMap((row) => row.variantId ?? []);
  const lock = async (table: 'products' | 'product_variants', ids: readonly number[]) => {
    if (ids.length === 0) return;
    await trx.query(
      `SELECT id FROM ${table} FORCE INDEX (PRIMARY) WHERE id IN (?) ORDER BY id FOR UPDATE`,
      [ids],
    );
  };
  await lock('products', productIds);
  await lock('product_variants', variantIds);
}

/** Ends every hold on a stock row that has run out; the caller has locked the row. Returns what is still reserved. */
export async function takeBackExpired(
  trx: Transaction,
  row: { productId: number; variantId: number | null },
): Promise<number> {
  const { productId, variantId } = row;
  await trx.execute('CALL sp_take_back_expired_stock(:productId, :variantId)', {
    productId,
    variantId,
  });
  return (await lockStock(trx, row)).reserved;
}

export async function setStock(
  trx: Transaction,
  row: { productId: number; variantId: number | null },
  quantity: number,
): Promise<void> {
  await trx.execute(
    row.variantId === null
      ? 'UPDATE products SET stock_quantity = :quantity WHERE id = :productId'
      : 'UPDATE product_variants SET stock_quantity = :quantity WHERE id = :variantId',
    { quantity, productId: row.productId, variantId: row.variantId },
  );
}

async function outcomeOf(
  trx: Transaction,
  sql: string,
  params: Record<string, unknown>,
): Promise<{ ok: true; outcome: string }> {
  const [rows] = await trx.call<{ outcome: string }>(sql, params);
  return { ok: true, outcome: rows?.[0]?.outcome ?? '' };
}

/** What a procedure refuses with SIGNAL is a value; everything else is an outage or a bug. */
async function orFailure<T>(work: () => Promise<T>): Promise<T | StockFailure> {
  try {
    return await work();
  } catch (error) {
    const reason = signalledReason(error);
    if (reason === null) throw error;
    const [code = reason, sku] = reason.split(/:(.*)/s);
    return sku === undefined ? { ok: false, code } : { ok: false, code: 'insufficient_stock', sku };
  }
}

function toStockRow(row: StockColumns): StockRow {
  return {
    productId: row.product_id,
    variantId: row.variant_id,
    sku: row.sku,
    name: row.name,
    stock: row.stock_quantity,
    reserved: row.reserved_stock,
    available: row.stock_quantity - row.reserved_stock,
    lowStockThreshold: row.low_stock_threshold,
  };
}
