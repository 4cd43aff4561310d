import type { PaymentMethod } from '../businesses/payment-methods';
import { toMinor } from '../lib/money';
import type { Order, OrderSource } from './order';
import type { OrderStatus, PaymentStatus } from './order-states';

/** The columns of an order as `OrderRow` has them. */
export const ORDER_COLUMNS = `id, business_id, user_id, order_number, order_status, payment_status, payment_method, currency, subtotal,
  discount_amount, shipping_fee, tax_amount, total_amount, paid_amount, refunded_amount, promo_code_id, promo_code, recipient_name,
  shipping_phone, shipping_address, shipping_city, shipping_province, shipping_postal_code, shipping_country, carrier,
  tracking_number, notes, admin_notes, order_source, conversation_id, requires_verification, verified_at, cancellation_reason,
  created_at, updated_at`;

export interface OrderRow {
  id: number;
  business_id: number;
  user_id: number;
  order_number: string;
  order_status: OrderStatus;
  payment_status: PaymentStatus;
  payment_method: PaymentMethod;
  currency: string;
  subtotal: string;
  discount_amount: string;
  shipping_fee: string;
  tax_amount: string;
  total_amount: string;
  paid_amount: string;
  refunded_amount: string;
  promo_code_id: number | null;
  promo_code: string | null;
  recipient_name: string;
  shipping_phone: string;
  shipping_address: string;
  shipping_city: string;
  shipping_province: string;
  shipping_postal_code: string | null;
  shipping_country: string;
  carrier: string | null;
  tracking_number: string | null;
  notes: string | null;
  admin_notes: string | null;
  order_source: OrderSource;
  conversation_id: number | null;
  requires_verification: number;
  verified_at: Date | null;
  cancellation_reason: string | null;
  created_at: Date;
  updated_at: Date;
}

export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    businessId: row.business_id,
    userId: row.user_id,
    orderNumber: row.order_number,
    orderStatus: row.order_status,
    paymentStatus: row.payment_status,
    paymentMethod: row.payment_method,
    currency: row.currency,
    subtotal: toMinor(row.subtotal),
    discount: toMinor(row.discount_amount),
    shipping: toMinor(row.shipping_fee),
    tax: toMinor(row.tax_amount),
    total: toMinor(row.total_amount),
    paid: toMinor(row.paid_amount),
    refunded: toMinor(row.refunded_amount),
    promoCodeId: row.promo_code_id,
    promoCode: row.promo_code,
    recipientName: row.recipient_name,
    phone: row.shipping_phone,
    address: row.shipping_address,
    city: row.shipping_city,
    province: row.shipping_province,
    postalCode: row.shipping_postal_code,
    country: row.shipping_country,
    carrier: row.carrier,
    trackingNumber: row.tracking_number,
    notes: row.notes,
    adminNotes: row.admin_notes,
    orderSource: row.order_source,
    conversationId: row.conversation_id,
    requiresVerification: Boolean(row.requires_verification),
    verifiedAt: row.verified_at,
    cancellationReason: row.cancellation_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
