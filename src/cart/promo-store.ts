import type { Queryable, Transaction } from '../db/database';
import { toMinor } from '../lib/money';
import type { Promo } from './promo';
import { PROMO_COLUMNS, readPromoRow, type PromoRow } from './promo-row';

export async function findPromo(
  q: Queryable,
  businessId: number,
  code: string,
): Promise<Promo | null> {
  const [row] = await q.query<PromoRow>(
    `SELECT ${PROMO_COLUMNS} FROM promo_codes WHERE business_id = :businessId AND code = :code`,
    { businessId, code: code.trim() },
  );
  if (!row) return null;
  const read = readPromoRow(row);
  return {
    ...read,
    // Two decimals either way: 12.50 percent is 1250 ten-thousandths, 50.00 pesos are 5000 centavos.
    value: toMinor(read.value),
    maximumDiscount: read.maximumDiscount === null ? null : toMinor(read.maximumDiscount),
    minimumSubtotal: toMinor(read.minimumSubtotal),
  };
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
