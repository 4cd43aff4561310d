import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { attempt, TakeBack } from '../db/savepoint';
import { commitOrder } from '../inventory/inventory-store';
import { displayMoney, toMajor } from '../lib/money';
import { insertNotification } from '../notifications/notification-store';
import { insertEvent } from '../outbox/outbox-store';
import { enqueue } from '../queue/queue-store';
import type { Order } from './order';
import { canMoveOrder, invalidTransition, type InvalidTransition } from './order-states';
import { findOrder, updateOrder } from './order-store';
import { resolveMoneyErrors } from './queue-work-store';

export interface Confirmation {
  businessId: number;
  /** Its id or its number. */
  order: number | string;
  actor: string;
  notes?: string | null;
}

export type ConfirmOutcome =
  | { ok: true; order: Order; notificationId: number }
  | InvalidTransition
  | { ok: false; code: 'ORDER_NOT_FOUND' | 'VERIFICATION_REQUIRED'; message: string }
  | { ok: false; code: 'INSUFFICIENT_STOCK'; sku: string; message: string };

/** Confirms a pending order inside the caller's transaction (ORD-5): its stock is sold, the customer told, fulfilment queued. */
export async function confirmOrderIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { businessId, order: ref, actor, notes }: Confirmation,
): Promise<ConfirmOutcome> {
  const order = await findOrder(trx, businessId, ref, { lock: true });
  if (!order) return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  if (!canMoveOrder(order.orderStatus, 'confirmed'))
    return invalidTransition('order', order.orderStatus, 'confirmed');
  if (order.requiresVerification && order.verifiedAt === null) {
    return {
      ok: false,
      code: 'VERIFICATION_REQUIRED',
      message: 'This order has to be approved before it can be confirmed.',
    };
  }
  const now = deps.clock.now();
  const act = { actor, reason: notes || 'order confirmed', orderId: order.id };
  return attempt(trx, () =>
    actingAs(trx, act, async (): Promise<ConfirmOutcome> => {
      const sold = await commitOrder(trx, order.id);
      if (!sold.ok) {
        const sku = 'sku' in sold ? sold.sku : '';
        const message = `The stock of this order is gone (${sku || sold.code}).`;
        throw new TakeBack<ConfirmOutcome>({ ok: false, code: 'INSUFFICIENT_STOCK', sku, message });
      }
      await updateOrder(trx, order.id, {
        orderStatus: 'confirmed',
        confirmedAt: now,
        ...(notes ? { adminNotes: notes.slice(0, 1000) } : {}),
      });
      const notificationId = await insertNotification(trx, {
        businessId,
        orderId: order.id,
        recipientType: 'customer',
        userId: order.userId,
        conversationId: order.conversationId,
        template: 'order_confirmed',
        payload: {
          order_number: order.orderNumber,
          total: displayMoney(order.total, order.currency),
          phone: order.phone,
        },
        scheduledAt: now,
      });
      await enqueue(trx, { businessId, orderId: order.id, type: 'fulfillment', now });
      if (order.paymentStatus === 'paid') {
        const codes = ['LATE_PAYMENT' as const];
        const note = 'order confirmed';
        await resolveMoneyErrors(trx, { orderId: order.id, codes, by: actor, note, now });
      }
      await insertEvent(trx, {
        businessId,
        aggregateType: 'order',
        aggregateId: order.id,
        type: 'order.confirmed',
        payload: {
          order_id: order.id,
          order_number: order.orderNumber,
          total_amount: toMajor(order.total),
          currency: order.currency,
        },
        now,
      });
      return { ok: true, order: await reread(trx, order), notificationId };
    }),
  );
}

/** The same in a transaction of its own. */
export function confirmOrder(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  confirmation: Confirmation,
): Promise<ConfirmOutcome> {
  return deps.db.transaction((trx) => confirmOrderIn(trx, deps, confirmation));
}

export async function reread(trx: Transaction, order: Order): Promise<Order> {
  return (await findOrder(trx, order.businessId, order.id)) ?? order;
}
