import {
  addToCart,
  clearCart,
  removeLine,
  setQuantity,
  viewCart,
  type CartContext,
  type CartView,
} from '../../cart/cart-actions';
import { MAX_QUANTITY, type CartChange, type CartLine } from '../../cart/cart';
import { findProductBySku, findSellable } from '../../catalog/catalog-store';
import type { Choice } from '../../channels/reply';
import { displayMoney } from '../../lib/money';
import { label, slotText, type Slots, type Turn } from '../turn';
import { defineAction, type ActionResult } from './action';
import { stockWords } from './catalog';

const MAX_SHOWN_CHOICES = 12;
const MAX_OFFERED_QUANTITY = 5;

/** The customer's cart in this turn's transaction. */
export const cartOf = (turn: Turn, slots: Slots = {}): CartContext => ({
  business: turn.business,
  userId: turn.userId,
  now: turn.now,
  province: typeof slots.province === 'string' ? slots.province : null,
  isPickUp: slots.shipping_method === 'pickup',
});

/** What was tapped: a thing to buy, a product with variants, or something that cannot be had. `SKU-1001:2` has its quantity. */
defineAction(
  'cart.choose',
  ['ok', 'variants', 'known_quantity', 'sold_out', 'gone'],
  async (turn, slots) => {
    const [sku = '', count] = slotText(slots, 'sku').split(':');
    const product = await findProductBySku(turn.trx, turn.business.id, sku);
    if (!product) return { outcome: 'gone' };
    const sellable = await findSellable(turn.trx, turn.business.id, sku);
    if (product.hasVariants && (sellable === null || sellable.variantId === null)) {
      return { outcome: 'variants', slots: { sku: product.sku } };
    }
    if (!sellable?.isOffered) return { outcome: 'gone' };
    if (sellable.available <= 0) return { outcome: 'sold_out', slots: { name: sellable.name } };
    const quantity = Number(count ?? slots.quantity);
    const isKnown = Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY;
    return {
      outcome: isKnown ? 'known_quantity' : 'ok',
      slots: isKnown ? { sku, quantity } : { sku },
    };
  },
);

defineAction('cart.quantity', ['ok', 'sold_out', 'gone'], async (turn, slots) => {
  const sellable = await findSellable(turn.trx, turn.business.id, slotText(slots, 'sku'));
  if (!sellable?.isOffered) return { outcome: 'gone' };
  if (sellable.available <= 0) return { outcome: 'sold_out', slots: { name: sellable.name } };
  return {
    outcome: 'ok',
    view: {
      params: {
        name: sellable.name,
        price: displayMoney(sellable.price, turn.business.currency),
        stock: stockWords(turn, sellable),
      },
      reply: { choices: numbersUpTo(Math.min(sellable.available, MAX_OFFERED_QUANTITY)) },
    },
  };
});

/** One tap for small numbers. On a phone without buttons they are typed, so each stands for itself. */
const numbersUpTo = (most: number): Choice[] =>
  Array.from({ length: most }, (_, index) => ({
    title: String(index + 1),
    value: String(index + 1),
  }));

defineAction(
  'cart.add',
  ['ok', 'not_enough', 'all_in_cart', 'sold_out', 'gone', 'too_many'],
  async (turn, slots) => {
    const quantity = Number(slots.quantity);
    const outcome = await addToCart(turn.trx, cartOf(turn), slotText(slots, 'sku'), quantity);
    if (outcome.ok) return { outcome: 'ok', slots: { name: outcome.item.name, quantity } };
    switch (outcome.code) {
      case 'INSUFFICIENT_STOCK': {
        const { name, available } = outcome;
        const inCart = (await lineOf(turn, slots))?.quantity ?? 0;
        const why =
          available <= 0 ? 'sold_out' : inCart >= available ? 'all_in_cart' : 'not_enough';
        return { outcome: why, slots: { name, available, in_cart: inCart }, forget: ['quantity'] };
      }
      case 'QUANTITY_LIMIT':
      case 'CART_FULL':
        return {
          outcome: 'too_many',
          slots: { name: await nameOf(turn, slots), limit: MAX_QUANTITY },
        };
      default:
        return { outcome: 'gone' };
    }
  },
);

/** The platform's own cart: its SKUs and quantities count, its prices do not. */
defineAction('cart.add_all', ['ok', 'some', 'none'], async (turn, slots) => {
  const items = Array.isArray(slots.items)
    ? (slots.items as { sku: string; quantity: number }[])
    : [];
  const missing: string[] = [];
  for (const { sku, quantity } of items.slice(0, 50)) {
    const outcome = await addToCart(turn.trx, cartOf(turn), sku.slice(0, 64), quantity);
    if (!outcome.ok)
      missing.push(outcome.code === 'INSUFFICIENT_STOCK' ? outcome.name : sku.slice(0, 64));
  }
  const outcome = missing.length === 0 ? 'ok' : missing.length < items.length ? 'some' : 'none';
  return { outcome, slots: { missing: missing.join(', ') || '-' }, forget: ['items'] };
});

defineAction('cart.view', ['ok', 'empty'], async (turn) => {
  const cart = await viewCart(turn.trx, cartOf(turn));
  if (cart.lines.length === 0) return { outcome: 'empty' };
  return {
    outcome: 'ok',
    view: {
      params: {
        lines: linesText(turn, cart.lines),
        subtotal: displayMoney(cart.totals.subtotal, turn.business.currency),
        changes: changesText(turn, cart),
      },
    },
  };
});

defineAction('cart.lines', ['ok', 'empty'], async (turn) => {
  const { lines } = await viewCart(turn.trx, cartOf(turn));
  if (lines.length === 0) return { outcome: 'empty' };
  const choices = lines
    .slice(0, MAX_SHOWN_CHOICES)
    .map((line) => ({ title: `${line.quantity} x ${line.name}`, value: line.sku }));
  return { outcome: 'ok', view: { reply: { choices } } };
});

defineAction('cart.line', ['ok', 'gone'], async (turn, slots) => {
  const line = await lineOf(turn, slots);
  return line
    ? { outcome: 'ok', view: { params: { name: line.name, quantity: line.quantity } } }
    : { outcome: 'gone' };
});

defineAction('cart.set_quantity', ['ok', 'removed', 'not_enough', 'gone'], async (turn, slots) => {
  const quantity = Number(slots.quantity);
  const outcome = await setQuantity(turn.trx, cartOf(turn), slotText(slots, 'sku'), quantity);
  if (outcome.ok) {
    return {
      outcome: quantity === 0 ? 'removed' : 'ok',
      slots: { name: outcome.item.name, quantity },
    };
  }
  if (outcome.code === 'INSUFFICIENT_STOCK') {
    return {
      outcome: 'not_enough',
      slots: { name: outcome.name, available: outcome.available, in_cart: 0 },
    };
  }
  return { outcome: 'gone' };
});

defineAction('cart.remove', ['ok', 'gone'], async (turn, slots): Promise<ActionResult> => {
  const outcome = await removeLine(turn.trx, cartOf(turn), slotText(slots, 'sku'));
  return outcome.ok ? { outcome: 'ok', slots: { name: outcome.item.name } } : { outcome: 'gone' };
});

defineAction('cart.clear', ['ok'], async (turn) => {
  await clearCart(turn.trx, cartOf(turn));
  delete turn.memory.kept.checkout;
  return { outcome: 'ok' };
});

/** "2 x Blue mug - P500" */
export function linesText(
  turn: Turn,
  lines: readonly Pick<CartLine, 'quantity' | 'name' | 'lineTotal'>[],
): string {
  return lines
    .map(
      ({ quantity, name, lineTotal }) =>
        `${quantity} x ${name} - ${displayMoney(lineTotal, turn.business.currency)}`,
    )
    .join('\n');
}

/** What is different from when the customer looked last; empty, or lines of their own. */
export function changesText(turn: Turn, { changes }: Pick<CartView, 'changes'>): string {
  if (changes.length === 0) return '';
  return `\n\n${changes.map((change) => changeText(turn, change)).join('\n')}`;
}

function changeText(turn: Turn, change: CartChange): string {
  const money = (amount: number) => displayMoney(amount, turn.business.currency);
  switch (change.kind) {
    case 'price': {
      const { name, from, to } = change;
      return label(turn, 'cart_words', 'price_changed', {
        name,
        price: money(to),
        before: money(from),
      });
    }
    case 'less':
      return label(turn, 'cart_words', 'less', { name: change.name, available: change.to });
    case 'gone':
      return label(turn, 'cart_words', 'gone', { name: change.name || change.sku || '-' });
  }
}

async function lineOf(turn: Turn, slots: Slots): Promise<CartLine | undefined> {
  const { lines } = await viewCart(turn.trx, cartOf(turn));
  return lines.find((line) => line.sku === slots.sku);
}

async function nameOf(turn: Turn, slots: Slots): Promise<string> {
  return (
    (await findSellable(turn.trx, turn.business.id, slotText(slots, 'sku')))?.name ??
    slotText(slots, 'sku')
  );
}
