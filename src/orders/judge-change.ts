import type { Business } from '../businesses/business-store';
import type { Transaction } from '../db/database';
import { itemKey } from '../catalog/orderable-store';
import { toMajor } from '../lib/money';
import { loadFacts } from './load-facts';
import type { Order, OrderItem } from './order';
import type { OrderProblem } from './order-errors';
import { dropDoubles } from './place-order';
import { lockUser } from './placement-store';
import { readOrder, type ReadOrder } from './read-order';
import { validateOrder, type Judgement, type OrderFacts } from './validate-order';

/** What somebody wants to be different; the same fields as in ORD-1. What is left out stays. */
export type OrderFieldsChange = Record<string, unknown>;

export interface JudgedChange {
  read: ReadOrder;
  judgement: Judgement;
  problems: OrderProblem[];
  hasOtherItems: boolean;
  hasOtherPromo: boolean;
}

const AMOUNTS = ['subtotal', 'discount_amount', 'shipping_fee', 'total_amount'];

/**
 * Judges an order as it would be after a change, by the rules of a new one. What the change leaves alone keeps what it was granted
 * when it was placed: the price of a line, a promo code. Amounts are compared only where they are given.
 */
export async function judgeChange(
  trx: Transaction,
  business: Business,
  given: { order: Order; items: readonly OrderItem[]; change: OrderFieldsChange; now: Date },
): Promise<JudgedChange> {
  const { order, items, change, now } = given;
  const { order: read, problems } = readOrder(dataOf(order, items, change), business);
  const user = read.userId === null ? null : await lockUser(trx, business.id, read.userId);
  const hasOtherItems = change.items !== undefined && linesOf(read) !== linesOfItems(items);
  const hasOtherPromo =
    change.promo_code !== undefined &&
    read.promoCode?.toUpperCase() !== order.promoCode?.toUpperCase();
  const facts = await loadFacts(trx, business, read, user, now);
  const judgement = validateOrder(
    read,
    order.orderStatus === 'draft' ? facts : asGranted(facts, items, hasOtherItems, hasOtherPromo),
  );
  const isAsked = ({ field }: OrderProblem) => !AMOUNTS.includes(field) || field in change;
  const all = [...problems, ...judgement.problems].filter(isAsked);
  return { read, judgement, problems: dropDoubles(all), hasOtherItems, hasOtherPromo };
}

/** The order as somebody would ask for it today, with the change. */
function dataOf(
  order: Order,
  items: readonly OrderItem[],
  change: OrderFieldsChange,
): Record<string, unknown> {
  const address = {
    recipient_name: order.recipientName,
    phone: order.phone,
    address: order.address,
    city: order.city,
    province: order.province,
    postal_code: order.postalCode,
    country: order.country,
  };
  const given = change.shipping_address;
  const isAddress = typeof given === 'object' && given !== null && !Array.isArray(given);
  return {
    user_id: order.userId,
    items:
      change.items ??
      items.map((item) => ({
        product_id: item.productId,
        variant_id: item.variantId,
        quantity: item.quantity,
      })),
    payment_method: order.paymentMethod,
    shipping_address: given === undefined || isAddress ? { ...address, ...given } : given,
    promo_code: change.promo_code === undefined ? order.promoCode : change.promo_code,
    order_source: order.orderSource,
    notes: change.notes === undefined ? order.notes : change.notes,
    subtotal: change.subtotal ?? toMajor(order.subtotal),
    discount_amount: change.discount_amount ?? toMajor(order.discount),
    shipping_fee: change.shipping_fee ?? toMajor(order.shipping),
    total_amount: change.total_amount ?? toMajor(order.total),
    // It is the order that it would be a duplicate of.
    confirm_duplicate: true,
  };
}

function asGranted(
  facts: OrderFacts,
  items: readonly OrderItem[],
  hasOtherItems: boolean,
  hasOtherPromo: boolean,
): OrderFacts {
  const orderables = new Map(facts.orderables);
  for (const item of items) {
    const now = orderables.get(itemKey(item));
    if (!now) continue;
    const granted = { ...now, price: item.unitPrice };
    // Nothing is asked for anew: it does not matter whether it could be ordered today.
    const isOrderable = {
      isActive: true,
      isVariantAvailable: true,
      hasVariants: false,
      available: Number.MAX_SAFE_INTEGER,
    };
    orderables.set(itemKey(item), hasOtherItems ? granted : { ...granted, ...isOrderable });
    const product = orderables.get(itemKey({ productId: item.productId, variantId: null }));
    if (!hasOtherItems && product && item.variantId !== null) {
      orderables.set(itemKey(product), { ...product, isActive: true });
    }
  }
  const isGranted = {
    isActive: true,
    startsAt: null,
    endsAt: null,
    usageLimit: null,
    usageLimitPerCustomer: null,
  };
  const promo = facts.promo && !hasOtherPromo ? { ...facts.promo, ...isGranted } : facts.promo;
  return { ...facts, orderables, promo };
}

const linesOf = (read: ReadOrder): string =>
  JSON.stringify(read.items.map((item) => [item.productId, item.variantId, item.quantity]));
const linesOfItems = (items: readonly OrderItem[]): string =>
  JSON.stringify(items.map((item) => [item.productId, item.variantId, item.quantity]));
