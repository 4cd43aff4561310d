import { sha256 } from '../lib/hash';
import type { ReadOrder } from './read-order';

/** 128 bits are plenty to tell orders of one shop apart. */
const HASH_LENGTH = 32;

/**
 * What a client asked for with an idempotency key (G-6). Built from what was read, field by field: the order of JSON fields, the
 * way a number is written and fields that say nothing are not content.
 */
export function requestHash(order: ReadOrder): string {
  const { address } = order;
  return hash([
    order.userId,
    order.items.map((item) => [item.productId, item.variantId, item.quantity]),
    [order.subtotal, order.discount, order.shipping, order.total],
    [order.paymentMethod, order.promoCode?.toUpperCase() ?? null, order.orderSource, order.notes],
    [
      address.recipientName,
      address.phone,
      address.address,
      address.city,
      address.province,
      address.postalCode,
      address.country,
    ],
  ]);
}

/** The same items to the same address by the same customer, in whatever order and writing (ORD-7). */
export function contentHash(order: ReadOrder): string {
  const { address, city, province } = order.address;
  return hash([
    order.userId,
    order.items.map((item) => `${item.productId}/${item.variantId ?? ''}x${item.quantity}`).sort(),
    [address, city, province].map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    ),
  ]);
}

const hash = (content: unknown): string => sha256(JSON.stringify(content)).slice(0, HASH_LENGTH);
