import type { Queryable, Transaction } from '../db/database';

/** A stock row beside what its holds and its ledger say. */
export interface StockFigures {
  businessId: number;
  productId: number;
  variantId: number | null;
  sku: string;
  name: string;
  stock: number;
  reserved: number;
  /** The sum of its live holds. */
  held: number;
  /** What its last ledger row left. */
  ledgerStock: number;
  ledgerReserved: number;
}

export type StockTable = 'products' | 'product_variants';
export interface IdRange {
  from: number;
  to: number;
}

/** The ids of a table in ascending ranges of so many rows; ids may have gaps of any size. */
export async function* idRanges(
  q: Queryable,
  table: StockTable,
  rows: number,
): AsyncGenerator<IdRange> {
  let after = 0;
  for (;;) {
    const [range] = await q.query<{ first: number | null; last: number | null }>(
      `SELECT MIN(id) AS first, MAX(id) AS last
       FROM (SELECT id FROM ${table} WHERE id > :after ORDER BY id LIMIT :rows) AS ids`,
      { after, rows },
    );
    if (!range || range.first === null || range.last === null) return;
    yield { from: range.first, to: range.last };
    after = range.last;
  }
}

/**
 * Stock rows of a range whose figures do not agree. One statement sees one instant, also beside live sales: what is committed
 * together is seen together, so nothing is reported that is only under way.
 */
export async function disagreeingRows(
  q: Queryable,
  table: StockTable,
  range: IdRange,
  options: { businessId?: number; limit: number },
): Promise<StockFigures[]> {
  const rows = await q.query<FigureColumns>(
    `SELECT * FROM (${FIGURES[table]} WHERE s.id BETWEEN :from AND :to
         AND (:businessId IS NULL OR s.business_id = :businessId)) AS figures
     WHERE reserved <> held OR reserved < 0 OR reserved > stock OR stock <> ledger_stock OR reserved <> ledger_reserved
     LIMIT :limit`,
    { ...range, businessId: options.businessId ?? null, limit: options.limit },
  );
  return rows.map(toFigures);
}

/** Locks a stock row and reads its figures afterwards: nobody changes its holds or its ledger until the transaction ends. */
export async function lockFigures(
  trx: Transaction,
  { productId, variantId }: { productId: number; variantId: number | null },
): Promise<StockFigures | null> {
  const table = variantId === null ? 'products' : 'product_variants';
  const id = variantId ?? productId;
  await trx.query(`SELECT id FROM ${table} WHERE id = :id FOR UPDATE`, { id });
  const [row] = await trx.query<FigureColumns>(`${FIGURES[table]} WHERE s.id = :id`, { id });
  return row ? toFigures(row) : null;
}

export async function setReserved(
  trx: Transaction,
  { productId, variantId }: { productId: number; variantId: number | null },
  reserved: number,
): Promise<void> {
  await trx.execute(
    variantId === null
      ? 'UPDATE products SET reserved_stock = :reserved WHERE id = :id'
      : 'UPDATE product_variants SET reserved_stock = :reserved WHERE id = :id',
    { reserved, id: variantId ?? productId },
  );
}

/** Closes the gap between the ledger's end and the stock row, which was changed while the triggers were away. */
export async function insertMissingMovement(
  trx: Transaction,
  figures: StockFigures,
  by: { actor: string; reason: string },
): Promise<void> {
  await trx.execute(
    `INSERT INTO stock_movements
        (business_id, product_id, variant_id, order_id, stock_before, stock_after, reserved_before, reserved_after,
         actor, reason, created_at)
     VALUES (:businessId, :productId, :variantId, NULL, :ledgerStock, :stock, :ledgerReserved, :reserved,
             :actor, :reason, UTC_TIMESTAMP(6))`,
    { ...figures, ...by },
  );
}

/** The indexes are forced: a few stock rows are looked at, each by its own range of holds and its last ledger row. */
const FIGURES: Record<StockTable, string> = {
  products: `SELECT s.business_id, s.id AS product_id, CAST(NULL AS UNSIGNED) AS variant_id, s.sku, s.name,
      s.stock_quantity AS stock, s.reserved_stock AS reserved,
      CAST(COALESCE((
          SELECT SUM(r.quantity) FROM inventory_reservations AS r FORCE INDEX (inventory_reservations_stock_idx)
          WHERE r.product_id = s.id AND r.variant_id IS NULL AND r.status = 'reserved'), 0) AS SIGNED) AS held,
      COALESCE((
          SELECT m.stock_after FROM stock_movements AS m FORCE INDEX (stock_movements_stock_idx)
          WHERE m.product_id = s.id AND m.variant_id IS NULL ORDER BY m.id DESC LIMIT 1), 0) AS ledger_stock,
      COALESCE((
          SELECT m.reserved_after FROM stock_movements AS m FORCE INDEX (stock_movements_stock_idx)
          WHERE m.product_id = s.id AND m.variant_id IS NULL ORDER BY m.id DESC LIMIT 1), 0) AS ledger_reserved
    FROM products AS s`,
  product_variants: `SELECT s.business_id, s.product_id, s.id AS variant_id, s.sku, CONCAT(p.name, ' ', s.name) AS name,
      s.stock_quantity AS stock, s.reserved_stock AS reserved,
      CAST(COALESCE((
          SELECT SUM(r.quantity) FROM inventory_reservations AS r FORCE INDEX (inventory_reservations_stock_idx)
          WHERE r.product_id = s.product_id AND r.variant_id = s.id AND r.status = 'reserved'), 0) AS SIGNED) AS held,
      COALESCE((
          SELECT m.stock_after FROM stock_movements AS m FORCE INDEX (stock_movements_stock_idx)
          WHERE m.product_id = s.product_id AND m.variant_id = s.id ORDER BY m.id DESC LIMIT 1), 0) AS ledger_stock,
      COALESCE((
          SELECT m.reserved_after FROM stock_movements AS m FORCE INDEX (stock_movements_stock_idx)
          WHERE m.product_id = s.product_id AND m.variant_id = s.id ORDER BY m.id DESC LIMIT 1), 0) AS ledger_reserved
    FROM product_variants AS s JOIN products AS p ON p.id = s.product_id`,
};

interface FigureColumns {
  business_id: number;
  product_id: number;
  variant_id: number | null;
  sku: string;
  name: string;
  stock: number;
  reserved: number;
  held: number;
  ledger_stock: number;
  ledger_reserved: number;
}

const toFigures = (row: FigureColumns): StockFigures => ({
  businessId: row.business_id,
  productId: row.product_id,
  variantId: row.variant_id,
  sku: row.sku,
  name: row.name,
  stock: row.stock,
  reserved: row.reserved,
  held: row.held,
  ledgerStock: row.ledger_stock,
  ledgerReserved: row.ledger_reserved,
});
