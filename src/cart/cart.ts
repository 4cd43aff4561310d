import { fullName } from '../catalog/product';
import type { Minor } from '../lib/money';

/** ORD-1, ORD-2: what an order can have at most, so a cart as well. */
export const MAX_LINES = 50;
export const MAX_QUANTITY = 100;

export interface CartLine {
  productId: number;
  variantId: number | null;
  sku: string;
  productName: string;
  variantName: string | null;
  /** "Plain tee (Black / L)" */
  name: string;
  quantity: number;
  price: Minor;
  lineTotal: Minor;
  available: number;
  categoryId: number | null;
  /** Of one piece. */
  weightGrams: number | null;
}

/** What is different from when the customer saw the cart last: said, then so (CRT-1). */
export type CartChange =
  | { kind: 'price'; sku: string; name: string; from: Minor; to: Minor }
  | { kind: 'less'; sku: string; name: string; from: number; to: number }
  | { kind: 'gone'; sku: string; name: string };

/** A line as it is stored, beside what the shop says about it today; null when the shop no longer has it. */
export interface StoredLine {
  productId: number;
  variantId: number | null;
  quantity: number;
  priceSeen: Minor;
}
export interface Offer {
  sku: string;
  productName: string;
  variantName: string | null;
  price: Minor;
  available: number;
  isOffered: boolean;
  categoryId: number | null;
  weightGrams: number | null;
}

/** Prices and checks one line: the line as it is now, null when it is gone, and what has changed. */
export function recheckLine(
  stored: StoredLine,
  offer: Offer | null,
): { line: CartLine | null; changes: CartChange[] } {
  if (!offer) return { line: null, changes: [{ kind: 'gone', sku: '', name: '' }] };
  const name = fullName(offer);
  if (!offer.isOffered || offer.available <= 0)
    return { line: null, changes: [{ kind: 'gone', sku: offer.sku, name }] };
  const changes: CartChange[] = [];
  const quantity = Math.min(stored.quantity, offer.available, MAX_QUANTITY);
  if (quantity < stored.quantity)
    changes.push({ kind: 'less', sku: offer.sku, name, from: stored.quantity, to: quantity });
  if (offer.price !== stored.priceSeen) {
    changes.push({ kind: 'price', sku: offer.sku, name, from: stored.priceSeen, to: offer.price });
  }
  const { productName, variantName, sku, price, available, categoryId, weightGrams } = offer;
  return {
    line: {
      productId: stored.productId,
      variantId: stored.variantId,
      sku,
      productName,
      variantName,
      name,
      quantity,
      price,
      lineTotal: price * quantity,
      available,
      categoryId,
      weightGrams,
    },
    changes,
  };
}

/** Whether so many of something can lie in a cart at all; stock is another question. */
export function checkQuantity(quantity: number): 'INVALID_QUANTITY' | 'QUANTITY_LIMIT' | null {
  if (!Number.isSafeInteger(quantity) || quantity < 1) return 'INVALID_QUANTITY';
  return quantity > MAX_QUANTITY ? 'QUANTITY_LIMIT' : null;
}
