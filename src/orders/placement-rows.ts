import { paymentKind, paymentLabel, type PaymentMethod } from '../businesses/payment-methods';
import { displayMoney, toDecimal, toMajor } from '../lib/money';
import { itemsSummary, shortNumber, type Order, type OrderItem } from './order';
import { contentHash, requestHash } from './order-hash';
import { holdMinutesOf, type PlaceRequest } from './place-order';
import type { ReadOrder } from './read-order';
import type { Judgement, OrderFacts } from './judgement';

/** An order that was judged and has nothing against it. */
export interface Judged {
  request: PlaceRequest;
  read: ReadOrder;
  judgement: Judgement;
  user: OrderFacts['user'];
  promoTerms: string | null;
  validationMs: number;
  now: Date;
}

/** The positions that `sp_place_orders` reads of an order, and of a line. A test compares them with the procedure. */
export const ORDER_FIELDS = [
  'n',
  'business_id',
  'user_id',
  'is_trusted',
  'is_verified',
  'order_number',
  'actor',
  'placed_at',
  'duplicate_since',
  'hold_minutes',
  'payment_status',
  'payment_method',
  'currency',
  'subtotal',
  'discount_amount',
  'shipping_fee',
  'tax_amount',
  'total_amount',
  'promo_id',
  'promo_code',
  'promo_terms',
  'recipient_name',
  'phone',
  'address',
  'city',
  'province',
  'postal_code',
  'country',
  'notes',
  'order_source',
  'conversation_id',
  'ip_address',
  'user_agent',
  'idempotency_key',
  'idempotency_hash',
  'content_hash',
  'risk_score',
  'validation_ms',
  'customer_notice',
  'owner_notice',
  'event',
  'last_address',
  'review_count',
  'reviews',
] as const;
export const LINE_FIELDS = [
  'n',
  'product_id',
  'variant_id',
  'quantity',
  'unit_price',
  'sku',
  'product_name',
  'variant_name',
] as const;
type OrderRow = Record<(typeof ORDER_FIELDS)[number], unknown>;
type LineRow = Record<(typeof LINE_FIELDS)[number], unknown>;

export interface NumberedOrder {
  judged: Judged;
  orderNumber: string;
}

/** A group as the two parameters of `sp_place_orders`; `n` is the place of an order in it. */
export function placementParams(group: readonly NumberedOrder[]): [orders: string, lines: string] {
  const orders = group.map((one, n) => orderRow(n, one));
  const lines = group.flatMap((one, n) => lineRows(n, one.judged));
  return [
    JSON.stringify(orders.map((row) => ORDER_FIELDS.map((field) => row[field]))),
    JSON.stringify(lines.map((row) => LINE_FIELDS.map((field) => row[field]))),
  ];
}

function orderRow(n: number, { judged, orderNumber }: NumberedOrder): OrderRow {
  const { request, read, judgement, user, now } = judged;
  const { business } = request;
  const { totals } = judgement;
  const { recipientName, phone, postalCode, ...place } = read.address;
  const method = read.paymentMethod as PaymentMethod;
  const windowStart = new Date(now.getTime() - business.settings.duplicate_window_minutes * 60_000);
  const reasons = judgement.warnings.map((warning) => warning.message);
  return {
    n,
    business_id: business.id,
    user_id: read.userId,
    is_trusted: user?.isTrusted ?? false,
    is_verified: user?.isVerified ?? false,
    order_number: orderNumber,
    actor: request.actor.slice(0, 120),
    placed_at: toDateTime(now),
    duplicate_since: read.confirmDuplicate ? null : toDateTime(windowStart),
    hold_minutes: holdMinutesOf(business, method),
    payment_status: paymentStatusOf(method),
    payment_method: method,
    currency: business.currency,
    subtotal: toDecimal(totals.subtotal),
    discount_amount: toDecimal(totals.discount),
    shipping_fee: toDecimal(totals.shipping),
    tax_amount: toDecimal(totals.tax),
    total_amount: toDecimal(totals.total),
    promo_id: judgement.promo?.id ?? null,
    promo_code: judgement.promo?.code ?? null,
    promo_terms: judged.promoTerms,
    recipient_name: recipientName,
    phone,
    ...place,
    postal_code: postalCode,
    notes: read.notes,
    order_source: read.orderSource,
    conversation_id: request.conversationId ?? null,
    ip_address: request.ipAddress?.slice(0, 45) ?? null,
    user_agent: request.userAgent?.slice(0, 255) ?? null,
    idempotency_key: read.idempotencyKey,
    idempotency_hash: read.idempotencyKey === null ? null : requestHash(read),
    content_hash: contentHash(read),
    risk_score: judgement.riskScore,
    validation_ms: judged.validationMs,
    customer_notice: customerNotice(judged, orderNumber),
    owner_notice: ownerNotice(judged, orderNumber),
    // The procedure puts order_id in.
    event: {
      order_number: orderNumber,
      total_amount: toMajor(totals.total),
      currency: business.currency,
    },
    last_address: {
      recipient_name: recipientName,
      phone,
      ...place,
      ...(postalCode ? { postal_code: postalCode } : {}),
    },
    review_count: judgement.reviews.length,
    reviews: judgement.reviews.map((kind) => [kind, reasons]),
  };
}

const lineRows = (n: number, { judgement }: Judged): LineRow[] =>
  judgement.lines.map(({ item, quantity }) => ({
    n,
    product_id: item.productId,
    variant_id: item.variantId,
    quantity,
    unit_price: toDecimal(item.price),
    sku: item.sku,
    product_name: item.productName,
    variant_name: item.variantName,
  }));

function customerNotice(
  { request, read, judgement }: Judged,
  orderNumber: string,
): Record<string, unknown> {
  const method = read.paymentMethod as PaymentMethod;
  return {
    order_number: orderNumber,
    total: displayMoney(judgement.totals.total, request.business.currency),
    method: paymentLabel(method),
    payment_kind: method === 'in_person' ? 'in_person' : paymentKind(method),
    minutes: holdMinutesOf(request.business, method),
    phone: read.address.phone,
  };
}

function ownerNotice(
  { request, read, judgement }: Judged,
  orderNumber: string,
): Record<string, unknown> {
  return {
    order_number: orderNumber,
    short_number: shortNumber(orderNumber),
    total: displayMoney(judgement.totals.total, request.business.currency),
    payment: paymentLabel(read.paymentMethod as PaymentMethod),
    items: itemsSummary(judgement.lines.map((line) => ({ ...line.item, quantity: line.quantity }))),
    recipient: read.address.recipientName,
    city: read.address.city,
  };
}

/** The order and its lines as the procedure has written them, without reading them back. */
export function placedOrder(
  judged: Judged,
  written: { orderId: number; orderNumber: string; itemIds: readonly number[] },
): { order: Order; items: OrderItem[] } {
  const { request, read, judgement, now } = judged;
  const { totals } = judgement;
  const method = read.paymentMethod as PaymentMethod;
  const order: Order = {
    id: written.orderId,
    businessId: request.business.id,
    userId: read.userId as number,
    orderNumber: written.orderNumber,
    orderStatus: 'pending',
    paymentStatus: paymentStatusOf(method),
    paymentMethod: method,
    currency: request.business.currency,
    ...totals,
    paid: 0,
    refunded: 0,
    promoCodeId: judgement.promo?.id ?? null,
    promoCode: judgement.promo?.code ?? null,
    ...read.address,
    carrier: null,
    trackingNumber: null,
    notes: read.notes,
    adminNotes: null,
    orderSource: read.orderSource,
    conversationId: request.conversationId ?? null,
    requiresVerification: judgement.reviews.length > 0,
    verifiedAt: null,
    cancellationReason: null,
    createdAt: now,
    updatedAt: now,
  };
  const items = judgement.lines.map(({ item, quantity, lineTotal }, at) => ({
    id: written.itemIds[at] as number,
    productId: item.productId,
    variantId: item.variantId,
    sku: item.sku,
    productName: item.productName,
    variantName: item.variantName,
    unitPrice: item.price,
    quantity,
    lineTotal,
  }));
  return { order, items };
}

const paymentStatusOf = (method: PaymentMethod): 'unpaid' | 'pending' =>
  paymentKind(method) === 'cod' ? 'unpaid' : 'pending';

/** "2026-03-04 17:30:00.123": JSON_TABLE of MariaDB knows no T and no Z. */
const toDateTime = (instant: Date): string => instant.toISOString().slice(0, 23).replace('T', ' ');
