import { z } from 'zod';
import { readJson } from '../lib/json';
import type { Promo } from './promo';

/** The columns of a promo code that both its use and its upkeep need. */
export const PROMO_COLUMNS = `id, code, discount_type, discount_value, maximum_discount, minimum_subtotal, starts_at, ends_at, usage_limit,
  usage_limit_per_customer, used_count, product_ids, category_ids, is_active`;

export interface PromoRow {
  id: number;
  code: string;
  discount_type: Promo['type'];
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
}

const ids = z.array(z.number().int()).nullable().default(null);

/** A row by the names of the code; amounts are decimals as text still. */
export const readPromoRow = (row: PromoRow) => ({
  id: row.id,
  code: row.code,
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
});
