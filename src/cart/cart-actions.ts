import type { Business } from '../businesses/business-store';
import { findSellable } from '../catalog/catalog-store';
import { itemKey, loadOrderables, type Orderable } from '../catalog/orderable-store';
import type { Sellable } from '../catalog/product';
import type { Transaction } from '../db/database';
import {
  checkQuantity,
  MAX_LINES,
  recheckLine,
  type CartChange,
  type CartLine,
  type Offer,
} from './cart';
import {
  deleteLine,
  deleteLines,
  linesOf,
  openCart,
  putLine,
  setPromoCode,
  type Cart,
} from './cart-store';
import { applyPromo, type PromoFailure } from './promo';
import { countPromoUses, findPromo } from './promo-store';
import { totalsOf, type Totals } from './totals';

/** Whose cart, and when. All of it happens in the caller's transaction. */
export interface CartContext {
  business: Business;
  userId: number;
  now: Date;
  /** Where it would go, for the shipping fee. */
  province?: string | null;
  isPickUp?: boolean;
}

export interface CartView {
  lines: CartLine[];
  /** Said once: the next view has the new figures as seen. */
  changes: CartChange[];
  totals: Totals;
  promo: { code: string; failure: PromoFailure | null } | null;
}

export type CartFailure =
  | {
      ok: false;
      code:
        | 'PRODUCT_NOT_FOUND'
        | 'PRODUCT_UNAVAILABLE'
        | 'INVALID_QUANTITY'
        | 'QUANTITY_LIMIT'
        | 'CART_FULL'
        | 'NOT_IN_CART';
    }
  | { ok: false; code: 'VARIANT_REQUIRED'; productId: number }
  | { ok: false; code: 'INSUFFICIENT_STOCK'; available: number; name: string; sku: string };
export type CartOutcome = { ok: true; item: Sellable; quantity: number } | CartFailure;

/** The cart with today's prices and stock (CRT-1). */
export async function viewCart(trx: Transaction, context: CartContext): Promise<CartView> {
  const cart = await open(trx, context);
  const stored = await linesOf(trx, cart.id);
  const offers = await loadOrderables(trx, context.business.id, stored);
  const lines: CartLine[] = [];
  const changes: CartChange[] = [];
  for (const line of stored) {
    const checked = recheckLine(line, toOffer(offers.get(itemKey(line))));
    changes.push(...checked.changes);
    if (checked.line) lines.push(checked.line);
    if (checked.line === null) await deleteLine(trx, cart.id, line);
    else if (checked.changes.length > 0) await putLine(trx, cart.id, checked.line);
  }
  return { lines, changes, ...(await price(trx, context, cart, lines)) };
}

/** Puts more of something into the cart. */
export async function addToCart(
  trx: Transaction,
  context: CartContext,
  sku: string,
  quantity: number,
): Promise<CartOutcome> {
  const wrong = checkQuantity(quantity);
  if (wrong) return { ok: false, code: wrong };
  const cart = await open(trx, context);
  const lines = await linesOf(trx, cart.id);
  const item = await findSellable(trx, context.business.id, sku);
  if (!item) return { ok: false, code: 'PRODUCT_NOT_FOUND' };
  const known = lines.find((line) => itemKey(line) === itemKey(item));
  if (!known && lines.length >= MAX_LINES) return { ok: false, code: 'CART_FULL' };
  return put(trx, context, cart, item, quantity + (known?.quantity ?? 0));
}

/** Sets how many of something lie in the cart; 0 takes it out. */
export async function setQuantity(
  trx: Transaction,
  context: CartContext,
  sku: string,
  quantity: number,
): Promise<CartOutcome> {
  const cart = await open(trx, context);
  const item = await findSellable(trx, context.business.id, sku);
  if (!item) return { ok: false, code: 'PRODUCT_NOT_FOUND' };
  const lines = await linesOf(trx, cart.id);
  if (!lines.some((line) => itemKey(line) === itemKey(item)))
    return { ok: false, code: 'NOT_IN_CART' };
  if (quantity === 0) {
    await deleteLine(trx, cart.id, item);
    return { ok: true, item, quantity: 0 };
  }
  return put(trx, context, cart, item, quantity);
}

export async function removeLine(
  trx: Transaction,
  context: CartContext,
  sku: string,
): Promise<CartOutcome> {
  return setQuantity(trx, context, sku, 0);
}

export async function clearCart(trx: Transaction, context: CartContext): Promise<void> {
  const cart = await open(trx, context);
  await deleteLines(trx, cart.id);
  await setPromoCode(trx, cart.id, null);
}

/** Puts a promo code on the cart, if it gives something for what lies in it now. */
export async function usePromoCode(
  trx: Transaction,
  context: CartContext,
  code: string,
): Promise<{ ok: true; code: string } | { ok: false; code: PromoFailure }> {
  const cart = await open(trx, context);
  const { lines } = await viewCart(trx, context);
  const promo = await findPromo(trx, context.business.id, code);
  const usesByCustomer = promo ? await countPromoUses(trx, promo.id, context.userId) : 0;
  const outcome = applyPromo(promo, lines, { now: context.now, usesByCustomer });
  if (!outcome.ok || !promo) return outcome.ok ? { ok: false, code: 'PROMO_NOT_FOUND' } : outcome;
  await setPromoCode(trx, cart.id, promo.code);
  return { ok: true, code: promo.code };
}

export async function removePromoCode(trx: Transaction, context: CartContext): Promise<void> {
  await setPromoCode(trx, (await open(trx, context)).id, null);
}

const DAY_MS = 24 * 60 * 60_000;

function open(trx: Transaction, context: CartContext): Promise<Cart> {
  const expiresAt = new Date(
    context.now.getTime() + context.business.settings.cart_expiry_days * DAY_MS,
  );
  return openCart(
    trx,
    { businessId: context.business.id, userId: context.userId },
    { now: context.now, expiresAt },
  );
}

async function put(
  trx: Transaction,
  context: CartContext,
  cart: Cart,
  item: Sellable,
  quantity: number,
): Promise<CartOutcome> {
  const wrong = checkQuantity(quantity);
  if (wrong) return { ok: false, code: wrong };
  if (!item.isOffered) return { ok: false, code: 'PRODUCT_UNAVAILABLE' };
  if (item.variantId === null) {
    const facts = (await loadOrderables(trx, context.business.id, [item])).get(itemKey(item));
    if (facts?.hasVariants)
      return { ok: false, code: 'VARIANT_REQUIRED', productId: item.productId };
  }
  if (quantity > item.available) {
    return {
      ok: false,
      code: 'INSUFFICIENT_STOCK',
      available: Math.max(0, item.available),
      name: item.name,
      sku: item.sku,
    };
  }
  await putLine(trx, cart.id, { ...item, quantity });
  return { ok: true, item, quantity };
}

async function price(
  trx: Transaction,
  context: CartContext,
  cart: Cart,
  lines: readonly CartLine[],
): Promise<Pick<CartView, 'totals' | 'promo'>> {
  const base = { lines, province: context.province ?? null, isPickUp: context.isPickUp ?? false };
  if (cart.promoCode === null)
    return { totals: totalsOf(context.business.settings, base), promo: null };
  const promo = await findPromo(trx, context.business.id, cart.promoCode);
  const usesByCustomer = promo ? await countPromoUses(trx, promo.id, context.userId) : 0;
  const outcome = applyPromo(promo, lines, { now: context.now, usesByCustomer });
  const given = outcome.ok
    ? { discount: outcome.discount, isFreeShipping: outcome.isFreeShipping }
    : {};
  return {
    totals: totalsOf(context.business.settings, { ...base, ...given }),
    promo: { code: cart.promoCode, failure: outcome.ok ? null : outcome.code },
  };
}

function toOffer(facts: Orderable | undefined): Offer | null {
  return facts
    ? { ...facts, isOffered: facts.isActive && facts.isVariantAvailable && !facts.hasVariants }
    : null;
}
