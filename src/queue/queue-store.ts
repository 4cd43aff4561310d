import type { Transaction } from '../db/database';

export const QUEUE_TYPES = ['new_order', 'payment', 'fulfillment', 'notification'] as const;
export type QueueType = (typeof QUEUE_TYPES)[number];

/** Puts work for an order into the queue (QUE-1). */
export async function enqueue(
  trx: Transaction,
  item: {
    businessId: number;
    orderId: number;
    type: QueueType;
    payload?: Record<string, unknown>;
    priority?: number;
    now: Date;
  },
): Promise<void> {
  await trx.execute(
    `INSERT INTO order_processing_queue (business_id, order_id, queue_type, priority, payload, available_at, created_at)
     VALUES (:businessId, :orderId, :type, :priority, :payload, :now, :now)`,
    {
      businessId: item.businessId,
      orderId: item.orderId,
      type: item.type,
      priority: item.priority ?? 5,
      payload: item.payload ? JSON.stringify(item.payload) : null,
      now: item.now,
    },
  );
}
