import type { Queryable } from '../db/database';
import { toMinor, type Minor } from '../lib/money';

/** What the shop knows about a thing that somebody wants to buy, by product and variant id. */
export interface Orderable {
  productId: number;
  variantId: number | null;
  categoryId: number | null;
  sku: string;
  productName: string;
  variantName: string | null;
  price: Minor;
  /** What can be promised now; holds that have run out count as free (G-10). */
  available: number;
  isActive: boolean;
  isVariantAvailable: boolean;
  /** Sold by its variants only: one has to be chosen. */
  hasVariants: boolean;
  /**
   * Of one piece; a variant's is its product's, null where nobody has entered one. It decides the shipping fee alone, and so may be
   * as old as the judgement: unlike a price it is not compared again under the stock's lock, nor are the zones of the settings. An
   * order that is written milliseconds after a weight was corrected has the fee that its customer was shown.
   */
  weightGrams: number | null;
}

export interface ItemKey {
  productId: number;
  variantId: number | null;
}

export const itemKey = (item: ItemKey): string => `${item.productId}/${item.variantId ?? ''}`;

/**
 * Facts for each item by `itemKey`. A product that does not exist here is missing; an item whose variant does not exist is
 * missing under its own key, while its product is there under the key without a variant.
 */
export async function loadOrderables(
  q: Queryable,
  businessId: number,
  items: readonly ItemKey[],
): Promise<Map<string, Orderable>> {
  const productIds = [...new Set(items.map((item) => item.productId))];
  const variantIds = [...new Set(items.flatMap((item) => item.variantId ?? []))];
  if (productIds.length === 0) return new Map();
  const products = await q.query<Row>(
    `SELECT p.id AS product_id, NULL AS variant_id, p.category_id, p.sku, p.name AS product_name, NULL AS variant_name,
            p.price, p.stock_quantity - p.reserved_stock AS available, p.status = 'active' AS is_active,
            TRUE AS is_variant_available, p.weight_grams,
            EXISTS (SELECT 1 FROM product_variants AS v WHERE v.product_id = p.id) AS has_variants
     FROM products AS p WHERE p.business_id = ? AND p.id IN (?)`,
    [businessId, productIds],
  );
  const variants =
    variantIds.length === 0
      ? []
      : await q.query<Row>(
          `SELECT v.product_id, v.id AS variant_id, p.category_id, v.sku, p.name AS product_name, v.name AS variant_name,
                  v.price, v.stock_quantity - v.reserved_stock AS available, p.status = 'active' AS is_active,
                  v.is_available AS is_variant_available, p.weight_grams, FALSE AS has_variants
           FROM product_variants AS v JOIN products AS p ON p.id = v.product_id
           WHERE v.business_id = ? AND v.id IN (?)`,
          [businessId, variantIds],
        );
  const found = new Map(
    [...products, ...variants].map(toOrderable).map((one) => [itemKey(one), one]),
  );
  await addExpiredHolds(q, found, items);
  return found;
}

/**
 * Only asked when something is short: then expired holds may be what is missing. Both figures come from one statement, which sees
 * one instant: between two, a hold can be taken back that the first still counts and the second no longer finds.
 */
async function addExpiredHolds(
  q: Queryable,
  found: Map<string, Orderable>,
  items: readonly (ItemKey & { quantity?: number })[],
): Promise<void> {
  const wanted = new Map<string, number>();
  for (const item of items)
    wanted.set(itemKey(item), (wanted.get(itemKey(item)) ?? 0) + (item.quantity ?? 1));
  const short = [...found.entries()]
    .filter(([key, one]) => one.available < (wanted.get(key) ?? 0))
    .map(([, one]) => one);
  const products = short.filter((one) => one.variantId === null);
  const variants = short.filter((one) => one.variantId !== null);
  const rows = await Promise.all([
    availableOf(q, PRODUCTS_WITH_EXPIRED, products, (one) => one.productId),
    availableOf(q, VARIANTS_WITH_EXPIRED, variants, (one) => one.variantId),
  ]);
  for (const [one, available] of rows.flat()) one.available = available;
}

const PRODUCTS_WITH_EXPIRED = `
  SELECT p.id, p.stock_quantity - p.reserved_stock + COALESCE((
      SELECT SUM(r.quantity) FROM inventory_reservations AS r
      WHERE r.product_id = p.id AND r.variant_id IS NULL
        AND r.status = 'reserved' AND r.expires_at <= UTC_TIMESTAMP(6)), 0) AS available
  FROM products AS p WHERE p.id IN (?)`;
const VARIANTS_WITH_EXPIRED = `
  SELECT v.id, v.stock_quantity - v.reserved_stock + COALESCE((
      SELECT SUM(r.quantity) FROM inventory_reservations AS r
      WHERE r.product_id = v.product_id AND r.variant_id = v.id
        AND r.status = 'reserved' AND r.expires_at <= UTC_TIMESTAMP(6)), 0) AS available
  FROM product_variants AS v WHERE v.id IN (?)`;

async function availableOf(
  q: Queryable,
  sql: string,
  short: readonly Orderable[],
  idOf: (one: Orderable) => number | null,
): Promise<[Orderable, number][]> {
  if (short.length === 0) return [];
  const rows = await q.query<{ id: number; available: string }>(sql, [short.map(idOf)]);
  const available = new Map(rows.map((row) => [row.id, Number(row.available)]));
  return short.map((one) => [one, available.get(idOf(one) ?? 0) ?? 0]);
}

interface Row {
  product_id: number;
  variant_id: number | null;
  category_id: number | null;
  sku: string;
  product_name: string;
  variant_name: string | null;
  price: string;
  available: number;
  is_active: number;
  is_variant_available: number;
  has_variants: number;
  weight_grams: number | null;
}

function toOrderable(row: Row): Orderable {
  return {
    productId: row.product_id,
    variantId: row.variant_id,
    categoryId: row.category_id,
    sku: row.sku,
    productName: row.product_name,
    variantName: row.variant_name,
    price: toMinor(row.price),
    available: Number(row.available),
    isActive: Boolean(row.is_active),
    isVariantAvailable: Boolean(row.is_variant_available),
    hasVariants: Boolean(row.has_variants),
    weightGrams: row.weight_grams,
  };
}
