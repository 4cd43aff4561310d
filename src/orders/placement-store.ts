import type { Queryable, Transaction } from '../db/database';
import { toDecimal } from '../lib/money';
import type { OrderErrorCode } from './order-errors';
import type { ReadOrder } from './read-order';
import type { Judgement, OrderFacts, PricedLine } from './validate-order';

/** Locks the customer: their placements go one by one, so duplicates and per-customer limits are exact. */
export async function lockUser(
  trx: Transaction,
  businessId: number,
  userId: number,
): Promise<OrderFacts['user']> {
  const [row] = await trx.query<{
    status: string;
    is_trusted_buyer: number;
    id_verified_at: Date | null;
  }>(
    'SELECT status, is_trusted_buyer, id_verified_at FROM users WHERE id = :userId AND business_id = :businessId FOR UPDATE',
    { userId, businessId },
  );
  return row
    ? {
        status: row.status,
        isTrusted: Boolean(row.is_trusted_buyer),
        isVerified: row.id_verified_at !== null,
      }
    : null;
}

/** How many pending orders a customer has, counted up to `most`. */
export async function countPendingOrders(
  q: Queryable,
  userId: number,
  most: number,
): Promise<number> {
  const [row] = await q.query<{ pending: number }>(
    `SELECT COUNT(*) AS pending FROM (
         SELECT id FROM orders WHERE user_id = :userId AND order_status = 'pending' LIMIT :most
     ) AS counted`,
    { userId, most },
  );
  return row?.pending ?? 0;
}

/** The latest order of the same content since then, unless it was cancelled. */
export async function findDuplicate(
  q: Queryable,
  userId: number,
  contentHash: string,
  since: Date,
): Promise<string | null> {
  const [row] = await q.query<{ order_number: string }>(
    `SELECT order_number FROM orders
     WHERE user_id = :userId AND content_hash = :contentHash AND created_at > :since AND order_status NOT IN ('draft', 'cancelled')
     ORDER BY created_at DESC LIMIT 1`,
    { userId, contentHash, since },
  );
  return row?.order_number ?? null;
}

export interface NewOrder {
  businessId: number;
  currency: string;
  userId: number;
  orderNumber: string;
  paymentStatus: 'unpaid' | 'pending';
  read: ReadOrder;
  judgement: Judgement;
  conversationId: number | null;
  ipAddress: string | null;
  userAgent: string | null;
  idempotencyHash: string | null;
  contentHash: string;
  now: Date;
}

export async function insertOrder(trx: Transaction, order: NewOrder): Promise<number> {
  const { read, judgement } = order;
  const { totals } = judgement;
  const { insertId } = await trx.execute(
    `INSERT INTO orders
        (business_id, user_id, order_number, order_status, payment_status, payment_method, currency, subtotal, discount_amount,
         shipping_fee, tax_amount, total_amount, promo_code_id, promo_code, recipient_name, shipping_phone, shipping_address,
         shipping_city, shipping_province, shipping_postal_code, shipping_country, notes, order_source, conversation_id,
         ip_address, user_agent, idempotency_key, idempotency_hash, content_hash, requires_verification, risk_score, created_at,
         updated_at)
     VALUES
        (:businessId, :userId, :orderNumber, :orderStatus, :paymentStatus, :paymentMethod, :currency, :subtotal, :discount,
         :shipping, :tax, :total, :promoCodeId, :promoCode, :recipientName, :phone, :address,
         :city, :province, :postalCode, :country, :notes, :orderSource, :conversationId,
         :ipAddress, :userAgent, :idempotencyKey, :idempotencyHash, :contentHash, :requiresVerification, :riskScore, :now, :now)`,
    {
      businessId: order.businessId,
      userId: order.userId,
      orderNumber: order.orderNumber,
      orderStatus: read.isDraft ? 'draft' : 'pending',
      paymentStatus: order.paymentStatus,
      paymentMethod: read.paymentMethod,
      currency: order.currency,
      subtotal: toDecimal(totals.subtotal),
      discount: toDecimal(totals.discount),
      shipping: toDecimal(totals.shipping),
      tax: toDecimal(totals.tax),
      total: toDecimal(totals.total),
      // A draft has not used the code yet.
      promoCodeId: read.isDraft ? null : (judgement.promo?.id ?? null),
      promoCode: judgement.promo?.code ?? null,
      ...read.address,
      notes: read.notes,
      orderSource: read.orderSource,
      conversationId: order.conversationId,
      ipAddress: order.ipAddress?.slice(0, 45) ?? null,
      userAgent: order.userAgent?.slice(0, 255) ?? null,
      idempotencyKey: read.idempotencyKey,
      idempotencyHash: order.idempotencyHash,
      contentHash: order.contentHash,
      requiresVerification: judgement.reviews.length > 0,
      riskScore: judgement.riskScore,
      now: order.now,
    },
  );
  return insertId;
}

export async function insertItems(
  trx: Transaction,
  orderId: number,
  lines: readonly PricedLine[],
  now: Date,
): Promise<void> {
  await trx.execute(
    `INSERT INTO order_items
        (order_id, product_id, variant_id, sku, product_name, variant_name, unit_price, quantity, line_total, created_at)
     VALUES ?`,
    [
      lines.map(({ item, quantity, lineTotal }) => [
        orderId,
        item.productId,
        item.variantId,
        item.sku,
        item.productName,
        item.variantName,
        toDecimal(item.price),
        quantity,
        toDecimal(lineTotal),
        now,
      ]),
    ],
  );
}

export async function insertMetrics(
  trx: Transaction,
  row: { orderId: number; businessId: number; validationMs: number; now: Date },
): Promise<void> {
  await trx.execute(
    `INSERT INTO order_metrics (order_id, business_id, validation_duration_ms, created_at)
     VALUES (:orderId, :businessId, :validationMs, :now)`,
    row,
  );
}

export async function insertReview(
  trx: Transaction,
  row: { businessId: number; orderId: number; kind: string; reasons: string[]; now: Date },
): Promise<void> {
  await trx.execute(
    `INSERT INTO order_reviews (business_id, order_id, kind, reasons, created_at)
     VALUES (:businessId, :orderId, :kind, :reasons, :now)`,
    { ...row, reasons: JSON.stringify(row.reasons) },
  );
}

/** The time of the last order and its address, offered next time (DLG-2). */
export async function rememberOrder(
  trx: Transaction,
  userId: number,
  address: ReadOrder['address'],
  now: Date,
): Promise<void> {
  const { recipientName, phone, postalCode, ...place } = address;
  await trx.execute(
    `UPDATE users
     SET last_order_at = :now, last_address = :address, name = COALESCE(name, :recipientName), phone = COALESCE(phone, :phone)
     WHERE id = :userId`,
    {
      userId,
      now,
      recipientName,
      phone,
      address: JSON.stringify({
        recipient_name: recipientName,
        phone,
        ...place,
        ...(postalCode ? { postal_code: postalCode } : {}),
      }),
    },
  );
}

export async function isTrustedBuyer(q: Queryable, userId: number): Promise<boolean> {
  const [row] = await q.query<{ is_trusted_buyer: number }>(
    'SELECT is_trusted_buyer FROM users WHERE id = :userId',
    { userId },
  );
  return Boolean(row?.is_trusted_buyer);
}

/** Keeps the counts of an order true (DB-2). Returns its number. */
export async function countOrderError(
  trx: Transaction,
  orderId: number,
  message: string,
): Promise<string | null> {
  await trx.execute(
    'UPDATE orders SET error_count = error_count + 1, last_error = :message WHERE id = :orderId',
    { orderId, message: message.slice(0, 500) },
  );
  const [row] = await trx.query<{ order_number: string }>(
    'SELECT order_number FROM orders WHERE id = :orderId',
    { orderId },
  );
  return row?.order_number ?? null;
}

/** Codes of errors that no client made. */
type SystemCode = 'SYSTEM_ERROR' | 'LATE_PAYMENT' | 'REFUND_DUE' | 'VOID_DUE' | 'QUEUE_ITEM_FAILED';

/** What went wrong, for people (ORD-11). Returns its id. */
export async function recordOrderError(
  q: Queryable,
  row: {
    businessId: number;
    orderId?: number | null;
    userId?: number | null;
    type: 'validation' | 'payment' | 'inventory' | 'shipping' | 'system' | 'external_api';
    severity: 'low' | 'medium' | 'high' | 'critical';
    code: OrderErrorCode | SystemCode;
    message: string;
    context?: unknown;
    isRetryable?: boolean;
    now: Date;
  },
): Promise<number> {
  const { insertId } = await q.execute(
    `INSERT INTO order_errors
        (business_id, order_id, user_id, error_type, severity, error_code, error_message, context, is_retryable, created_at)
     VALUES (:businessId, :orderId, :userId, :type, :severity, :code, :message, :context, :isRetryable, :now)`,
    {
      businessId: row.businessId,
      orderId: row.orderId ?? null,
      userId: row.userId ?? null,
      type: row.type,
      severity: row.severity,
      code: row.code,
      message: row.message.slice(0, 1000),
      context: row.context === undefined ? null : JSON.stringify(row.context),
      isRetryable: row.isRetryable ?? false,
      now: row.now,
    },
  );
  return insertId;
}
