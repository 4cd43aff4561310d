import { z } from 'zod';
import type { Queryable, Transaction } from '../db/database';
import { readJson } from '../lib/json';

export const PROMO_TYPES = ['percent', 'fixed', 'free_shipping'] as const;
export type PromoType = (typeof PROMO_TYPES)[number];

/** A promo code as those who run the shop see it. Values are decimals as text: percent or major units. */
export interface PromoRecord {
  id: number;
  code: string;
  description: string | null;
  type: PromoType;
  value: string;
  maximumDiscount: string | null;
  minimumSubtotal: string;
  startsAt: Date | null;
  endsAt: Date | null;
  usageLimit: number | null;
  usageLimitPerCustomer: number | null;
  usedCount: number;
  productIds: number[] | null;
  categoryIds: number[] | null;
  isActive: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export type PromoFields = Partial<
  Omit<PromoRecord, 'id' | 'usedCount' | 'createdAt' | 'updatedAt'>
>;

const COLUMNS: Record<keyof PromoFields, string> = {
  code: 'code',
  description: 'description',
  type: 'discount_type',
  value: 'discount_value',
  maximumDiscount: 'maximum_discount',
  minimumSubtotal: 'minimum_subtotal',
  startsAt: 'starts_at',
  endsAt: 'ends_at',
  usageLimit: 'usage_limit',
  usageLimitPerCustomer: 'usage_limit_per_customer',
  productIds: 'product_ids',
  categoryIds: 'category_ids',
  isActive: 'is_active',
};

export async function listPromoRecords(
  q: Queryable,
  filters: { businessId: number; isActive?: boolean; afterId?: number; limit: number },
): Promise<PromoRecord[]> {
  const where = ['business_id = :businessId'];
  if (filters.isActive !== undefined) where.push('is_active = :isActive');
  if (filters.afterId !== undefined) where.push('id > :afterId');
  const rows = await q.query<Row>(
    `${SELECT} WHERE ${where.join(' AND ')} ORDER BY id LIMIT :limit`,
    { ...filters },
  );
  return rows.map(toRecord);
}

export async function findPromoRecord(
  q: Queryable,
  businessId: number,
  id: number,
  options: { lock?: boolean } = {},
): Promise<PromoRecord | null> {
  const [row] = await q.query<Row>(
    `${SELECT} WHERE id = :id AND business_id = :businessId${options.lock ? ' FOR UPDATE' : ''}`,
    { id, businessId },
  );
  return row ? toRecord(row) : null;
}

/** A code that the shop has already is a duplicate key. */
export async function insertPromo(
  trx: Transaction,
  businessId: number,
  fields: PromoFields,
): Promise<number> {
  const names = given(fields);
  const { insertId } = await trx.execute(
    `INSERT INTO promo_codes (business_id, ${names.map((name) => COLUMNS[name]).join(', ')})
     VALUES (:businessId, ${names.map((name) => `:${name}`).join(', ')})`,
    { businessId, ...toColumns(fields) },
  );
  return insertId;
}

export async function updatePromo(
  trx: Transaction,
  businessId: number,
  id: number,
  fields: PromoFields,
): Promise<void> {
  const names = given(fields);
  if (names.length === 0) return;
  const assignments = names.map((name) => `${COLUMNS[name]} = :${name}`).join(', ');
  await trx.execute(
    `UPDATE promo_codes SET ${assignments} WHERE id = :id AND business_id = :businessId`,
    { ...toColumns(fields), id, businessId },
  );
}

const given = (fields: PromoFields): (keyof PromoFields)[] =>
  (Object.keys(COLUMNS) as (keyof PromoFields)[]).filter((name) => fields[name] !== undefined);

const toColumns = (fields: PromoFields): Record<string, unknown> => ({
  ...fields,
  productIds: fields.productIds ? JSON.stringify(fields.productIds) : fields.productIds,
  categoryIds: fields.categoryIds ? JSON.stringify(fields.categoryIds) : fields.categoryIds,
});

const SELECT = `SELECT id, code, description, discount_type, discount_value, maximum_discount, minimum_subtotal, starts_at,
  ends_at, usage_limit, usage_limit_per_customer, used_count, product_ids, category_ids, is_active, created_at, updated_at
  FROM promo_codes`;

interface Row {
  id: number;
  code: string;
  description: string | null;
  discount_type: PromoType;
  discount_value: string;
  maximum_discount: string | null;
  minimum_subtotal: string;
  starts_at: Date | null;
  ends_at: Date | null;
  usage_limit: number | null;
  usage_limit_per_customer: number | null;
  used_count: number;
  product_ids: string | null;
  category_ids: string | null;
  is_active: number;
  created_at: Date;
  updated_at: Date;
}

const ids = z.array(z.number().int()).nullable().default(null);

const toRecord = (row: Row): PromoRecord => ({
  id: row.id,
  code: row.code,
  description: row.description,
  type: row.discount_type,
  value: row.discount_value,
  maximumDiscount: row.maximum_discount,
  minimumSubtotal: row.minimum_subtotal,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  usageLimit: row.usage_limit,
  usageLimitPerCustomer: row.usage_limit_per_customer,
  usedCount: row.used_count,
  productIds: readJson(ids, row.product_ids),
  categoryIds: readJson(ids, row.category_ids),
  isActive: Boolean(row.is_active),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
