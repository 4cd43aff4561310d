import { recordAudit } from '../businesses/audit-store';
import { takePromoUse } from '../cart/promo-store';
import { actingAs } from '../db/acting-as';
import { paymentKind } from '../businesses/payment-methods';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { attempt, TakeBack } from '../db/savepoint';
import { displayMoney } from '../lib/money';
import { insertNotification } from '../notifications/notification-store';
import { enqueue } from '../queue/queue-store';
import { reopenReview } from './change-store';
import { confirmOrderIn } from './confirm-order';
import { recordLatePayment, isHoldLost } from './late-payment-store';
import { shortNumber, type Order } from './order';
import { canRevive, type PaymentStatus } from './order-states';
import { updateOrder } from './order-store';

/** What came of an order whose money has arrived. */
export interface Arrival {
  decision:
    /** Its stock was held all the time. */
    | 'confirmed'
    /** The hold had been lost; the stock was still there (G-11). */
    | 'stock_reacquired'
    /** The hold had been lost and the stock is gone: a person decides. */
    | 'review'
    /** The order was cancelled before: the money goes back. */
    | 'refund'
    /** A person has to look at the order before it is confirmed. */
    | 'waits_for_review'
    /** The order does not wait for its money, or goes on already. */
    | 'recorded';
  isLate: boolean;
}

/** Decides what becomes of an order that has just been paid, and writes down what was decided (ORD-5, G-11). */
export async function settleArrival(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { order, from, actor }: { order: Order; from: PaymentStatus; actor: string },
): Promise<Arrival> {
  if (order.orderStatus === 'cancelled') {
    const isRevived = canRevive(from) && (await revive(trx, deps, order, actor));
    return isRevived ? { decision: 'stock_reacquired', isLate: true } : giveBack(trx, deps, order);
  }
  if (order.orderStatus !== 'pending' || paymentKind(order.paymentMethod) === 'cod') {
    return { decision: 'recorded', isLate: false };
  }
  const isLate = await isHoldLost(trx, order.id, deps.clock.now());
  const confirmed = await confirmOrderIn(trx, deps, {
    businessId: order.businessId,
    order: order.id,
    actor,
    notes: isLate ? 'paid late; the stock was still there' : 'paid',
  });
  if (confirmed.ok && !isLate) return { decision: 'confirmed', isLate };
  if (confirmed.ok) {
    await noteReacquired(trx, order, actor);
    return { decision: 'stock_reacquired', isLate };
  }
  if (confirmed.code === 'VERIFICATION_REQUIRED') return { decision: 'waits_for_review', isLate };
  if (confirmed.code !== 'INSUFFICIENT_STOCK') throw new Error(confirmed.message);
  return askSomebody(trx, deps, order, confirmed.sku);
}

/** An order that was cancelled because its money did not come in time goes on if its stock is there. */
function revive(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  order: Order,
  actor: string,
): Promise<boolean> {
  const { businessId, id, promoCodeId } = order;
  const reason = 'paid late; the stock was still there';
  const work = async (): Promise<boolean> => {
    await actingAs(trx, { actor, reason, orderId: id }, async () => {
      // The price was agreed with the code; whether it has a use left does not matter any more. What is no use gives none back.
      const isUncounted = promoCodeId !== null && !(await takePromoUse(trx, promoCodeId));
      await updateOrder(trx, id, {
        orderStatus: 'pending',
        ...(isUncounted ? { promoCodeId: null } : {}),
      });
    });
    const confirmed = await confirmOrderIn(trx, deps, {
      businessId,
      order: id,
      actor,
      notes: reason,
    });
    if (!confirmed.ok) throw new TakeBack(false);
    await noteReacquired(trx, order, actor);
    return true;
  };
  return attempt(trx, work, 'tindera_outer_part');
}

const noteReacquired = (trx: Transaction, order: Order, actor: string): Promise<void> =>
  recordAudit(trx, {
    businessId: order.businessId,
    actor,
    action: 'order.late_payment',
    subject: `order ${order.id}`,
    outcome: 'done',
    detail: { decision: 'stock_reacquired' },
  });

async function giveBack(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  order: Order,
): Promise<Arrival> {
  const now = deps.clock.now();
  const { businessId, id: orderId } = order;
  const payload = { action: 'refund', reason: 'paid after the order was cancelled' };
  await enqueue(trx, { businessId, orderId, type: 'payment', payload, priority: 2, now });
  const message = `${order.orderNumber} was paid after it was cancelled. The money is to be given back.`;
  await recordLatePayment(trx, order, { message, decision: 'refund', now });
  return { decision: 'refund', isLate: true };
}

async function askSomebody(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  order: Order,
  sku: string,
): Promise<Arrival> {
  const now = deps.clock.now();
  const { businessId, id: orderId, orderNumber } = order;
  const message = `${orderNumber} was paid after its hold had run out, and ${sku} is gone.`;
  await reopenReview(trx, { businessId, orderId, kind: 'stock_override', reasons: [message], now });
  await recordLatePayment(trx, order, { message, decision: 'review', sku, now });
  await insertNotification(trx, {
    businessId,
    orderId,
    recipientType: 'owner',
    template: 'owner_review_needed',
    payload: {
      order_number: orderNumber,
      short_number: shortNumber(orderNumber),
      total: displayMoney(order.total, order.currency),
      reason: message,
    },
    priority: 2,
    scheduledAt: now,
  });
  return { decision: 'review', isLate: true };
}
