import { z } from 'zod';
import { PAYMENT_METHODS } from '../../businesses/payment-methods';
import { ORDER_SOURCES, presentOrder, type Order, type OrderItem } from '../../orders/order';
import type { OrderDetail } from '../../orders/order-page-store';
import { ORDER_STATUSES, PAYMENT_STATUSES } from '../../orders/order-states';
import { isoOrNull, out } from '../fields';

export const ORDER_PARAMS = { id: 'The id of the order or its number' };
export const CREATE_PROBLEMS = {
  400: [
    'USER_NOT_FOUND',
    'USER_INACTIVE',
    'ITEMS_REQUIRED',
    'TOO_MANY_ITEMS',
    'INVALID_SUBTOTAL',
    'AMOUNT_MISMATCH',
    'INVALID_PAYMENT',
    'ADDRESS_INCOMPLETE',
    'INVALID_PHONE',
    'PRODUCT_NOT_FOUND',
    'PRODUCT_UNAVAILABLE',
    'INVALID_QUANTITY',
    'QUANTITY_LIMIT',
    'VARIANT_NOT_FOUND',
    'VARIANT_UNAVAILABLE',
    'PROMO_NOT_FOUND',
    'PROMO_INACTIVE',
    'PROMO_EXPIRED',
    'PROMO_MINIMUM_NOT_MET',
    'PROMO_NOT_APPLICABLE',
    'BUSINESS_NOT_FOUND',
    'INVALID_FIELD',
  ],
  409: ['INSUFFICIENT_STOCK', 'DUPLICATE_ORDER', 'IDEMPOTENCY_MISMATCH', 'PROMO_LIMIT_REACHED'],
} as const;

export const orderSchema = z
  .object({
    id: out.id,
    business_id: out.id,
    user_id: out.id,
    order_number: out.text,
    order_status: z.enum(ORDER_STATUSES),
    payment_status: z.enum(PAYMENT_STATUSES),
    payment_method: z.enum(PAYMENT_METHODS),
    currency: out.text,
    subtotal: out.amount,
    discount_amount: out.amount,
    shipping_fee: out.amount,
    tax_amount: out.amount,
    total_amount: out.amount,
    paid_amount: out.amount,
    refunded_amount: out.amount,
    promo_code: out.text.nullable(),
    shipping_address: z.object({
      recipient_name: out.text,
      phone: out.text,
      address: out.text,
      city: out.text,
      province: out.text,
      postal_code: out.text.nullable(),
      country: out.text,
    }),
    carrier: out.text.nullable(),
    tracking_number: out.text.nullable(),
    notes: out.text.nullable(),
    admin_notes: out.text.nullable(),
    order_source: z.enum(ORDER_SOURCES),
    requires_verification: z
      .boolean()
      .describe('A person has to approve it before it is confirmed'),
    cancellation_reason: out.text.nullable(),
    items: z.array(
      z.object({
        id: out.id,
        product_id: out.id,
        variant_id: out.id.nullable(),
        sku: out.text,
        product_name: out.text,
        variant_name: out.text.nullable(),
        unit_price: out.amount,
        quantity: out.count,
        line_total: out.amount,
      }),
    ),
    created_at: out.instant,
    updated_at: out.instant,
  })
  .meta({ id: 'Order' });

export const orderDetailSchema = z
  .object({
    ...orderSchema.shape,
    hold_expires_at: out.instant.nullable(),
    payment_reference: out.text.nullable(),
    ip_address: out.text.nullable(),
    user_agent: out.text.nullable(),
    confirmed_at: out.instant.nullable(),
    shipped_at: out.instant.nullable(),
    delivered_at: out.instant.nullable(),
    completed_at: out.instant.nullable(),
    cancelled_at: out.instant.nullable(),
    cancelled_by: out.text.nullable(),
  })
  .meta({ id: 'OrderDetail' });

const warnings = z.array(z.object({ code: out.text, message: out.text }));

/** What everything that changes an order answers. */
export const orderAnswer = z
  .object({
    success: z.literal(true),
    message: out.text,
    order_id: out.id,
    order_number: out.text,
    order: orderSchema,
    warnings,
    decision: out.text
      .optional()
      .describe('What came of a payment: confirmed, stock_reacquired, review, refund, …'),
  })
  .meta({ id: 'OrderAnswer' });

export const historySchema = z
  .object({
    kind: z.enum(['order', 'payment', 'reservation']),
    from: out.text.nullable(),
    to: out.text,
    changed_by: out.text,
    reason: out.text.nullable(),
    at: out.instant,
  })
  .meta({ id: 'HistoryEntry' });

const figures = {
  orders: out.count.describe('Placed'),
  sold_orders: out.count.describe('Confirmed or further on'),
  cancelled_orders: out.count,
  revenue: out.amount.describe('Of what was sold, less refunds'),
  average_order_value: out.amount,
};
export const statsSchema = z
  .object({
    business_id: out.id,
    currency: out.text,
    from: out.instant,
    to: out.instant,
    total_orders: out.count,
    ...figures,
    conversations: out.count.describe('In which somebody wrote in this time'),
    conversion_rate: z.number().describe('The share of conversations that led to an order'),
    confirmation_rate: z.number().describe('The share of placed orders that were confirmed'),
    refunded_amount: out.amount,
    refund_rate: z
      .number()
      .describe('The share of orders that money came in for and was given back, whole or in part'),
    return_rate: z.number().describe('The share of delivered orders that came back; 0 without any'),
    satisfaction: z.number().nullable().describe('The mean of the ratings; null without any'),
    by_channel: z.array(z.object({ channel: z.enum(ORDER_SOURCES), ...figures })),
    by_day: z.array(z.object({ day: z.iso.date(), ...figures })),
  })
  .meta({ id: 'OrderStats' });

export const presentDetail = (
  order: Order,
  items: readonly OrderItem[],
  detail: OrderDetail,
): z.input<typeof orderDetailSchema> => ({
  ...presentOrder(order, items),
  hold_expires_at: isoOrNull(detail.holdExpiresAt),
  payment_reference: detail.paymentReference,
  ip_address: detail.ipAddress,
  user_agent: detail.userAgent,
  confirmed_at: isoOrNull(detail.confirmedAt),
  shipped_at: isoOrNull(detail.shippedAt),
  delivered_at: isoOrNull(detail.deliveredAt),
  completed_at: isoOrNull(detail.completedAt),
  cancelled_at: isoOrNull(detail.cancelledAt),
  cancelled_by: detail.cancelledBy,
});
