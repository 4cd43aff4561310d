import { paymentKind } from '../businesses/payment-methods';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { displayMoney, toDecimal } from '../lib/money';
import { insertNotification } from '../notifications/notification-store';
import { insertEvent } from '../outbox/outbox-store';
import { movePeoplesWork } from '../queue/queue-store';
import { cancelOrderIn, type CancelOutcome } from './cancel-order';
import type { ChangeOutcome } from './change-order';
import { confirmOrderIn, reread, type ConfirmOutcome } from './confirm-order';
import type { Order } from './order';
import { canMoveOrder, invalidTransition, type OrderStatus } from './order-states';
import { findOrder, updateOrder, type OrderChange } from './order-store';
import { placeDraftIn } from './place-draft';

export interface OrderMove {
  businessId: number;
  order: number | string;
  to: OrderStatus;
  actor: string;
  reason?: string | null;
}

export type MoveOutcome =
  { ok: true; order: Order } | CancelOutcome | ConfirmOutcome | ChangeOutcome;

/**
 * Moves an order to another state inside the caller's transaction (ORD-4): by the one table of moves, and through the function that
 * does what belongs to the move.
 */
export async function moveOrderIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { businessId, order: ref, to, actor, reason }: OrderMove,
): Promise<MoveOutcome> {
  const order = await findOrder(trx, businessId, ref, { lock: true });
  if (!order) return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  if (!canMoveOrder(order.orderStatus, to))
    return invalidTransition('order', order.orderStatus, to);
  const base = { businessId, order: order.id, actor };
  if (to === 'pending') return placeDraftIn(trx, deps, { ...base, reason });
  if (to === 'confirmed') return confirmOrderIn(trx, deps, { ...base, notes: reason });
  if (to === 'cancelled') return cancelOrderIn(trx, deps, { ...base, reason: reason ?? '' });

  const now = deps.clock.now();
  const act = { actor, reason: reason || `order ${to}`, orderId: order.id };
  return actingAs(trx, act, async () => {
    await updateOrder(trx, order.id, { orderStatus: to, ...timesOf(to, now) });
    const packing = PACKING[to];
    if (packing) await movePeoplesWork(trx, order.id, packing, now);
    if (to === 'delivered') await collectAtTheDoor(trx, order, now);
    await tell(trx, order, to, now);
    return { ok: true, order: await reread(trx, order) };
  });
}

/** The same in a transaction of its own. */
export function moveOrder(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  move: OrderMove,
): Promise<MoveOutcome> {
  return deps.db.transaction((trx) => moveOrderIn(trx, deps, move));
}

function timesOf(to: OrderStatus, now: Date): OrderChange {
  if (to === 'shipped') return { shippedAt: now };
  if (to === 'delivered') return { deliveredAt: now };
  return to === 'completed' ? { completedAt: now } : {};
}

/** What the item of fulfilment becomes that waits for people to pack the order (QUE-1). */
const PACKING: Partial<Record<OrderStatus, 'processing' | 'completed'>> = {
  processing: 'processing',
  ready: 'completed',
  shipped: 'completed',
};

/** Who has taken a COD parcel has paid for it (PAY-2). */
async function collectAtTheDoor(trx: Transaction, order: Order, now: Date): Promise<void> {
  // A parcel that was refused first and taken at the second try has failed before.
  const isOpen = order.paymentStatus === 'unpaid' || order.paymentStatus === 'failed';
  if (paymentKind(order.paymentMethod) !== 'cod' || !isOpen) return;
  await updateOrder(trx, order.id, {
    paymentStatus: 'paid',
    paidAmount: toDecimal(order.total),
    paidAt: now,
  });
}

async function tell(trx: Transaction, order: Order, to: OrderStatus, now: Date): Promise<void> {
  if (to === 'shipped' || to === 'delivered') {
    await insertNotification(trx, {
      businessId: order.businessId,
      orderId: order.id,
      recipientType: 'customer',
      userId: order.userId,
      conversationId: order.conversationId,
      template: `order_${to}`,
      payload: {
        order_number: order.orderNumber,
        total: displayMoney(order.total, order.currency),
        carrier: order.carrier ?? '',
        tracking_number: order.trackingNumber ?? '',
        has_tracking: order.trackingNumber === null ? 'no' : 'yes',
        phone: order.phone,
      },
      scheduledAt: now,
    });
  }
  await insertEvent(trx, {
    businessId: order.businessId,
    aggregateType: 'order',
    aggregateId: order.id,
    type: `order.${to}`,
    payload: {
      order_id: order.id,
      order_number: order.orderNumber,
      ...(to === 'shipped'
        ? { carrier: order.carrier, tracking_number: order.trackingNumber }
        : {}),
    },
    now,
  });
}
