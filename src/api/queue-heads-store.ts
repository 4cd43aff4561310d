import type { Queryable } from '../db/database';
import { NORMAL_PRIORITY } from '../queue/queue-store';

export const QUEUES = ['inbox', 'orders', 'outgoing', 'notifications'] as const;
export type QueueName = (typeof QUEUES)[number];

/**
 * The first entries of the indexes by which work is handed out, so that a long queue costs no more than a short one. Only what waits
 * for later at a higher priority is passed over one by one, as by those who claim.
 */
const HEADS = `SELECT
    (SELECT next_attempt_at FROM inbox_messages FORCE INDEX (inbox_messages_due_idx)
     WHERE state = 'pending' AND next_attempt_at <= :now ORDER BY next_attempt_at LIMIT 1) AS inbox,
    (SELECT next_attempt_at FROM outgoing_messages FORCE INDEX (outgoing_messages_due_idx)
     WHERE state = 'queued' AND next_attempt_at <= :now ORDER BY next_attempt_at LIMIT 1) AS outgoing,
    (SELECT scheduled_at FROM notification_queue FORCE INDEX (notification_queue_due_idx)
     WHERE status = 'pending' AND scheduled_at <= :now ORDER BY priority, scheduled_at, id LIMIT 1) AS notifications,
    (SELECT available_at FROM order_processing_queue FORCE INDEX (order_processing_queue_claim_idx)
     WHERE queue_type = 'new_order' AND status = 'pending' AND available_at <= :now
     ORDER BY priority, available_at, id LIMIT 1) AS new_order,
    (SELECT available_at FROM order_processing_queue FORCE INDEX (order_processing_queue_claim_idx)
     WHERE queue_type = 'payment' AND status = 'pending' AND available_at <= :now
     ORDER BY priority, available_at, id LIMIT 1) AS payment,
    (SELECT available_at FROM order_processing_queue FORCE INDEX (order_processing_queue_claim_idx)
     WHERE queue_type = 'fulfillment' AND status = 'pending' AND priority < :peoples AND available_at <= :now
     ORDER BY priority, available_at, id LIMIT 1) AS fulfillment,
    (SELECT locked_until FROM order_processing_queue FORCE INDEX (order_processing_queue_lease_idx)
     WHERE status = 'processing' AND locked_until <= :now ORDER BY locked_until LIMIT 1) AS lapsed`;

type Row = Record<
  'inbox' | 'outgoing' | 'notifications' | 'new_order' | 'payment' | 'fulfillment' | 'lapsed',
  Date | null
>;

/**
 * Since when that has been due which each queue hands out next; null where nothing is due. What people do (packing) is no work of
 * these queues. Throws when a table cannot be read.
 */
export async function queueHeads(q: Queryable, now: Date): Promise<Record<QueueName, Date | null>> {
  const [row] = await q.query<Row>(HEADS, { now, peoples: NORMAL_PRIORITY });
  if (!row) throw new Error('a SELECT without a table has no row');
  const { inbox, outgoing, notifications, ...orders } = row;
  return { inbox, outgoing, notifications, orders: earliest(Object.values(orders)) };
}

function earliest(dates: readonly (Date | null)[]): Date | null {
  const times = dates.flatMap((at) => at?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.min(...times));
}
