import { returnPromoUse } from '../cart/promo-store';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { releaseOrder } from '../inventory/inventory-store';
import { displayMoney } from '../lib/money';
import { insertNotification, skipNotification } from '../notifications/notification-store';
import { insertEvent } from '../outbox/outbox-store';
import { enqueue, movePeoplesWork } from '../queue/queue-store';
import { reread } from './confirm-order';
import type { Order } from './order';
import {
  canMoveOrder,
  invalidTransition,
  type InvalidTransition,
  type PaymentStatus,
} from './order-states';
import { findOrder, updateOrder } from './order-store';
import { decideReviews } from './review-store';

export interface Cancellation {
  businessId: number;
  /** Its id or its number. */
  order: number | string;
  reason: string;
  actor: string;
  /** Only this customer's own order; for the customer's chat. */
  userId?: number;
}

export type CancelOutcome =
  | { ok: true; order: Order; notificationId: number }
  | InvalidTransition
  | { ok: false; code: 'ORDER_NOT_FOUND'; message: string };

/** Cancels an order inside the caller's transaction (ORD-6): stock and promo use go back, money is given back, the customer told. */
export async function cancelOrderIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { businessId, order: ref, reason, actor, userId }: Cancellation,
): Promise<CancelOutcome> {
  const order = await findOrder(trx, businessId, ref, { lock: true });
  if (!order || (userId !== undefined && order.userId !== userId)) {
    return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  }
  if (!canMoveOrder(order.orderStatus, 'cancelled'))
    return invalidTransition('order', order.orderStatus, 'cancelled');
  const now = deps.clock.now();
  return actingAs(
    trx,
    { actor, reason: reason || 'order cancelled', orderId: order.id },
    async () => {
      // Lock order: order, promo code, stock rows, reservations.
      if (order.promoCodeId !== null) await returnPromoUse(trx, order.promoCodeId);
      const released = await releaseOrder(trx, order.id, reason || 'order cancelled');
      if (!released.ok)
        throw new Error(`order ${order.id} could not be released: ${released.code}`);
      await updateOrder(trx, order.id, {
        orderStatus: 'cancelled',
        paymentStatus: await settlePayment(trx, order, now),
        cancelledAt: now,
        cancelledBy: actor.slice(0, 120),
        cancellationReason: reason.slice(0, 500),
      });
      // Nobody packs it any more.
      await movePeoplesWork(trx, order.id, 'completed', now);
      await decideReviews(trx, {
        orderId: order.id,
        status: 'rejected',
        by: actor,
        note: reason,
        now,
      });
      const notificationId = await insertNotification(trx, {
        businessId,
        orderId: order.id,
        recipientType: 'customer',
        userId: order.userId,
        conversationId: order.conversationId,
        template: 'order_cancelled',
        payload: {
          order_number: order.orderNumber,
          reason,
          total: displayMoney(order.total, order.currency),
          phone: order.phone,
        },
        scheduledAt: now,
      });
      // Nobody was ever told of a draft.
      if (order.orderStatus === 'draft') await skipNotification(trx, notificationId);
      await insertEvent(trx, {
        businessId,
        aggregateType: 'order',
        aggregateId: order.id,
        type: 'order.cancelled',
        payload: { order_id: order.id, order_number: order.orderNumber, reason },
        now,
      });
      return { ok: true, order: await reread(trx, order), notificationId };
    },
  );
}

/** The same in a transaction of its own. */
export function cancelOrder(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  cancellation: Cancellation,
): Promise<CancelOutcome> {
  return deps.db.transaction((trx) => cancelOrderIn(trx, deps, cancellation));
}

/** Money that has not moved is voided at once; what a gateway or a person has to move is queued. */
async function settlePayment(
  trx: Transaction,
  order: Order,
  now: Date,
): Promise<PaymentStatus | undefined> {
  if (order.paymentStatus === 'pending') return 'voided';
  const action = { authorized: 'void', paid: 'refund', partially_refunded: 'refund' }[
    order.paymentStatus as string
  ];
  if (action) {
    const payload = { action, reason: 'order cancelled' };
    await enqueue(trx, {
      businessId: order.businessId,
      orderId: order.id,
      type: 'payment',
      payload,
      priority: 2,
      now,
    });
  }
  return undefined;
}
