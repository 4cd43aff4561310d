import { z } from 'zod';
import type { PaymentMethod } from '../businesses/payment-methods';
import { fullName } from '../catalog/product';
import { toMajor, type Minor } from '../lib/money';
import type { OrderStatus, PaymentStatus } from './order-states';

export const ORDER_SOURCES = ['messenger', 'instagram', 'whatsapp', 'sms', 'web', 'api'] as const;
export type OrderSource = (typeof ORDER_SOURCES)[number];

export const MAX_ITEMS = 50;
export const MAX_QUANTITY = 100;

const amount = z
  .union([z.number(), z.string()])
  .describe('An amount in major units, such as 150080.00');
const id = z.union([z.number().int(), z.string().regex(/^\d{1,18}$/)]);

/**
 * What `createOrder` and `POST /api/orders` take (ORD-1): the shape for the API's documentation and for types. The rules, with
 * their codes and all errors at once, are in validate-order.ts.
 */
export const orderDataSchema = z.object({
  business_id: id.optional(),
  user_id: id,
  items: z.array(
    z.object({ product_id: id, variant_id: id.nullish(), quantity: z.number().int() }),
  ),
  subtotal: amount,
  shipping_fee: amount.optional(),
  discount_amount: amount.nullish(),
  total_amount: amount,
  payment_method: z.string(),
  shipping_address: z.object({
    recipient_name: z.string(),
    phone: z.string(),
    address: z.string(),
    city: z.string(),
    province: z.string(),
    postal_code: z.string().nullish(),
    country: z.string().nullish(),
  }),
  promo_code: z.string().nullish(),
  order_source: z.enum(ORDER_SOURCES).optional(),
  notes: z.string().nullish(),
  idempotency_key: z.string().nullish(),
  confirm_duplicate: z.boolean().optional(),
  draft: z
    .boolean()
    .optional()
    .describe('Keeps it as a draft: nothing is held and nobody is told until it becomes pending'),
});
export type OrderData = z.input<typeof orderDataSchema>;

export interface Order {
  id: number;
  businessId: number;
  userId: number;
  orderNumber: string;
  orderStatus: OrderStatus;
  paymentStatus: PaymentStatus;
  paymentMethod: PaymentMethod;
  currency: string;
  subtotal: Minor;
  discount: Minor;
  shipping: Minor;
  tax: Minor;
  total: Minor;
  paid: Minor;
  refunded: Minor;
  promoCodeId: number | null;
  promoCode: string | null;
  recipientName: string;
  phone: string;
  address: string;
  city: string;
  province: string;
  postalCode: string | null;
  country: string;
  carrier: string | null;
  trackingNumber: string | null;
  notes: string | null;
  adminNotes: string | null;
  orderSource: OrderSource;
  conversationId: number | null;
  requiresVerification: boolean;
  verifiedAt: Date | null;
  cancellationReason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface OrderItem {
  id: number;
  productId: number;
  variantId: number | null;
  sku: string;
  productName: string;
  variantName: string | null;
  unitPrice: Minor;
  quantity: number;
  lineTotal: Minor;
}

/** "2 x Blue mug, 1 x Plain tee (Black / L)" */
export function itemsSummary(
  items: readonly Pick<OrderItem, 'quantity' | 'productName' | 'variantName'>[],
): string {
  return items.map((item) => `${item.quantity} x ${fullName(item)}`).join(', ');
}

/** The end of an order number, as people write it: "00123" of ORD-20251120-00123 is "123". */
export const shortNumber = (orderNumber: string): string => orderNumber.replace(/^.*-0*(?=\d)/, '');

/** An order as clients see it: amounts in major units, instants in ISO 8601 (section 19). */
export function presentOrder(order: Order, items: readonly OrderItem[] = []) {
  return {
    id: order.id,
    business_id: order.businessId,
    user_id: order.userId,
    order_number: order.orderNumber,
    order_status: order.orderStatus,
    payment_status: order.paymentStatus,
    payment_method: order.paymentMethod,
    currency: order.currency,
    subtotal: toMajor(order.subtotal),
    discount_amount: toMajor(order.discount),
    shipping_fee: toMajor(order.shipping),
    tax_amount: toMajor(order.tax),
    total_amount: toMajor(order.total),
    paid_amount: toMajor(order.paid),
    refunded_amount: toMajor(order.refunded),
    promo_code: order.promoCode,
    shipping_address: {
      recipient_name: order.recipientName,
      phone: order.phone,
      address: order.address,
      city: order.city,
      province: order.province,
      postal_code: order.postalCode,
      country: order.country,
    },
    carrier: order.carrier,
    tracking_number: order.trackingNumber,
    notes: order.notes,
    admin_notes: order.adminNotes,
    order_source: order.orderSource,
    requires_verification: order.requiresVerification && order.verifiedAt === null,
    cancellation_reason: order.cancellationReason,
    items: items.map((item) => ({
      id: item.id,
      product_id: item.productId,
      variant_id: item.variantId,
      sku: item.sku,
      product_name: item.productName,
      variant_name: item.variantName,
      unit_price: toMajor(item.unitPrice),
      quantity: item.quantity,
      line_total: toMajor(item.lineTotal),
    })),
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}
