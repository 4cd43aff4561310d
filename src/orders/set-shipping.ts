import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { insertEvent } from '../outbox/outbox-store';
import { reread } from './confirm-order';
import type { Order } from './order';
import { invalidTransition, type InvalidTransition } from './order-states';
import { findOrder, updateOrder } from './order-store';

export type ShippingOutcome =
  | { ok: true; order: Order }
  | { ok: false; code: 'ORDER_NOT_FOUND'; message: string }
  | InvalidTransition;

/** Notes who carries an order and under which number, until it is over. */
export async function setShippingIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  given: {
    businessId: number;
    order: number | string;
    carrier?: string | null;
    trackingNumber?: string | null;
  },
): Promise<ShippingOutcome> {
  const order = await findOrder(trx, given.businessId, given.order, { lock: true });
  if (!order) return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  if (['draft', 'cancelled', 'completed'].includes(order.orderStatus)) {
    const refused = invalidTransition('order', order.orderStatus, 'shipped');
    return { ...refused, message: `An order that is ${order.orderStatus} is not shipped.` };
  }
  await updateOrder(trx, order.id, {
    carrier: given.carrier,
    trackingNumber: given.trackingNumber,
  });
  const after = await reread(trx, order);
  await insertEvent(trx, {
    businessId: order.businessId,
    aggregateType: 'order',
    aggregateId: order.id,
    type: 'order.tracking_changed',
    payload: {
      order_id: order.id,
      order_number: order.orderNumber,
      carrier: after.carrier,
      tracking_number: after.trackingNumber,
    },
    now: deps.clock.now(),
  });
  return { ok: true, order: after };
}
