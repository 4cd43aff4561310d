import type { Business } from '../businesses/business-store';
import { paymentKind, paymentLabel, type PaymentMethod } from '../businesses/payment-methods';
import type { Transaction } from '../db/database';
import { displayMoney, toMajor } from '../lib/money';
import { insertNotification } from '../notifications/notification-store';
import { insertEvent } from '../outbox/outbox-store';
import { enqueue } from '../queue/queue-store';
import { itemsSummary, shortNumber } from './order';
import { insertMetrics, insertReview, rememberOrder } from './placement-store';
import type { ReadOrder } from './read-order';
import type { Judgement } from './validate-order';

export interface Placement {
  business: Business;
  orderId: number;
  orderNumber: string;
  read: ReadOrder;
  judgement: Judgement;
  conversationId: number | null;
  holdMinutes: number;
  validationMs: number;
  now: Date;
}

/** Everything beside the order itself that its placement leaves behind. Returns the customer's notification. */
export async function announceOrder(trx: Transaction, placement: Placement): Promise<number> {
  const { business, orderId, orderNumber, read, judgement, holdMinutes, now } = placement;
  const userId = read.userId as number;
  const method = read.paymentMethod as PaymentMethod;
  const total = displayMoney(judgement.totals.total, business.currency);
  const base = { businessId: business.id, orderId, scheduledAt: now };
  const notificationId = await insertNotification(trx, {
    ...base,
    recipientType: 'customer',
    userId,
    conversationId: placement.conversationId,
    template: 'order_received',
    payload: {
      order_number: orderNumber,
      total,
      method: paymentLabel(method),
      payment_kind: method === 'in_person' ? 'in_person' : paymentKind(method),
      minutes: holdMinutes,
      phone: read.address.phone,
    },
  });
  await insertNotification(trx, {
    ...base,
    recipientType: 'owner',
    template: 'owner_new_order',
    payload: {
      order_number: orderNumber,
      short_number: shortNumber(orderNumber),
      total,
      payment: paymentLabel(method),
      items: itemsSummary(
        judgement.lines.map((line) => ({ ...line.item, quantity: line.quantity })),
      ),
      recipient: read.address.recipientName,
      city: read.address.city,
    },
    priority: 3,
  });
  await enqueue(trx, { businessId: business.id, orderId, type: 'new_order', now });
  await insertEvent(trx, {
    businessId: business.id,
    aggregateType: 'order',
    aggregateId: orderId,
    type: 'order.created',
    payload: {
      order_id: orderId,
      order_number: orderNumber,
      total_amount: toMajor(judgement.totals.total),
      currency: business.currency,
    },
    now,
  });
  await insertMetrics(trx, {
    orderId,
    businessId: business.id,
    validationMs: placement.validationMs,
    now,
  });
  for (const kind of judgement.reviews) {
    const reasons = judgement.warnings.map((warning) => warning.message);
    await insertReview(trx, { businessId: business.id, orderId, kind, reasons, now });
  }
  await rememberOrder(trx, userId, read.address, now);
  return notificationId;
}
