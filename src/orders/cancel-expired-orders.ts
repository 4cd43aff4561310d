import { PAYMENT_METHODS, paymentKind } from '../businesses/payment-methods';
import { lockPromos } from '../cart/promo-store';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { expireOrder } from '../inventory/inventory-store';
import { cancelOrderIn } from './cancel-order';
import { isStillPastHold, sayInstead, unpaidPastHold, type PastHold } from './expired-order-store';
import { findOrder, updateOrder } from './order-store';

const ACTOR = 'system:cancel-expired-orders';
const REASON = 'payment not received in time';
const PAID_IN_ADVANCE = PAYMENT_METHODS.filter((method) => paymentKind(method) !== 'cod');

/**
 * Cancels at most `limit` orders that had to be paid in advance and were not, when their hold has run out (PAY-4): payment
 * `expired`, the customer told. The hold's time is the business's setting (INV-2). Orders that wait for a person (cash on
 * delivery, a claimed payment, an open review) stay: alert-unconfirmed-orders.ts. Safe to repeat and to run twice at once.
 */
export async function cancelExpiredOrders(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  limit: number,
): Promise<number> {
  let cancelled = 0;
  for (const order of await unpaidPastHold(deps.db, PAID_IN_ADVANCE, limit)) {
    if (await deps.db.transaction((trx) => cancelExpired(trx, deps, order))) cancelled += 1;
  }
  return cancelled;
}

async function cancelExpired(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { id, businessId }: PastHold,
): Promise<boolean> {
  const order = await findOrder(trx, businessId, id, { lock: true });
  if (!order || !(await isStillPastHold(trx, id))) return false;
  // Lock order: order, promo code, stock rows.
  await lockPromos(trx, [order.promoCodeId]);
  await actingAs(trx, { actor: ACTOR, reason: REASON, orderId: id }, async () => {
    // So that the hold ends as 'expired', which it is, and not as given back.
    await expireOrder(trx, id);
    await updateOrder(trx, id, { paymentStatus: 'expired' });
  });
  const outcome = await cancelOrderIn(trx, deps, {
    businessId,
    order: id,
    actor: ACTOR,
    reason: REASON,
  });
  if (!outcome.ok) throw new Error(`order ${id} could not be cancelled: ${outcome.code}`);
  await sayInstead(trx, outcome.notificationId, 'order_expired');
  return true;
}
