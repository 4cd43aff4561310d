import { paymentKind, readPaymentMethod, type PaymentMethod } from '../../businesses/payment-methods';
import { clearCart, viewCart, type CartView } from '../../cart/cart-actions';
import { readCity, readProvince } from '../../customers/read-address';
import { findCustomer } from '../../customers/customer-store';
import { displayMoney, toDecimal } from '../../lib/money';
import { notificationDispatched } from '../../notifications/notification-store';
import { placeOrder, type NotPlaced, type Placed } from '../../orders/place-order';
import { label, say, type Slots, type Turn } from '../turn';
import { defineAction, type ActionResult } from './action';
import { cartOf, changesText, linesText } from './cart';

/** Answers that the address question gives, and that go when it is asked again. */
const ADDRESS_SLOTS = ['address', 'city', 'province', 'postal_code'];

/** Where a checkout begins: where it was left, with the details of last time, or at the first question. */
defineAction('checkout.begin', ['ok', 'known', 'continued', 'empty'], async (turn, slots) => {
  const cart = await viewCart(turn.trx, cartOf(turn));
  if (cart.lines.length === 0) return { outcome: 'empty' };
  if (text(slots.recipient_name)) return { outcome: 'continued' };
  return { outcome: (await knownDetails(turn)) ? 'known' : 'ok' };
});

defineAction('checkout.known_details', ['ok', 'gone'], async (turn) => {
  const known = await knownDetails(turn);
  if (!known) return { outcome: 'gone' };
  const { recipient_name: name, phone } = known;
  return { outcome: 'ok', view: { params: { name, phone, address: addressText(known) } } };
});

defineAction('checkout.use_known', ['ok', 'gone'], async (turn) => {
  const known = await knownDetails(turn);
  return known ? { outcome: 'ok', slots: { ...known } } : { outcome: 'gone' };
});

/** A city as typed, with its own name and, where there is only one such city, its province. */
defineAction('checkout.read_city', ['ok'], (_turn, slots) => {
  const found = readCity(String(slots.city ?? ''));
  return Promise.resolve({
    outcome: 'ok',
    slots: found ? { city: found.city, province: text(slots.province) ?? found.province } : {},
  });
});

defineAction('checkout.read_province', ['ok', 'unknown'], (_turn, slots) => {
  const province = readProvince(String(slots.province ?? ''));
  return Promise.resolve(province ? { outcome: 'ok', slots: { province } } : { outcome: 'unknown', forget: ['province'] });
});

/** Delivery with its fee, or fetching it; fetching goes with paying in the shop. */
defineAction('checkout.shipping_options', ['ok'], async (turn, slots) => {
  const { totals } = await viewCart(turn.trx, cartOf(turn, { ...slots, shipping_method: 'delivery' }));
  const fee = displayMoney(totals.shipping, turn.business.currency);
  const choices = [
    { title: label(turn, 'shipping_words', totals.shipping === 0 ? 'free' : 'delivery', { fee }), value: 'delivery' },
    ...(turn.business.settings.payment_methods.includes('in_person')
      ? [{ title: label(turn, 'shipping_words', 'pickup'), value: 'pickup' }]
      : []),
  ];
  return { outcome: 'ok', view: { reply: { choices } } };
});

defineAction('checkout.payment_options', ['ok'], (turn, slots) => {
  const isPickUp = slots.shipping_method === 'pickup';
  const choices = turn.business.settings.payment_methods
    .filter((method) => isOffered(method, isPickUp))
    .map((method) => ({ title: label(turn, 'payment_words', method), value: method as string }));
  return Promise.resolve({ outcome: 'ok', view: { reply: { choices } } });
});

defineAction('checkout.summary', ['ok', 'empty', 'incomplete'], async (turn, slots) => {
  const cart = await viewCart(turn.trx, cartOf(turn, slots));
  if (cart.lines.length === 0) return { outcome: 'empty' };
  const method = readPaymentMethod(String(slots.payment_method ?? ''));
  if (!method || !text(slots.recipient_name) || !text(slots.phone) || !text(slots.address)) return { outcome: 'incomplete' };
  const money = (amount: number) => displayMoney(amount, turn.business.currency);
  const { subtotal, shipping, total } = cart.totals;
  return {
    outcome: 'ok',
    // What the customer agrees to: an order at another total is not placed (CRT-1).
    slots: { agreed_total: total },
    view: {
      params: {
        lines: linesText(turn, cart.lines),
        subtotal: money(subtotal),
        extras: extrasText(turn, cart),
        shipping: money(shipping),
        total: money(total),
        recipient: String(slots.recipient_name),
        phone: String(slots.phone),
        address: addressText(slots),
        payment: label(turn, 'payment_words', method),
        changes: changesText(turn, cart),
      },
    },
  };
});

/** What the customer would like to answer anew. */
defineAction('checkout.forget', ['ok'], (_turn, slots) => {
  const forgotten: Record<string, string[]> = {
    name: ['recipient_name'],
    phone: ['phone'],
    address: [...ADDRESS_SLOTS, 'shipping_method'],
    shipping: ['shipping_method', 'payment_method'],
    payment: ['payment_method'],
  };
  return Promise.resolve({ outcome: 'ok', forget: [...(forgotten[String(slots.change)] ?? []), 'change'] });
});

defineAction('checkout.allow_duplicate', ['ok'], () => Promise.resolve({ outcome: 'ok', slots: { confirm_duplicate: true } }));

/**
 * Places the order in the turn's own transaction. Its key comes from the message, so a repeated turn finds the same order (G-4,
 * G-6). What the database refuses is said, and nothing of the order remains.
 */
defineAction('checkout.place', ['placed', 'changed', 'refused', 'empty', 'duplicate'], async (turn, slots) => {
  const cart = await viewCart(turn.trx, cartOf(turn, slots));
  if (cart.lines.length === 0 && cart.changes.length === 0) return { outcome: 'empty' };
  if (cart.changes.length > 0 || cart.totals.total !== slots.agreed_total) {
    const reason = changesText(turn, cart).trim() || displayMoney(cart.totals.total, turn.business.currency);
    return { outcome: 'changed', slots: { reason } };
  }
  const method = readPaymentMethod(String(slots.payment_method ?? ''));
  if (!method) return { outcome: 'refused', slots: { reason: label(turn, 'payment_words', 'cod') }, forget: ['payment_method'] };
  const placed = await placeOrder(turn.trx, turn.deps, {
    business: turn.business,
    data: orderDataOf(turn, slots, cart, method),
    actor: `customer:${turn.userId}`,
    conversationId: turn.conversation.id,
  });
  return placed.ok ? tellPlaced(turn, placed) : refusal(placed);
});

/** The answer in the chat is the customer's notification: what the bot says counts as told (NTF-2). */
async function tellPlaced(turn: Turn, { order, notificationId, holdMinutes }: Placed): Promise<ActionResult> {
  await clearCart(turn.trx, cartOf(turn));
  const method = order.paymentMethod;
  say(
    turn,
    'order_received',
    {
      order_number: order.orderNumber,
      total: displayMoney(order.total, order.currency),
      method: label(turn, 'payment_words', method),
      payment_kind: method === 'in_person' ? method : paymentKind(method),
      minutes: holdMinutes,
    },
    {
      notificationId: notificationId ?? undefined,
      choices: [
        { title: label(turn, 'after_order_words', 'track'), value: `TRACK:${order.orderNumber}` },
        { title: label(turn, 'after_order_words', 'shop'), value: 'SHOP' },
        { title: label(turn, 'after_order_words', 'help'), value: 'HELP' },
      ],
    },
  );
  if (notificationId !== null) {
    await notificationDispatched(turn.trx, notificationId, { channel: turn.conversation.channel, language: turn.language });
  }
  return { outcome: 'placed' };
}

function refusal({ problems }: NotPlaced): ActionResult {
  const codes = new Set(problems.map((problem) => problem.code));
  const reason = problems.map((problem) => problem.message).join(' ');
  if (codes.has('DUPLICATE_ORDER')) return { outcome: 'duplicate' };
  if (codes.has('INSUFFICIENT_STOCK') || codes.has('AMOUNT_MISMATCH') || codes.has('PRODUCT_UNAVAILABLE')) {
    return { outcome: 'changed', slots: { reason } };
  }
  const forget = [
    ...(codes.has('INVALID_PHONE') ? ['phone'] : []),
    ...(codes.has('ADDRESS_INCOMPLETE') ? ADDRESS_SLOTS : []),
    ...(codes.has('INVALID_PAYMENT') ? ['payment_method'] : []),
  ];
  return { outcome: 'refused', slots: { reason }, forget };
}

function orderDataOf(turn: Turn, slots: Slots, { lines, totals, promo }: CartView, method: PaymentMethod): unknown {
  return {
    user_id: turn.userId,
    items: lines.map(({ productId, variantId, quantity }) => ({ product_id: productId, variant_id: variantId, quantity })),
    subtotal: toDecimal(totals.subtotal),
    shipping_fee: toDecimal(totals.shipping),
    discount_amount: toDecimal(totals.discount),
    total_amount: toDecimal(totals.total),
    payment_method: method,
    shipping_address: {
      recipient_name: slots.recipient_name,
      phone: slots.phone,
      address: slots.address,
      city: slots.city,
      province: slots.province,
      postal_code: slots.postal_code ?? null,
    },
    promo_code: promo && promo.failure === null ? promo.code : null,
    order_source: turn.conversation.channel,
    notes: text(slots.pin) ? `Location: ${String(slots.pin)}` : null,
    idempotency_key: `inbox:${turn.message.id}`,
    confirm_duplicate: slots.confirm_duplicate === true,
  };
}

interface KnownDetails {
  recipient_name: string;
  phone: string;
  address: string;
  city: string;
  province: string;
  postal_code?: string;
}

async function knownDetails(turn: Turn): Promise<KnownDetails | null> {
  const last = (await findCustomer(turn.trx, turn.userId))?.lastAddress;
  if (!last?.recipient_name || !last.phone || !last.address || !last.city || !last.province) return null;
  const { recipient_name, phone, address, city, province, postal_code } = last;
  return { recipient_name, phone, address, city, province, ...(postal_code ? { postal_code } : {}) };
}

/** Paying in the shop goes with fetching it, everything else with delivery. */
const isOffered = (method: PaymentMethod, isPickUp: boolean): boolean =>
  isPickUp ? method === 'in_person' : method !== 'in_person' && paymentKind(method) !== 'prepaid';

function addressText(of: Slots | KnownDetails): string {
  return [of.address, of.city, of.province, of.postal_code].filter(Boolean).join(', ');
}

function extrasText(turn: Turn, { totals }: CartView): string {
  const money = (amount: number) => displayMoney(amount, turn.business.currency);
  const lines = [
    ...(totals.discount > 0 ? [label(turn, 'summary_words', 'discount', { amount: money(totals.discount) })] : []),
    ...(totals.tax > 0 ? [label(turn, 'summary_words', 'tax', { amount: money(totals.tax) })] : []),
  ];
  return lines.map((line) => `\n${line}`).join('');
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
