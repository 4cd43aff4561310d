import type { Queryable } from '../db/database';

export const STOCK_STATUSES = ['IN_STOCK', 'LOW_STOCK', 'OUT_OF_STOCK'] as const;
export type StockStatus = (typeof STOCK_STATUSES)[number];

/** One row of vw_inventory_status: something that is sold. */
export interface StockStatusRow {
  productId: number;
  variantId: number | null;
  sku: string;
  name: string;
  variantName: string | null;
  status: string;
  stock: number;
  reserved: number;
  available: number;
  lowStockThreshold: number;
  stockStatus: StockStatus;
}

/** A page of stock rows by SKU. */
export async function listStockStatus(
  q: Queryable,
  filters: {
    businessId: number;
    stockStatus?: StockStatus;
    text?: string;
    afterSku?: string;
    limit: number;
  },
): Promise<StockStatusRow[]> {
  const where = ["business_id = :businessId AND status <> 'archived'"];
  if (filters.stockStatus) where.push('stock_status = :stockStatus');
  if (filters.afterSku !== undefined) where.push('sku > :afterSku');
  if (filters.text) where.push("(sku LIKE :like ESCAPE '!' OR name LIKE :like ESCAPE '!')");
  const like = `%${(filters.text ?? '').replace(/[!%_]/g, '!$&')}%`;
  return q.query<StockStatusRow>(
    `SELECT product_id AS productId, variant_id AS variantId, sku, name, variant_name AS variantName, status,
            stock_quantity AS stock, reserved_stock AS reserved, available_quantity AS available,
            low_stock_threshold AS lowStockThreshold, stock_status AS stockStatus
     FROM vw_inventory_status WHERE ${where.join(' AND ')} ORDER BY sku LIMIT :limit`,
    { ...filters, like },
  );
}

export interface StockHolder {
  orderId: number;
  orderNumber: string;
  orderStatus: string;
  quantity: number;
  /** Of a hold. */
  expiresAt: Date;
  /** Of a sale. */
  committedAt: Date | null;
}

interface StockRef {
  productId: number;
  variantId: number | null;
}

/** Orders that hold units of a stock row, those that run out first; or have bought them and wait for them to leave. */
export async function holdersOf(
  q: Queryable,
  row: StockRef,
  status: 'reserved' | 'committed',
  limit: number,
): Promise<StockHolder[]> {
  const waiting =
    status === 'reserved' ? '' : "AND o.order_status IN ('confirmed', 'processing', 'ready')";
  return q.query<StockHolder>(
    `SELECT r.order_id AS orderId, o.order_number AS orderNumber, o.order_status AS orderStatus, r.quantity,
            r.expires_at AS expiresAt, r.committed_at AS committedAt
     FROM inventory_reservations AS r JOIN orders AS o ON o.id = r.order_id
     WHERE r.product_id = :productId AND r.variant_id <=> :variantId AND r.status = :status ${waiting}
     ORDER BY r.expires_at, r.id LIMIT :limit`,
    { productId: row.productId, variantId: row.variantId, status, limit },
  );
}

export interface StockSums {
  held: number;
  /** Of these, what nobody is entitled to any more: the next sale takes it back (G-10). */
  expired: number;
  sold: number;
}

export async function sumsOf(q: Queryable, row: StockRef): Promise<StockSums> {
  const [sums] = await q.query<Record<keyof StockSums, string | null>>(
    `SELECT SUM(CASE WHEN r.status = 'reserved' THEN r.quantity END) AS held,
            SUM(CASE WHEN r.status = 'reserved' AND r.expires_at <= UTC_TIMESTAMP(6) THEN r.quantity END) AS expired,
            SUM(CASE WHEN r.status = 'committed' AND o.order_status IN ('confirmed', 'processing', 'ready')
                THEN r.quantity END) AS sold
     FROM inventory_reservations AS r JOIN orders AS o ON o.id = r.order_id
     WHERE r.product_id = :productId AND r.variant_id <=> :variantId AND r.status IN ('reserved', 'committed')`,
    { productId: row.productId, variantId: row.variantId },
  );
  const number = (value: string | null | undefined): number => Number(value ?? 0);
  return { held: number(sums?.held), expired: number(sums?.expired), sold: number(sums?.sold) };
}

export interface StockMovement {
  id: number;
  orderId: number | null;
  stockBefore: number;
  stockAfter: number;
  reservedBefore: number;
  reservedAfter: number;
  actor: string;
  reason: string;
  at: Date;
}

/** The ledger of a stock row, newest first (INV-4). */
export async function movementsOf(
  q: Queryable,
  row: StockRef,
  limit: number,
): Promise<StockMovement[]> {
  return q.query<StockMovement>(
    `SELECT id, order_id AS orderId, stock_before AS stockBefore, stock_after AS stockAfter, reserved_before AS reservedBefore,
            reserved_after AS reservedAfter, actor, reason, created_at AS at
     FROM stock_movements WHERE product_id = :productId AND variant_id <=> :variantId ORDER BY id DESC LIMIT :limit`,
    { productId: row.productId, variantId: row.variantId, limit },
  );
}

/** Whether a stock row is on the shelf at all. */
export async function offerOf(
  q: Queryable,
  row: StockRef,
): Promise<{ status: string; isAvailable: boolean; hasVariants: boolean } | null> {
  const [found] = await q.query<{ status: string; is_available: number; has_variants: number }>(
    `SELECT p.status, COALESCE((SELECT v.is_available FROM product_variants AS v WHERE v.id = :variantId), TRUE) AS is_available,
            EXISTS (SELECT 1 FROM product_variants AS v WHERE v.product_id = p.id) AS has_variants
     FROM products AS p WHERE p.id = :productId`,
    { productId: row.productId, variantId: row.variantId },
  );
  return found
    ? {
        status: found.status,
        isAvailable: Boolean(found.is_available),
        hasVariants: row.variantId === null && Boolean(found.has_variants),
      }
    : null;
}
