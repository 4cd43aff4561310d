import type { Transaction } from '../db/database';
import { toDecimal } from '../lib/money';
import type { ReadOrder } from './read-order';
import type { Judgement } from './validate-order';

/** Writes an order's contents anew: amounts, address, notes, promo code. The caller holds its row. */
export async function rewriteOrder(
  trx: Transaction,
  orderId: number,
  contents: {
    read: ReadOrder;
    judgement: Judgement;
    contentHash: string;
    promoCodeId: number | null;
    promoCode: string | null;
    requiresVerification: boolean;
    /** What was approved before is to be looked at again. */
    isApprovalVoid: boolean;
  },
): Promise<void> {
  const { read, judgement } = contents;
  const { totals } = judgement;
  const voided = contents.isApprovalVoid ? ', verified_at = NULL, verified_by = NULL' : '';
  await trx.execute(
    `UPDATE orders
     SET subtotal = :subtotal, discount_amount = :discount, shipping_fee = :shipping, tax_amount = :tax, total_amount = :total,
         promo_code_id = :promoCodeId, promo_code = :promoCode, recipient_name = :recipientName, shipping_phone = :phone,
         shipping_address = :address, shipping_city = :city, shipping_province = :province, shipping_postal_code = :postalCode,
         shipping_country = :country, notes = :notes, content_hash = :contentHash,
         requires_verification = :requiresVerification${voided}
     WHERE id = :orderId`,
    {
      orderId,
      subtotal: toDecimal(totals.subtotal),
      discount: toDecimal(totals.discount),
      shipping: toDecimal(totals.shipping),
      tax: toDecimal(totals.tax),
      total: toDecimal(totals.total),
      ...read.address,
      notes: read.notes,
      contentHash: contents.contentHash,
      promoCodeId: contents.promoCodeId,
      promoCode: contents.promoCode,
      requiresVerification: contents.requiresVerification,
    },
  );
}

/** Its lines; what they held was given back before. */
export async function deleteItems(trx: Transaction, orderId: number): Promise<void> {
  await trx.execute('DELETE FROM order_items WHERE order_id = :orderId', { orderId });
}

/** Asks for a decision, also when one of this kind was made before. */
export async function reopenReview(
  trx: Transaction,
  row: { businessId: number; orderId: number; kind: string; reasons: string[]; now: Date },
): Promise<void> {
  await trx.execute(
    `INSERT INTO order_reviews (business_id, order_id, kind, reasons, created_at)
     VALUES (:businessId, :orderId, :kind, :reasons, :now)
     ON DUPLICATE KEY UPDATE reasons = :reasons, status = 'open', decided_by = NULL, decided_at = NULL, note = NULL`,
    { ...row, reasons: JSON.stringify(row.reasons) },
  );
}

/** A draft becomes an order; the code is used now. */
export async function draftToPending(
  trx: Transaction,
  orderId: number,
  row: { promoCodeId: number | null; requiresVerification: boolean },
): Promise<void> {
  await trx.execute(
    `UPDATE orders SET order_status = 'pending', promo_code_id = :promoCodeId, requires_verification = :requiresVerification
     WHERE id = :orderId`,
    { orderId, ...row },
  );
}
