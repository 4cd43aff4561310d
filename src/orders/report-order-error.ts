import type { Transaction } from '../db/database';
import { insertNotification } from '../notifications/notification-store';
import { enqueue, type QueueItem, type QueueType } from '../queue/queue-store';
import { countOrderError, recordOrderError } from './placement-store';
import { noteNextAttempt } from './queue-work-store';

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

/** What an error of each queue's work is. */
const ERROR_TYPES: Record<QueueType, OrderErrorReport['type']> = {
  new_order: 'system',
  payment: 'payment',
  fulfillment: 'shipping',
  notification: 'system',
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
  const priority = report.severity === 'critical' ? 1 : 2;
  await tellOwner(trx, {
    businessId,
    orderId,
    errorId,
    code: report.code,
    orderNumber,
    priority,
    now,
  });
  return errorId;
}

/**
 * An item of the queue has failed for the last time: the error that it was to put right is a person's now, or a new one says so.
 * The owner is told (ORD-11).
 */
export async function reportSetAside(
  trx: Transaction,
  given: { item: QueueItem; error: string; errorId: number | null; now: Date },
): Promise<void> {
  const { item, error, now } = given;
  const { businessId, orderId } = item;
  const code = 'QUEUE_ITEM_FAILED';
  const message = `Work of the queue (${item.type}) was given up after ${item.attempts} attempts: ${error}`;
  const orderNumber = await countOrderError(trx, orderId, message);
  if (given.errorId !== null) await noteNextAttempt(trx, given.errorId, null);
  const errorId =
    given.errorId ??
    (await recordOrderError(trx, {
      businessId,
      orderId: orderNumber === null ? null : orderId,
      type: ERROR_TYPES[item.type],
      severity: 'high',
      code,
      message,
      isRetryable: true,
      now,
    }));
  await tellOwner(trx, { businessId, orderId, errorId, code, orderNumber, priority: 2, now });
}

async function tellOwner(
  trx: Transaction,
  told: {
    businessId: number;
    orderId: number | null;
    errorId: number;
    code: string;
    orderNumber: string | null;
    priority: number;
    now: Date;
  },
): Promise<void> {
  await insertNotification(trx, {
    businessId: told.businessId,
    orderId: told.orderId,
    recipientType: 'owner',
    template: 'owner_order_error',
    payload: {
      error_id: told.errorId,
      code: told.code,
      has_order: told.orderNumber === null ? 'no' : 'yes',
      order_number: told.orderNumber ?? '',
    },
    priority: told.priority,
    scheduledAt: told.now,
  });
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
