import { applyPromo, type Promo, type PromoFailure } from '../cart/promo';
import { totalsOf, type Totals } from '../cart/totals';
import { fullName } from '../catalog/product';
import { itemKey, type Orderable } from '../catalog/orderable-store';
import { toMajor, type Minor } from '../lib/money';
import { judgeRisk } from './judge-risk';
import type { Judgement, OrderFacts, PricedLine } from './judgement';
import type { OrderProblem } from './order-errors';
import type { ReadItem, ReadOrder } from './read-order';

export type { Judgement, OrderFacts, OrderWarning, PricedLine } from './judgement';

/** Judges an order that was read against what is so: every problem at once (ORD-2). Pure. */
export function validateOrder(order: ReadOrder, facts: OrderFacts): Judgement {
  const problems: OrderProblem[] = [...userProblems(order, facts)];
  const lines = judgeItems(order, facts, problems);
  const isComplete = order.hasAllItems && lines.length === order.items.length && lines.length > 0;
  const promo = judgePromo(order, facts, lines, isComplete, problems);
  const totals = totalsOf(facts.business.settings, {
    lines: lines.map(({ item, quantity }) => ({
      price: item.price,
      quantity,
      weightGrams: item.weightGrams,
    })),
    discount: promo.discount,
    isFreeShipping: promo.isFreeShipping,
    province: order.address.province || null,
    isPickUp: order.paymentMethod === 'in_person',
  });
  // Without every price there is nothing to compare with.
  if (isComplete) problems.push(...amountProblems(order, totals, promo.isRefused));
  if (facts.duplicateOf !== null && !order.confirmDuplicate) {
    problems.push({
      field: 'items',
      code: 'DUPLICATE_ORDER',
      message: `This looks like order ${facts.duplicateOf}, placed just now. Send confirm_duplicate to place it again.`,
    });
  }
  return { problems, lines, totals, promo: promo.promo, ...judgeRisk(order, facts, totals) };
}

function userProblems(order: ReadOrder, facts: OrderFacts): OrderProblem[] {
  if (order.userId === null) return [];
  if (!facts.user)
    return [{ field: 'user_id', code: 'USER_NOT_FOUND', message: 'There is no such customer.' }];
  if (facts.user.status === 'active') return [];
  return [{ field: 'user_id', code: 'USER_INACTIVE', message: 'This customer cannot order.' }];
}

/** The lines whose price is known, each with its problem if it has one. */
function judgeItems(order: ReadOrder, facts: OrderFacts, problems: OrderProblem[]): PricedLine[] {
  const lines: PricedLine[] = [];
  // Two lines of one thing share its stock.
  const taken = new Map<string, number>();
  for (const read of order.items) {
    if (read.productId === null) continue;
    const item = judgeItem(read, read.productId, facts, problems);
    if (!item || read.quantity === null) continue;
    lines.push({ item, quantity: read.quantity, lineTotal: item.price * read.quantity });
    const key = itemKey(item);
    const wanted = (taken.get(key) ?? 0) + read.quantity;
    taken.set(key, wanted);
    if (wanted > item.available) problems.push(shortage(read, item));
  }
  return lines;
}

function judgeItem(
  read: ReadItem,
  productId: number,
  facts: OrderFacts,
  problems: OrderProblem[],
): Orderable | null {
  const at = `items[${read.index}]`;
  const product = facts.orderables.get(itemKey({ productId, variantId: null }));
  if (!product) {
    problems.push({
      field: `${at}.product_id`,
      code: 'PRODUCT_NOT_FOUND',
      message: 'There is no such product.',
    });
    return null;
  }
  if (!product.isActive) {
    problems.push({
      field: `${at}.product_id`,
      code: 'PRODUCT_UNAVAILABLE',
      message: `${product.productName} is not for sale now.`,
    });
    return null;
  }
  if (read.variantId === null) {
    if (!product.hasVariants) return product;
    problems.push({
      field: `${at}.variant_id`,
      code: 'VARIANT_NOT_FOUND',
      message: `Choose a variant of ${product.productName}.`,
    });
    return null;
  }
  const variant = facts.orderables.get(itemKey({ productId, variantId: read.variantId }));
  if (!variant) {
    problems.push({
      field: `${at}.variant_id`,
      code: 'VARIANT_NOT_FOUND',
      message: `${product.productName} has no such variant.`,
    });
    return null;
  }
  if (!variant.isVariantAvailable) {
    problems.push({
      field: `${at}.variant_id`,
      code: 'VARIANT_UNAVAILABLE',
      message: `${fullName(variant)} is not for sale now.`,
    });
    return null;
  }
  return variant;
}

export function shortage(read: Pick<ReadItem, 'index'>, item: Orderable): OrderProblem {
  const available = Math.max(0, item.available);
  return {
    field: `items[${read.index}].quantity`,
    code: 'INSUFFICIENT_STOCK',
    message:
      available === 0
        ? `${fullName(item)} is sold out.`
        : `Only ${available} of ${fullName(item)} are left.`,
    available,
    sku: item.sku,
  };
}

const PROMO_MESSAGES: Record<PromoFailure, string> = {
  PROMO_NOT_FOUND: 'There is no such promo code.',
  PROMO_INACTIVE: 'This promo code is not active.',
  PROMO_EXPIRED: 'This promo code has expired.',
  PROMO_LIMIT_REACHED: 'This promo code has been used up.',
  PROMO_MINIMUM_NOT_MET: 'The order is too small for this promo code.',
  PROMO_NOT_APPLICABLE: 'This promo code is not for these items.',
};

export const promoProblem = (code: PromoFailure): OrderProblem => ({
  field: 'promo_code',
  code,
  message: PROMO_MESSAGES[code],
});

function judgePromo(
  order: ReadOrder,
  facts: OrderFacts,
  lines: readonly PricedLine[],
  isComplete: boolean,
  problems: OrderProblem[],
): { promo: Promo | null; discount: Minor; isFreeShipping: boolean; isRefused: boolean } {
  const none = { promo: null, discount: 0, isFreeShipping: false, isRefused: false };
  if (order.promoCode === null) return none;
  const outcome = applyPromo(
    facts.promo,
    lines.map((line) => ({ ...line.item, lineTotal: line.lineTotal })),
    { now: facts.now, usesByCustomer: facts.promoUses },
  );
  if (outcome.ok)
    return {
      promo: facts.promo,
      discount: outcome.discount,
      isFreeShipping: outcome.isFreeShipping,
      isRefused: false,
    };
  // Whether the order is large enough is open while items are missing.
  const dependsOnItems =
    outcome.code === 'PROMO_MINIMUM_NOT_MET' || outcome.code === 'PROMO_NOT_APPLICABLE';
  if (isComplete || !dependsOnItems) problems.push(promoProblem(outcome.code));
  return { ...none, isRefused: true };
}

const isPlaceKnown = ({ address, paymentMethod }: ReadOrder): boolean =>
  address.province !== '' || paymentMethod === 'in_person';

function amountProblems(order: ReadOrder, totals: Totals, isPromoRefused: boolean): OrderProblem[] {
  const compare = (field: string, given: Minor | null, expected: Minor): OrderProblem[] =>
    given === expected
      ? []
      : [
          {
            field,
            code: 'AMOUNT_MISMATCH',
            message: `The ${field.replace('_', ' ')} is ${toMajor(expected).toFixed(2)}.`,
            expected: toMajor(expected),
          },
        ];
  // A subtotal that is no amount has its own code.
  const isSubtotalRead = order.subtotal !== null && order.subtotal > 0;
  const problems = isSubtotalRead ? compare('subtotal', order.subtotal, totals.subtotal) : [];
  // What the code would have given is not known, and all the rest hangs on it.
  if (isPromoRefused) return problems;
  problems.push(...compare('discount_amount', order.discount, totals.discount));
  // Where it goes decides what its way costs.
  if (isPlaceKnown(order)) {
    problems.push(...compare('shipping_fee', order.shipping, totals.shipping));
    problems.push(...compare('total_amount', order.total, totals.total));
  }
  return problems;
}
