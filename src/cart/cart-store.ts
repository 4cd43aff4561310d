import type { Queryable, Transaction } from '../db/database';
import { toDecimal, toMinor, type Minor } from '../lib/money';
import type { StoredLine } from './cart';

export interface Cart {
  id: number;
  promoCode: string | null;
}

/** The customer's cart, made when there is none, locked for this transaction; one that has expired starts empty. */
export async function openCart(
  trx: Transaction,
  owner: { businessId: number; userId: number },
  times: { now: Date; expiresAt: Date },
): Promise<Cart> {
  const { insertId } = await trx.execute(
    `INSERT INTO carts (business_id, user_id, expires_at) VALUES (:businessId, :userId, :expiresAt)
     ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)`,
    { ...owner, expiresAt: times.expiresAt },
  );
  const [row] = await trx.query<{ id: number; promo_code: string | null; expires_at: Date }>(
    'SELECT id, promo_code, expires_at FROM carts WHERE id = :id FOR UPDATE',
    { id: insertId },
  );
  if (!row) throw new Error(`cart ${insertId} has gone`);
  const hasExpired = row.expires_at <= times.now;
  if (hasExpired) await deleteLines(trx, row.id);
  await trx.execute(
    'UPDATE carts SET expires_at = :expiresAt, promo_code = :promoCode WHERE id = :id',
    {
      id: row.id,
      expiresAt: times.expiresAt,
      promoCode: hasExpired ? null : row.promo_code,
    },
  );
  return { id: row.id, promoCode: hasExpired ? null : row.promo_code };
}

export async function linesOf(q: Queryable, cartId: number): Promise<StoredLine[]> {
  const rows = await q.query<{
    product_id: number;
    variant_id: number;
    quantity: number;
    price_seen: string;
  }>(
    'SELECT product_id, variant_id, quantity, price_seen FROM cart_items WHERE cart_id = :cartId ORDER BY id',
    { cartId },
  );
  return rows.map((row) => ({
    productId: row.product_id,
    variantId: row.variant_id === 0 ? null : row.variant_id,
    quantity: row.quantity,
    priceSeen: toMinor(row.price_seen),
  }));
}

/** Sets a line's quantity and the price that the customer has now been shown. */
export async function putLine(
  trx: Transaction,
  cartId: number,
  line: { productId: number; variantId: number | null; quantity: number; price: Minor },
): Promise<void> {
  await trx.execute(
    `INSERT INTO cart_items (cart_id, product_id, variant_id, quantity, price_seen)
     VALUES (:cartId, :productId, :variantId, :quantity, :price)
     ON DUPLICATE KEY UPDATE quantity = :quantity, price_seen = :price`,
    { cartId, ...line, variantId: line.variantId ?? 0, price: toDecimal(line.price) },
  );
}

export async function deleteLine(
  trx: Transaction,
  cartId: number,
  line: { productId: number; variantId: number | null },
): Promise<boolean> {
  const { affectedRows } = await trx.execute(
    'DELETE FROM cart_items WHERE cart_id = :cartId AND product_id = :productId AND variant_id = :variantId',
    { cartId, productId: line.productId, variantId: line.variantId ?? 0 },
  );
  return affectedRows > 0;
}

export async function deleteLines(trx: Transaction, cartId: number): Promise<void> {
  await trx.execute('DELETE FROM cart_items WHERE cart_id = :cartId', { cartId });
}

export async function setPromoCode(
  trx: Transaction,
  cartId: number,
  code: string | null,
): Promise<void> {
  await trx.execute('UPDATE carts SET promo_code = :code WHERE id = :cartId', { cartId, code });
}

/** Deletes carts that have expired, with their lines, as far as nobody has them locked; returns how many. */
export async function deleteExpiredCarts(
  trx: Transaction,
  now: Date,
  limit: number,
): Promise<number> {
  const rows = await trx.query<{ id: number }>(
    `SELECT id FROM carts FORCE INDEX (carts_expiry_idx) WHERE expires_at <= :now
     ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED`,
    { now, limit },
  );
  if (rows.length === 0) return 0;
  // Their lines go with them: ON DELETE CASCADE.
  await trx.execute('DELETE FROM carts WHERE id IN (?)', [rows.map(({ id }) => id)]);
  return rows.length;
}
