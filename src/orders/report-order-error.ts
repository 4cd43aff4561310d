import type { Transaction } from '../db/database';
import { insertNotification } from '../notifications/notification-store';
import { enqueue, type QueueType } from '../queue/queue-store';
import { countOrderError, recordOrderError } from './placement-store';

export type OrderErrorReport = Parameters<typeof recordOrderError>[1] & {
  /** The owner hears of it in better words from elsewhere. */
  isTold?: boolean;
};

/** Who does the work of an order again: the queue of its kind (QUE-1). */
const QUEUES: Record<OrderErrorReport['type'], QueueType> = {
  validation: 'new_order',
  inventory: 'new_order',
  system: 'new_order',
  payment: 'payment',
  shipping: 'fulfillment',
  external_api: 'new_order',
};

/**
 * Writes down what went wrong with an order and sees to it that something follows (ORD-11): what can be tried again goes to the
 * queue, what cannot and matters is told to the owner. Returns the error's id.
 */
export async function reportOrderError(
  trx: Transaction,
  report: OrderErrorReport,
): Promise<number> {
  const { businessId, orderId = null, now } = report;
  const errorId = await recordOrderError(trx, report);
  const orderNumber = orderId === null ? null : await countOrderError(trx, orderId, report.message);
  if (report.isRetryable) {
    if (orderId !== null)
      await queueRetry(trx, { businessId, orderId, errorId, type: report.type, now });
    return errorId;
  }
  if (report.isTold || (report.severity !== 'high' && report.severity !== 'critical'))
    return errorId;
  await insertNotification(trx, {
    businessId,
    orderId,
    recipientType: 'owner',
    template: 'owner_order_error',
    payload: {
      error_id: errorId,
      code: report.code,
      has_order: orderNumber === null ? 'no' : 'yes',
      order_number: orderNumber ?? '',
    },
    priority: report.severity === 'critical' ? 1 : 2,
    scheduledAt: now,
  });
  return errorId;
}

/** Puts the work that failed into the queue again, named as a retry. */
export function queueRetry(
  trx: Transaction,
  given: {
    businessId: number;
    orderId: number;
    errorId: number;
    type: OrderErrorReport['type'];
    now: Date;
  },
): Promise<void> {
  const { businessId, orderId, errorId, now } = given;
  const payload = { action: 'retry', error_id: errorId };
  return enqueue(trx, { businessId, orderId, type: QUEUES[given.type], payload, priority: 3, now });
}
