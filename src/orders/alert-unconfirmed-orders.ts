import { PAYMENT_METHODS, paymentKind } from '../businesses/payment-methods';
import type { CoreDeps } from '../db/core-deps';
import { insertNotification } from '../notifications/notification-store';
import { endAlerts, raiseAlert } from '../notifications/raised-alert-store';
import { noLongerPastHold, unconfirmedPastHold, type PastHold } from './expired-order-store';

const TO_CONFIRM = PAYMENT_METHODS.filter((method) => paymentKind(method) === 'cod');
/** As many as an SMS names; the rest is counted. */
const MAX_NAMED = 5;

/**
 * Tells the owner of orders that nobody decided on while their stock was held: cash on delivery, a payment that the customer says
 * was made, an open review. The customer did all that was asked, so the order stays; its stock is on sale again, and confirming
 * takes it back if it is there. One message per shop and run, once per order. Returns the orders told of.
 */
export async function alertUnconfirmedOrders(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  limit: number,
): Promise<number> {
  await endAlerts(deps.db, 'hold_lost', await noLongerPastHold(deps.db, limit));
  const waiting = await unconfirmedPastHold(deps.db, TO_CONFIRM, limit);
  const businesses = new Set(waiting.map((order) => order.businessId));
  let told = 0;
  for (const businessId of businesses) {
    const orders = waiting.filter((order) => order.businessId === businessId);
    told += await tell(deps, businessId, orders);
  }
  return told;
}

function tell(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  businessId: number,
  orders: readonly PastHold[],
): Promise<number> {
  const now = deps.clock.now();
  return deps.db.transaction(async (trx) => {
    const told: string[] = [];
    for (const { id, orderNumber } of orders) {
      const alert = { kind: 'hold_lost', subjectId: id, businessId, level: 1, now } as const;
      if (await raiseAlert(trx, alert)) told.push(orderNumber);
    }
    if (told.length === 0) return 0;
    await insertNotification(trx, {
      businessId,
      recipientType: 'owner',
      template: 'owner_orders_waiting',
      payload: {
        count: told.length,
        orders: told.slice(0, MAX_NAMED).join(', '),
        more: Math.max(0, told.length - MAX_NAMED),
      },
      scheduledAt: now,
    });
    return told.length;
  });
}
