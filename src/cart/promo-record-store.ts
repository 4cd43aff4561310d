import type { Queryable, Transaction } from '../db/database';
import { PROMO_COLUMNS, readPromoRow, type PromoRow } from './promo-row';

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

const SELECT = `SELECT ${PROMO_COLUMNS}, description, created_at, updated_at FROM promo_codes`;

type Row = PromoRow & { description: string | null; created_at: Date; updated_at: Date };

const toRecord = (row: Row): PromoRecord => ({
  ...readPromoRow(row),
  description: row.description,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
