import { z } from 'zod';
import type { Queryable, Transaction } from '../db/database';
import { readJson } from '../lib/json';
import { toDecimal, toMinor, type Minor } from '../lib/money';
import type { ProductStatus } from './product';

/** A product as those who run the shop see it, whatever its state. */
export interface ProductRecord {
  id: number;
  businessId: number;
  categoryId: number | null;
  sku: string;
  name: string;
  description: string | null;
  price: Minor;
  stock: number;
  reserved: number;
  lowStockThreshold: number;
  status: ProductStatus;
  imageUrl: string | null;
  /** Of one piece, also of each variant; null: the shop's default. */
  weightGrams: number | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  variants: VariantRecord[];
}

export interface VariantRecord {
  id: number;
  productId: number;
  sku: string;
  name: string;
  options: Record<string, string> | null;
  price: Minor;
  stock: number;
  reserved: number;
  isAvailable: boolean;
  imageUrl: string | null;
}

export interface ProductFilters {
  businessId: number;
  status?: ProductStatus;
  categoryId?: number;
  /** Only these; see `searchProductIds`. */
  ids?: readonly number[];
  afterId?: number;
  limit: number;
}

/** A page of products by id; archived ones only when they are asked for. */
export async function listProductRecords(
  q: Queryable,
  filters: ProductFilters,
): Promise<ProductRecord[]> {
  const where = ['business_id = :businessId'];
  where.push(filters.status ? 'status = :status' : "status <> 'archived'");
  if (filters.categoryId !== undefined) where.push('category_id = :categoryId');
  if (filters.afterId !== undefined) where.push('id > :afterId');
  if (filters.ids?.length === 0) return [];
  if (filters.ids) where.push('id IN (:ids)');
  const rows = await q.query<ProductRow>(
    `SELECT ${PRODUCT_COLUMNS} FROM products WHERE ${where.join(' AND ')} ORDER BY id LIMIT :limit`,
    { ...filters },
  );
  return withVariants(q, rows);
}

export async function findProductRecord(
  q: Queryable,
  businessId: number,
  id: number,
): Promise<ProductRecord | null> {
  const rows = await q.query<ProductRow>(
    `SELECT ${PRODUCT_COLUMNS} FROM products WHERE id = :id AND business_id = :businessId`,
    { id, businessId },
  );
  return (await withVariants(q, rows))[0] ?? null;
}

/** Locks a product's row and those of its variants, in the order in which everybody locks them. */
export async function lockProduct(
  trx: Transaction,
  businessId: number,
  id: number,
): Promise<ProductRecord | null> {
  const rows = await trx.query<ProductRow>(
    `SELECT ${PRODUCT_COLUMNS} FROM products WHERE id = :id AND business_id = :businessId FOR UPDATE`,
    { id, businessId },
  );
  return (await withVariants(trx, rows, true))[0] ?? null;
}

/** Which of these SKUs something of the shop has, beside one product and its variants. */
export async function takenSkus(
  q: Queryable,
  businessId: number,
  skus: readonly string[],
  productId: number | null,
): Promise<Set<string>> {
  const rows = await q.query<{ sku: string }>(
    `SELECT sku FROM products WHERE business_id = ? AND sku IN (?) AND NOT (id <=> ?)
     UNION ALL SELECT sku FROM product_variants WHERE business_id = ? AND sku IN (?) AND NOT (product_id <=> ?)`,
    [businessId, skus, productId, businessId, skus, productId],
  );
  return new Set(rows.map((row) => row.sku.toLowerCase()));
}

export interface ProductFields {
  categoryId?: number | null;
  sku?: string;
  name?: string;
  description?: string | null;
  price?: Minor;
  stock?: number;
  lowStockThreshold?: number;
  status?: ProductStatus;
  imageUrl?: string | null;
  weightGrams?: number | null;
}

const PRODUCT_FIELDS: Record<keyof ProductFields, string> = {
  categoryId: 'category_id',
  sku: 'sku',
  name: 'name',
  description: 'description',
  price: 'price',
  stock: 'stock_quantity',
  lowStockThreshold: 'low_stock_threshold',
  status: 'status',
  imageUrl: 'image_url',
  weightGrams: 'weight_grams',
};

export async function insertProduct(
  trx: Transaction,
  businessId: number,
  fields: ProductFields,
): Promise<number> {
  const given = columnsOf(PRODUCT_FIELDS, fields);
  const { insertId } = await trx.execute(
    `INSERT INTO products (business_id, ${given.columns.join(', ')})
     VALUES (:businessId, ${given.names.map((name) => `:${name}`).join(', ')})`,
    { businessId, ...given.values },
  );
  return insertId;
}

export async function updateProduct(
  trx: Transaction,
  id: number,
  fields: ProductFields,
): Promise<void> {
  const given = columnsOf(PRODUCT_FIELDS, fields);
  if (given.columns.length === 0) return;
  await trx.execute(`UPDATE products SET ${given.assignments} WHERE id = :id`, {
    id,
    ...given.values,
  });
}

export interface VariantFields {
  sku?: string;
  name?: string;
  options?: string | null;
  price?: Minor;
  stock?: number;
  isAvailable?: boolean;
  imageUrl?: string | null;
}

const VARIANT_FIELDS: Record<keyof VariantFields, string> = {
  sku: 'sku',
  name: 'name',
  options: 'options',
  price: 'price',
  stock: 'stock_quantity',
  isAvailable: 'is_available',
  imageUrl: 'image_url',
};

export async function insertVariant(
  trx: Transaction,
  owner: { businessId: number; productId: number; position: number },
  fields: VariantFields,
): Promise<number> {
  const given = columnsOf(VARIANT_FIELDS, fields);
  const { insertId } = await trx.execute(
    `INSERT INTO product_variants (business_id, product_id, position, ${given.columns.join(', ')})
     VALUES (:businessId, :productId, :position, ${given.names.map((name) => `:${name}`).join(', ')})`,
    { ...owner, ...given.values },
  );
  return insertId;
}

export async function updateVariant(
  trx: Transaction,
  id: number,
  fields: VariantFields,
): Promise<void> {
  const given = columnsOf(VARIANT_FIELDS, fields);
  if (given.columns.length === 0) return;
  await trx.execute(`UPDATE product_variants SET ${given.assignments} WHERE id = :id`, {
    id,
    ...given.values,
  });
}

/** Column names come from the table above, never from a request. */
function columnsOf<Fields extends { price?: Minor }>(
  table: Record<keyof Fields & string, string>,
  fields: Fields,
) {
  const names = (Object.keys(table) as (keyof Fields & string)[]).filter(
    (name) => fields[name] !== undefined,
  );
  const values: Record<string, unknown> = Object.fromEntries(
    names.map((name) => [name, fields[name]]),
  );
  if (fields.price !== undefined) values.price = toDecimal(fields.price);
  return {
    names,
    values,
    columns: names.map((name) => table[name]),
    assignments: names.map((name) => `${table[name]} = :${name}`).join(', '),
  };
}

async function withVariants(
  q: Queryable,
  rows: readonly ProductRow[],
  isLocking = false,
): Promise<ProductRecord[]> {
  if (rows.length === 0) return [];
  const variants = await q.query<VariantRow>(
    `SELECT id, product_id, sku, name, options, price, stock_quantity, reserved_stock, is_available, image_url
     FROM product_variants WHERE product_id IN (?) ORDER BY ${isLocking ? 'id FOR UPDATE' : 'product_id, position, id'}`,
    [rows.map((row) => row.id)],
  );
  return rows.map((row) => ({
    id: row.id,
    businessId: row.business_id,
    categoryId: row.category_id,
    sku: row.sku,
    name: row.name,
    description: row.description,
    price: toMinor(row.price),
    stock: row.stock_quantity,
    reserved: row.reserved_stock,
    lowStockThreshold: row.low_stock_threshold,
    status: row.status,
    imageUrl: row.image_url,
    weightGrams: row.weight_grams,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    variants: variants.filter((variant) => variant.product_id === row.id).map(toVariant),
  }));
}

const optionsSchema = z.record(z.string(), z.string()).nullable().default(null);

const toVariant = (row: VariantRow): VariantRecord => ({
  id: row.id,
  productId: row.product_id,
  sku: row.sku,
  name: row.name,
  options: readJson(optionsSchema, row.options),
  price: toMinor(row.price),
  stock: row.stock_quantity,
  reserved: row.reserved_stock,
  isAvailable: Boolean(row.is_available),
  imageUrl: row.image_url,
});

const PRODUCT_COLUMNS = `id, business_id, category_id, sku, name, description, price, stock_quantity, reserved_stock,
  low_stock_threshold, status, image_url, weight_grams, version, created_at, updated_at`;

interface ProductRow {
  id: number;
  business_id: number;
  category_id: number | null;
  sku: string;
  name: string;
  description: string | null;
  price: string;
  stock_quantity: number;
  reserved_stock: number;
  low_stock_threshold: number;
  status: ProductStatus;
  image_url: string | null;
  weight_grams: number | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

interface VariantRow {
  id: number;
  product_id: number;
  sku: string;
  name: string;
  options: string | null;
  price: string;
  stock_quantity: number;
  reserved_stock: number;
  is_available: number;
  image_url: string | null;
}
