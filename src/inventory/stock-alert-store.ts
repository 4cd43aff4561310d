import type { Queryable } from '../db/database';
import type { IdRange, StockTable } from './reconcile-store';

export interface LowStockRow {
  businessId: number;
  productId: number;
  variantId: number | null;
  sku: string;
  name: string;
  available: number;
  threshold: number;
}

/**
 * Stock rows of a range that are on offer, low, and not alerted of yet (or sold out since). Only those that something has taken
 * down: a thing that was entered with three pieces, or restocked to three, is no news.
 */
export async function newlyLowRows(
  q: Queryable,
  table: StockTable,
  range: IdRange,
  limit: number,
): Promise<LowStockRow[]> {
  const rows = await q.query<{
    business_id: number;
    product_id: number;
    variant_id: number | null;
    sku: string;
    name: string;
    available: number;
    threshold: number;
  }>(`${LOW[table]} LIMIT :limit`, { ...range, limit });
  return rows.map((row) => ({
    businessId: row.business_id,
    productId: row.product_id,
    variantId: row.variant_id,
    sku: row.sku,
    name: row.name,
    available: row.available,
    threshold: row.threshold,
  }));
}

const LOW: Record<StockTable, string> = {
  products: `SELECT p.business_id, p.id AS product_id, CAST(NULL AS UNSIGNED) AS variant_id, p.sku, p.name,
      p.stock_quantity - p.reserved_stock AS available, p.low_stock_threshold AS threshold
    FROM products AS p
    LEFT JOIN raised_alerts AS a ON a.kind = 'low_product' AND a.subject_id = p.id
    WHERE p.id BETWEEN :from AND :to AND p.status = 'active'
      AND p.stock_quantity - p.reserved_stock <= p.low_stock_threshold
      AND COALESCE(a.level, 0) < IF(p.stock_quantity - p.reserved_stock <= 0, 2, 1)
      AND NOT EXISTS (SELECT 1 FROM product_variants AS v WHERE v.product_id = p.id)
      AND EXISTS (
          SELECT 1 FROM stock_movements AS m FORCE INDEX (stock_movements_stock_idx)
          WHERE m.product_id = p.id AND m.variant_id IS NULL
            AND m.stock_after - m.reserved_after < m.stock_before - m.reserved_before)
    ORDER BY p.id`,
  product_variants: `SELECT v.business_id, v.product_id, v.id AS variant_id, v.sku, CONCAT(p.name, ' ', v.name) AS name,
      v.stock_quantity - v.reserved_stock AS available, p.low_stock_threshold AS threshold
    FROM product_variants AS v
    JOIN products AS p ON p.id = v.product_id
    LEFT JOIN raised_alerts AS a ON a.kind = 'low_variant' AND a.subject_id = v.id
    WHERE v.id BETWEEN :from AND :to AND p.status = 'active' AND v.is_available
      AND v.stock_quantity - v.reserved_stock <= p.low_stock_threshold
      AND COALESCE(a.level, 0) < IF(v.stock_quantity - v.reserved_stock <= 0, 2, 1)
      AND EXISTS (
          SELECT 1 FROM stock_movements AS m FORCE INDEX (stock_movements_stock_idx)
          WHERE m.product_id = v.product_id AND m.variant_id = v.id
            AND m.stock_after - m.reserved_after < m.stock_before - m.reserved_before)
    ORDER BY v.id`,
};

/** Stock rows that were alerted of as low and have enough again. */
export async function noLongerLow(
  q: Queryable,
  table: StockTable,
  limit: number,
): Promise<number[]> {
  const rows = await q.query<{ subject_id: number }>(
    table === 'products'
      ? `SELECT a.subject_id
         FROM raised_alerts AS a JOIN products AS p ON p.id = a.subject_id
         WHERE a.kind = 'low_product' AND p.stock_quantity - p.reserved_stock > p.low_stock_threshold
         LIMIT :limit`
      : `SELECT a.subject_id
         FROM raised_alerts AS a
         JOIN product_variants AS v ON v.id = a.subject_id
         JOIN products AS p ON p.id = v.product_id
         WHERE a.kind = 'low_variant' AND v.stock_quantity - v.reserved_stock > p.low_stock_threshold
         LIMIT :limit`,
    { limit },
  );
  return rows.map((row) => row.subject_id);
}

export interface FailureRate {
  businessId: number;
  failures: number;
  placed: number;
}

/** For each shop that had to refuse orders for want of stock since then: how many, and how many it took. */
export async function failureRates(q: Queryable, since: Date): Promise<FailureRate[]> {
  const rows = await q.query<{ business_id: number; failures: number; placed: number }>(
    `SELECT refused.business_id, refused.failures,
         (SELECT COUNT(*) FROM orders AS o
          WHERE o.business_id = refused.business_id AND o.created_at >= :since) AS placed
     FROM (
         SELECT business_id, COUNT(*) AS failures
         FROM order_errors FORCE INDEX (order_errors_unresolved_idx)
         WHERE is_resolved IN (FALSE, TRUE) AND created_at >= :since AND error_code = 'INSUFFICIENT_STOCK'
         GROUP BY business_id
     ) AS refused`,
    { since },
  );
  return rows.map((row) => ({
    businessId: row.business_id,
    failures: row.failures,
    placed: row.placed,
  }));
}
