import { parsePhoneNumberFromString } from 'libphonenumber-js';
import {
  paymentKind,
  readPaymentMethod,
  type PaymentMethod,
} from '../../businesses/payment-methods';
import { viewCart, type CartView } from '../../cart/cart-actions';
import { readCity, readProvince } from '../../customers/read-address';
import { findCustomer } from '../../customers/customer-store';
import { displayMoney } from '../../lib/money';
import { ordersOfUser } from '../../orders/order-store';
import { label, slotText, type Slots, type Turn } from '../turn';
import { defineAction } from './action';
import { cartOf, changesText, linesText } from './cart';
import { orderLine } from './orders';

/** Answers that the address question gives, and that go when it is asked again. */
export const ADDRESS_SLOTS = ['address', 'city', 'province', 'postal_code'];

/** Who taps "Place order" twice, or asks to pay right after, means the order that is in. */
const JUST_ORDERED_MS = 30 * 60_000;

/** Where a checkout begins: where it was left, with the details of last time, or at the first question. */
defineAction(
  'checkout.begin',
  ['ok', 'known', 'continued', 'empty', 'ordered'],
  async (turn, slots) => {
    const cart = await viewCart(turn.trx, cartOf(turn));
    if (cart.lines.length === 0) {
      const [last] = await ordersOfUser(turn.trx, turn.business.id, turn.userId, 1);
      const isFresh = last && turn.now.getTime() - last.createdAt.getTime() < JUST_ORDERED_MS;
      return isFresh
        ? { outcome: 'ordered', slots: { lines: orderLine(turn, last) } }
        : { outcome: 'empty' };
    }
    if (text(slots.recipient_name)) return { outcome: 'continued' };
    return { outcome: (await knownDetails(turn)) ? 'known' : 'ok' };
  },
);

defineAction('checkout.known_details', ['ok', 'gone'], async (turn) => {
  const known = await knownDetails(turn);
  if (!known) return { outcome: 'gone' };
  const { recipient_name: name } = known;
  const phone = phoneText(turn, known.phone);
  return { outcome: 'ok', view: { params: { name, phone, address: addressText(known) } } };
});

defineAction('checkout.use_known', ['ok', 'gone'], async (turn) => {
  const known = await knownDetails(turn);
  return known ? { outcome: 'ok', slots: { ...known } } : { outcome: 'gone' };
});

/** A city as typed, with its own name and, where there is only one such city, its province. */
defineAction('checkout.read_city', ['ok'], (_turn, slots) => {
  const found = readCity(slotText(slots, 'city'));
  return Promise.resolve({
    outcome: 'ok',
    slots: found ? { city: found.city, province: text(slots.province) ?? found.province } : {},
  });
});

defineAction('checkout.read_province', ['ok', 'unknown'], (_turn, slots) => {
  const province = readProvince(slotText(slots, 'province'));
  return Promise.resolve(
    province
      ? { outcome: 'ok', slots: { province } }
      : { outcome: 'unknown', forget: ['province'] },
  );
});

/** Delivery with its fee, or fetching it; fetching goes with paying in the shop. */
defineAction('checkout.shipping_options', ['ok'], async (turn, slots) => {
  const { totals } = await viewCart(
    turn.trx,
    cartOf(turn, { ...slots, shipping_method: 'delivery' }),
  );
  const fee = displayMoney(totals.shipping, turn.business.currency);
  const choices = [
    {
      title: label(turn, 'shipping_words', totals.shipping === 0 ? 'free' : 'delivery', { fee }),
      value: 'delivery',
    },
    ...(turn.business.settings.payment_methods.includes('in_person')
      ? [{ title: label(turn, 'shipping_words', 'pickup'), value: 'pickup' }]
      : []),
  ];
  return { outcome: 'ok', view: { reply: { choices } } };
});

/** Where there is only one way to pay, it is not asked for. */
defineAction('checkout.payment_options', ['ok', 'only'], (turn, slots) => {
  const isPickUp = slots.shipping_method === 'pickup';
  const choices = turn.business.settings.payment_methods
    .filter((method) => isOffered(method, isPickUp))
    .map((method) => ({ title: label(turn, 'payment_words', method), value: String(method) }));
  const [only] = choices;
  return Promise.resolve(
    only && choices.length === 1
      ? { outcome: 'only', slots: { payment_method: only.value } }
      : { outcome: 'ok', view: { reply: { choices } } },
  );
});

defineAction('checkout.summary', ['ok', 'empty', 'incomplete'], async (turn, slots) => {
  const cart = await viewCart(turn.trx, cartOf(turn, slots));
  if (cart.lines.length === 0) return { outcome: 'empty' };
  const method = readPaymentMethod(slotText(slots, 'payment_method'));
  // Delivery after all, where it was to be paid in the shop.
  if (method && !isOffered(method, slots.shipping_method === 'pickup'))
    return { outcome: 'incomplete', forget: ['payment_method'] };
  if (!method || !text(slots.recipient_name) || !text(slots.phone) || !text(slots.address))
    return { outcome: 'incomplete' };
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
        recipient: slotText(slots, 'recipient_name'),
        phone: phoneText(turn, slotText(slots, 'phone')),
        address: addressText(slots),
        payment: label(turn, 'payment_words', method),
        changes: changesText(turn, cart),
      },
    },
  };
});

/** What has to be answered anew when a part of the summary is wrong. */
const PARTS = new Map<unknown, readonly string[]>([
  ['name', ['recipient_name']],
  ['phone', ['phone']],
  ['address', [...ADDRESS_SLOTS, 'shipping_method']],
  ['shipping', ['shipping_method', 'payment_method']],
  ['payment', ['payment_method']],
]);

/** What the customer would like to answer anew. */
defineAction('checkout.forget', ['ok'], (_turn, { change }) =>
  Promise.resolve({ outcome: 'ok', forget: [...(PARTS.get(change) ?? []), 'change'] }),
);

/** The same, said in words from anywhere. */
defineAction('checkout.forget_kept', ['ok'], (turn, { change }) => {
  for (const name of PARTS.get(change) ?? []) delete turn.memory.kept.checkout?.[name];
  return Promise.resolve({ outcome: 'ok' });
});

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
  if (!last?.recipient_name || !last.phone || !last.address || !last.city || !last.province)
    return null;
  const { recipient_name, phone, address, city, province, postal_code } = last;
  return {
    recipient_name,
    phone,
    address,
    city,
    province,
    ...(postal_code ? { postal_code } : {}),
  };
}

/** Paying in the shop goes with fetching it, everything else with delivery. */
const isOffered = (method: PaymentMethod, isPickUp: boolean): boolean =>
  isPickUp ? method === 'in_person' : method !== 'in_person' && paymentKind(method) !== 'prepaid';

/** As it is written in the shop's country: 0917 123 4567. */
function phoneText(turn: Turn, phone: string): string {
  const parsed = parsePhoneNumberFromString(phone);
  return parsed?.country === turn.business.country ? parsed.formatNational() : phone;
}

function addressText(of: Slots | KnownDetails): string {
  const parts = ['address', 'city', 'province', 'postal_code'].map((name) =>
    slotText({ ...of }, name),
  );
  return parts.filter(Boolean).join(', ');
}

function extrasText(turn: Turn, { totals }: CartView): string {
  const money = (amount: number) => displayMoney(amount, turn.business.currency);
  const lines = [
    ...(totals.discount > 0
      ? [label(turn, 'summary_words', 'discount', { amount: money(totals.discount) })]
      : []),
    ...(totals.tax > 0 ? [label(turn, 'summary_words', 'tax', { amount: money(totals.tax) })] : []),
  ];
  return lines.map((line) => `\n${line}`).join('');
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
