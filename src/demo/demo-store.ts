import type { Queryable, Transaction } from '../db/database';
import { toDecimal } from '../lib/money';
import type { DemoShop } from './shop-schema';

type Category = DemoShop['categories'][number];
type Product = Category['products'][number];
type PromoCode = DemoShop['promo_codes'][number];

/** What every row of the shop has. */
export interface RowContext {
  businessId: number;
  now: Date;
}

export async function countProducts(q: Queryable, businessId: number): Promise<number> {
  const [row] = await q.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM products WHERE business_id = :businessId',
    { businessId },
  );
  return Number(row?.count ?? 0);
}

/** Makes a second loader of the same shop wait until the first one has committed. */
export async function lockBusiness(trx: Transaction, businessId: number): Promise<void> {
  await trx.query('SELECT id FROM businesses WHERE id = :businessId FOR UPDATE', { businessId });
}

/** Adds the categories in their order; returns their ids by name. */
export async function insertCategories(
  trx: Transaction,
  { businessId, now }: RowContext,
  categories: readonly Category[],
): Promise<Map<string, number>> {
  const rows = categories.map(({ name, description }, position) => [
    businessId,
    name,
    slugOf(name),
    description,
    position,
    now,
  ]);
  await trx.execute(
    'INSERT INTO categories (business_id, name, slug, description, position, created_at) VALUES ?',
    [rows],
  );
  const found = await trx.query<{ id: number; name: string }>(
    'SELECT id, name FROM categories WHERE business_id = :businessId',
    { businessId },
  );
  return new Map(found.map(({ id, name }) => [name, id]));
}

/** Adds the products in their order; returns their ids by SKU. */
export async function insertProducts(
  trx: Transaction,
  { businessId, now }: RowContext,
  products: readonly (Product & { categoryId: number })[],
): Promise<Map<string, number>> {
  const rows = products.map((product, position) => [
    businessId,
    product.categoryId,
    product.sku,
    product.name,
    product.description,
    toDecimal(product.price),
    product.stock ?? 0,
    product.low_stock_threshold,
    pictureUrl(product.sku),
    product.weight_grams,
    position,
    now,
  ]);
  await trx.execute(
    `INSERT INTO products (business_id, category_id, sku, name, description, price, stock_quantity,
         low_stock_threshold, image_url, weight_grams, position, created_at)
     VALUES ?`,
    [rows],
  );
  const found = await trx.query<{ id: number; sku: string }>(
    'SELECT id, sku FROM products WHERE business_id = :businessId',
    { businessId },
  );
  return new Map(found.map(({ id, sku }) => [sku, id]));
}

/** Adds the variants of all products; they show their product's picture. */
export async function insertVariants(
  trx: Transaction,
  { businessId, now }: RowContext,
  products: readonly (Product & { productId: number })[],
): Promise<void> {
  const rows = products.flatMap(({ productId, price, variants = [] }) =>
    variants.map((variant, position) => [
      businessId,
      productId,
      variant.sku,
      variant.name,
      JSON.stringify(variant.options),
      toDecimal(variant.price ?? price),
      variant.stock,
      position,
      now,
    ]),
  );
  await trx.execute(
    `INSERT INTO product_variants (business_id, product_id, sku, name, options, price, stock_quantity, position,
         created_at)
     VALUES ?`,
    [rows],
  );
}

export async function insertPromoCodes(
  trx: Transaction,
  { businessId, now }: RowContext,
  promoCodes: readonly PromoCode[],
): Promise<void> {
  const rows = promoCodes.map((promo) => [
    businessId,
    promo.code,
    promo.description,
    promo.type,
    promo.type === 'free_shipping' ? 0 : promo.value,
    promo.type === 'percent' && promo.maximum_discount !== undefined
      ? toDecimal(promo.maximum_discount)
      : null,
    toDecimal(promo.minimum_subtotal ?? 0),
    promo.limit ?? null,
    promo.per_customer ?? null,
    now,
  ]);
  await trx.execute(
    `INSERT INTO promo_codes (business_id, code, description, discount_type, discount_value, maximum_discount,
         minimum_subtotal, usage_limit, usage_limit_per_customer, created_at)
     VALUES ?`,
    [rows],
  );
}

/** Where the application serves the picture; the channels put PUBLIC_URL in front. */
const pictureUrl = (sku: string): string => `/pictures/${sku.toLowerCase()}.jpg`;

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
