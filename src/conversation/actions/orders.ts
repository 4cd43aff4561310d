import { displayMoney } from '../../lib/money';
import { notificationDispatched } from '../../notifications/notification-store';
import { cancelOrderIn } from '../../orders/cancel-order';
import type { Order } from '../../orders/order';
import { canMoveOrder } from '../../orders/order-states';
import { findOrderByRef, ordersOfUser } from '../../orders/order-store';
import { label, say, slotText, type Turn } from '../turn';
import { defineAction } from './action';

const SHOWN_ORDERS = 5;
const LOOKED_AT = 20;

/** The order that was named, or the latest ones. */
defineAction('orders.track', ['ok', 'none'], async (turn, slots) => {
  const named =
    typeof slots.order_number === 'string' ? await ownOrder(turn, slots.order_number) : null;
  const orders = named
    ? [named]
    : await ordersOfUser(turn.trx, turn.business.id, turn.userId, SHOWN_ORDERS);
  if (orders.length === 0) return { outcome: 'none' };
  return {
    outcome: 'ok',
    view: { params: { lines: orders.map((order) => orderLine(turn, order)).join('\n') } },
  };
});

/** What "cancel" means here: a checkout that is under way, else an order that can still be cancelled. */
defineAction('orders.cancellable', ['checkout', 'one', 'many', 'none'], async (turn, slots) => {
  if (turn.interruptedFlow === 'checkout' && slots.order_number === undefined)
    return { outcome: 'checkout' };
  const orders = await cancellable(turn);
  const named =
    typeof slots.order_number === 'string' ? await ownOrder(turn, slots.order_number) : null;
  const [only] = named ? [named] : orders;
  if (!only) return { outcome: 'none' };
  if (named || orders.length === 1)
    return { outcome: 'one', slots: { order_number: only.orderNumber } };
  return { outcome: 'many' };
});

defineAction('orders.cancellable_list', ['ok', 'none'], async (turn) => {
  const orders = await cancellable(turn);
  if (orders.length === 0) return { outcome: 'none' };
  const choices = orders
    .slice(0, SHOWN_ORDERS)
    .map(({ orderNumber }) => ({ title: orderNumber, value: orderNumber }));
  return { outcome: 'ok', view: { reply: { choices } } };
});

/** Cancels the customer's own order; that this chat says so is the notification. */
defineAction('orders.cancel', ['ok', 'refused', 'none'], async (turn, slots) => {
  const outcome = await cancelOrderIn(turn.trx, turn.deps, {
    businessId: turn.business.id,
    order: slotText(slots, 'order_number'),
    reason: label(turn, 'cancel_words', 'by_customer'),
    actor: `customer:${turn.userId}`,
    userId: turn.userId,
  });
  if (outcome.ok) {
    const { channel } = turn.conversation;
    const { notificationId } = outcome;
    await notificationDispatched(turn.trx, notificationId, { channel, language: turn.language });
    say(
      turn,
      'order_cancelled_by_you',
      { order_number: outcome.order.orderNumber },
      { notificationId },
    );
    return { outcome: 'ok' };
  }
  if (outcome.code === 'ORDER_NOT_FOUND') return { outcome: 'none' };
  const status = label(turn, 'status_words', outcome.from);
  return { outcome: 'refused', slots: { status } };
});

async function cancellable(turn: Turn): Promise<Order[]> {
  const orders = await ordersOfUser(turn.trx, turn.business.id, turn.userId, LOOKED_AT);
  return orders.filter((order) => canMoveOrder(order.orderStatus, 'cancelled'));
}

async function ownOrder(turn: Turn, reference: string): Promise<Order | null> {
  const found = await findOrderByRef(
    turn.trx,
    turn.business.id,
    reference.slice(0, 40),
    turn.userId,
  );
  return found.ok ? found.order : null;
}

export function orderLine(turn: Turn, order: Order): string {
  const status = label(turn, 'status_words', order.orderStatus);
  const tracking = order.trackingNumber
    ? ` (${[order.carrier, order.trackingNumber].filter(Boolean).join(' ')})`
    : '';
  return `${order.orderNumber}: ${displayMoney(order.total, order.currency)} - ${status}${tracking}`;
}
