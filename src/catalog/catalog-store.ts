import type { Queryable } from '../db/database';
import { toMinor, type Minor } from '../lib/money';
import { fullName, type Category, type Product, type Sellable } from './product';

/** Categories that have something to show, in the shop's order. */
export async function listCategories(q: Queryable, businessId: number): Promise<Category[]> {
  return q.query<Category>(
    `SELECT c.id, c.name
     FROM categories AS c
     WHERE c.business_id = :businessId AND c.status = 'active'
       AND EXISTS (SELECT 1 FROM products AS p
                   WHERE p.business_id = c.business_id AND p.status = 'active' AND p.category_id = c.id)
     ORDER BY c.position, c.id`,
    { businessId },
  );
}

/** A page of a category's active products, and how many there are. */
export async function listProducts(
  q: Queryable,
  businessId: number,
  page: { categoryId: number; offset: number; limit: number },
): Promise<{ products: Product[]; total: number }> {
  const [counted] = await q.query<{ total: number }>(
    `SELECT COUNT(*) AS total FROM products
     WHERE business_id = :businessId AND status = 'active' AND category_id = :categoryId`,
    { businessId, categoryId: page.categoryId },
  );
  const rows = await q.query<ProductRow>(
    `${SELECT_PRODUCT}
     WHERE p.business_id = :businessId AND p.status = 'active' AND p.category_id = :categoryId
     ORDER BY p.position, p.id
     LIMIT :limit OFFSET :offset`,
    { businessId, ...page },
  );
  return { products: await withVariants(q, rows), total: counted?.total ?? 0 };
}

/** The product of a SKU, whether the SKU is the product's own or one of its variants'. Active products only. */
export async function findProductBySku(
  q: Queryable,
  businessId: number,
  sku: string,
): Promise<Product | null> {
  const rows = await q.query<ProductRow>(
    `${SELECT_PRODUCT}
     WHERE p.business_id = :businessId AND p.status = 'active'
       AND p.id = COALESCE(
           (SELECT id FROM products WHERE business_id = :businessId AND sku = :sku),
           (SELECT product_id FROM product_variants WHERE business_id = :businessId AND sku = :sku))`,
    { businessId, sku },
  );
  const [product] = await withVariants(q, rows);
  return product ?? null;
}

/** Active products by their ids, in the order of these. */
export async function productsByIds(q: Queryable, ids: readonly number[]): Promise<Product[]> {
  if (ids.length === 0) return [];
  const rows = await q.query<ProductRow>(`${SELECT_PRODUCT} WHERE p.id IN (?)`, [ids]);
  const products = await withVariants(q, rows);
  return products.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** What a SKU sells: the product itself, or one variant. Also things that are not offered now; null when it never was. */
export async function findSellable(
  q: Queryable,
  businessId: number,
  sku: string,
): Promise<Sellable | null> {
  const rows = await q.query<SellableRow>(
    `SELECT p.id AS product_id, v.id AS variant_id, COALESCE(v.sku, p.sku) AS sku, p.name AS product_name,
            v.name AS variant_name, COALESCE(v.price, p.price) AS price, p.low_stock_threshold,
            COALESCE(v.image_url, p.image_url) AS image_url,
            p.status = 'active' AND COALESCE(v.is_available, TRUE) AS is_offered,
            COALESCE(v.stock_quantity - v.reserved_stock, p.stock_quantity - p.reserved_stock) AS available
     FROM products AS p
     LEFT JOIN product_variants AS v ON v.product_id = p.id AND v.sku = :sku
     WHERE p.business_id = :businessId
       AND p.id = COALESCE(
           (SELECT id FROM products WHERE business_id = :businessId AND sku = :sku),
           (SELECT product_id FROM product_variants WHERE business_id = :businessId AND sku = :sku))`,
    { businessId, sku },
  );
  const [sellable] = await withExpiredHolds(q, rows);
  return sellable ?? null;
}

/** The variants of a product that are offered, in the shop's order. */
export async function listVariants(
  q: Queryable,
  productIds: readonly number[],
): Promise<Sellable[]> {
  if (productIds.length === 0) return [];
  const rows = await q.query<SellableRow>(
    `SELECT p.id AS product_id, v.id AS variant_id, v.sku, p.name AS product_name, v.name AS variant_name, v.price,
            p.low_stock_threshold, COALESCE(v.image_url, p.image_url) AS image_url, p.status = 'active' AS is_offered,
            v.stock_quantity - v.reserved_stock AS available
     FROM product_variants AS v JOIN products AS p ON p.id = v.product_id
     WHERE v.product_id IN (?) AND v.is_available
     ORDER BY v.product_id, v.position, v.id`,
    [productIds],
  );
  return withExpiredHolds(q, rows);
}

const SELECT_PRODUCT = `SELECT p.id, p.sku, p.name, COALESCE(p.description, '') AS description, p.price,
    p.stock_quantity - p.reserved_stock AS available, p.low_stock_threshold, p.image_url
  FROM products AS p`;

interface ProductRow {
  id: number;
  sku: string;
  name: string;
  description: string;
  price: string;
  available: number;
  low_stock_threshold: number;
  image_url: string | null;
}

interface SellableRow {
  product_id: number;
  variant_id: number | null;
  sku: string;
  product_name: string;
  variant_name: string | null;
  price: string;
  low_stock_threshold: number;
  image_url: string | null;
  is_offered: number;
  available: number;
}

/** A product with variants is as cheap as its cheapest and has the stock of all. */
async function withVariants(q: Queryable, rows: ProductRow[]): Promise<Product[]> {
  const ids = rows.map((row) => row.id);
  const variants = await listVariants(q, ids);
  const expired = await expiredHolds(q, ids);
  return rows.map((row) => {
    const own = variants.filter((variant) => variant.productId === row.id);
    const hasVariants = own.length > 0;
    return {
      id: row.id,
      sku: row.sku,
      name: row.name,
      description: row.description,
      price: hasVariants ? Math.min(...own.map((variant) => variant.price)) : toMinor(row.price),
      available: hasVariants
        ? own.reduce((sum, variant) => sum + variant.available, 0)
        : row.available + (expired.get(stockKey(row.id, null)) ?? 0),
      lowStockThreshold: row.low_stock_threshold,
      imageUrl: row.image_url,
      hasVariants,
    };
  });
}

async function withExpiredHolds(q: Queryable, rows: SellableRow[]): Promise<Sellable[]> {
  const expired = await expiredHolds(q, [...new Set(rows.map((row) => row.product_id))]);
  return rows.map((row) => ({
    sku: row.sku,
    productId: row.product_id,
    variantId: row.variant_id,
    name: fullName({ productName: row.product_name, variantName: row.variant_name }),
    productName: row.product_name,
    variantName: row.variant_name,
    price: toMinor(row.price) satisfies Minor,
    available: row.available + (expired.get(stockKey(row.product_id, row.variant_id)) ?? 0),
    lowStockThreshold: row.low_stock_threshold,
    imageUrl: row.image_url,
    isOffered: Boolean(row.is_offered),
  }));
}

/**
 * Holds that have run out but have not been taken back yet: their stock can be promised, since the reservation that needs it
 * takes it back itself (G-10).
 */
async function expiredHolds(
  q: Queryable,
  productIds: readonly number[],
): Promise<Map<string, number>> {
  if (productIds.length === 0) return new Map();
  const rows = await q.query<{ product_id: number; variant_id: number | null; quantity: string }>(
    `SELECT product_id, variant_id, SUM(quantity) AS quantity
     FROM inventory_reservations
     WHERE product_id IN (?) AND status = 'reserved' AND expires_at <= UTC_TIMESTAMP(6)
     GROUP BY product_id, variant_id`,
    [productIds],
  );
  return new Map(
    rows.map((row) => [stockKey(row.product_id, row.variant_id), Number(row.quantity)]),
  );
}

const stockKey = (productId: number, variantId: number | null): string =>
  `${productId}/${variantId ?? ''}`;
