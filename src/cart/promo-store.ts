import { z } from 'zod';
import type { Queryable, Transaction } from '../db/database';
import { readJson } from '../lib/json';
import { toMinor } from '../lib/money';
import type { Promo } from './promo';

const ids = z.array(z.number().int()).nullable().default(null);

interface Row {
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

export async function findPromo(
  q: Queryable,
  businessId: number,
  code: string,
): Promise<Promo | null> {
  const [row] = await q.query<Row>(
    `SELECT id, code, discount_type, discount_value, maximum_discount, minimum_subtotal, starts_at, ends_at, usage_limit,
            usage_limit_per_customer, used_count, product_ids, category_ids, is_active
     FROM promo_codes WHERE business_id = :businessId AND code = :code`,
    { businessId, code: code.trim() },
  );
  return row
    ? {
        id: row.id,
        code: row.code,
        type: row.discount_type,
        // Two decimals either way: 12.50 percent is 1250 ten-thousandths, 50.00 pesos are 5000 centavos.
        value: toMinor(row.discount_value),
        maximumDiscount: row.maximum_discount === null ? null : toMinor(row.maximum_discount),
        minimumSubtotal: toMinor(row.minimum_subtotal),
        startsAt: row.starts_at,
        endsAt: row.ends_at,
        usageLimit: row.usage_limit,
        usageLimitPerCustomer: row.usage_limit_per_customer,
        usedCount: row.used_count,
        productIds: readJson(ids, row.product_ids),
        categoryIds: readJson(ids, row.category_ids),
        isActive: Boolean(row.is_active),
      }
    : null;
}

/** How often a customer has used a code in orders that were not cancelled. */
export async function countPromoUses(
  q: Queryable,
  promoId: number,
  userId: number,
): Promise<number> {
  const [row] = await q.query<{ uses: number }>(
    `SELECT COUNT(*) AS uses FROM orders FORCE INDEX (orders_user_idx)
     WHERE promo_code_id = :promoId AND user_id = :userId AND order_status <> 'cancelled'`,
    { promoId, userId },
  );
  return row?.uses ?? 0;
}

/** Locks promo codes by id, as everybody does before stock rows. */
export async function lockPromos(
  trx: Transaction,
  ids: readonly (number | null | undefined)[],
): Promise<void> {
  const wanted = ids.filter((id) => id !== null && id !== undefined);
  if (wanted.length === 0) return;
  await trx.query(
    'SELECT id FROM promo_codes FORCE INDEX (PRIMARY) WHERE id IN (?) ORDER BY id FOR UPDATE',
    [wanted],
  );
}

/** Counts a use; false when somebody else has had the last one. */
export async function takePromoUse(trx: Transaction, promoId: number): Promise<boolean> {
  const { affectedRows } = await trx.execute(
    `UPDATE promo_codes SET used_count = used_count + 1
     WHERE id = :promoId AND is_active AND (usage_limit IS NULL OR used_count < usage_limit)`,
    { promoId },
  );
  return affectedRows === 1;
}

/** A cancelled order gives its use back. */
export async function returnPromoUse(trx: Transaction, promoId: number): Promise<void> {
  await trx.execute(
    'UPDATE promo_codes SET used_count = used_count - 1 WHERE id = :promoId AND used_count > 0',
    { promoId },
  );
}
