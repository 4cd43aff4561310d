import {
  paymentKind,
  readPaymentMethod,
  type PaymentMethod,
} from '../../businesses/payment-methods';
import { clearCart, viewCart, type CartView } from '../../cart/cart-actions';
import type { ChannelName } from '../../channels/inbound';
import { displayMoney, toDecimal } from '../../lib/money';
import { notificationDispatched } from '../../notifications/notification-store';
import { ORDER_SOURCES, type OrderSource } from '../../orders/order';
import { placeOrder, type NotPlaced, type Placed } from '../../orders/place-order';
import { label, say, slotText, type Slots, type Turn } from '../turn';
import { defineAction, type ActionResult } from './action';
import { cartOf, changesText } from './cart';
import { ADDRESS_SLOTS } from './checkout';

defineAction('checkout.allow_duplicate', ['ok'], () =>
  Promise.resolve({ outcome: 'ok', slots: { confirm_duplicate: true } }),
);

/**
 * Places the order in the turn's own transaction. Its key comes from the message, so a repeated turn finds the same order (G-4,
 * G-6). What the database refuses is said, and nothing of the order remains.
 */
defineAction(
  'checkout.place',
  ['placed', 'changed', 'refused', 'empty', 'duplicate'],
  async (turn, slots) => {
    const cart = await viewCart(turn.trx, cartOf(turn, slots));
    if (cart.lines.length === 0 && cart.changes.length === 0) return { outcome: 'empty' };
    if (cart.changes.length > 0 || cart.totals.total !== slots.agreed_total) {
      const reason =
        changesText(turn, cart).trim() || displayMoney(cart.totals.total, turn.business.currency);
      return { outcome: 'changed', slots: { reason } };
    }
    const method = readPaymentMethod(slotText(slots, 'payment_method'));
    if (!method)
      return {
        outcome: 'refused',
        slots: { reason: label(turn, 'payment_words', 'cod') },
        forget: ['payment_method'],
      };
    const placed = await placeOrder(turn.trx, turn.deps, {
      business: turn.business,
      data: orderDataOf(turn, slots, cart, method),
      actor: `customer:${turn.userId}`,
      conversationId: turn.conversation.id,
    });
    return placed.ok ? tellPlaced(turn, placed) : refusal(placed);
  },
);

/** The answer in the chat is the customer's notification: what the bot says counts as told (NTF-2). */
async function tellPlaced(
  turn: Turn,
  { order, notificationId, holdMinutes }: Placed,
): Promise<ActionResult> {
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
    await notificationDispatched(turn.trx, notificationId, {
      channel: turn.conversation.channel,
      language: turn.language,
    });
  }
  return { outcome: 'placed' };
}

function refusal({ problems }: NotPlaced): ActionResult {
  const codes = new Set(problems.map((problem) => problem.code));
  const reason = problems.map((problem) => problem.message).join(' ');
  if (codes.has('DUPLICATE_ORDER')) return { outcome: 'duplicate' };
  if (
    codes.has('INSUFFICIENT_STOCK') ||
    codes.has('AMOUNT_MISMATCH') ||
    codes.has('PRODUCT_UNAVAILABLE')
  ) {
    return { outcome: 'changed', slots: { reason } };
  }
  const forget = [
    ...(codes.has('INVALID_PHONE') ? ['phone'] : []),
    ...(codes.has('ADDRESS_INCOMPLETE') ? ADDRESS_SLOTS : []),
    ...(codes.has('INVALID_PAYMENT') ? ['payment_method'] : []),
  ];
  return { outcome: 'refused', slots: { reason }, forget };
}

function orderDataOf(
  turn: Turn,
  slots: Slots,
  { lines, totals, promo }: CartView,
  method: PaymentMethod,
): unknown {
  return {
    user_id: turn.userId,
    items: lines.map(({ productId, variantId, quantity }) => ({
      product_id: productId,
      variant_id: variantId,
      quantity,
    })),
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
    order_source: sourceOf(turn.conversation.channel),
    notes: text(slots.pin) ? `Location: ${slotText(slots, 'pin')}` : null,
    idempotency_key: `inbox:${turn.message.id}`,
    confirm_duplicate: slots.confirm_duplicate === true,
  };
}

/** The channels of the Bot Framework count as the web: clients know no other name (section 19). */
const sourceOf = (channel: ChannelName): OrderSource =>
  ORDER_SOURCES.find((source) => source === channel) ?? 'web';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
