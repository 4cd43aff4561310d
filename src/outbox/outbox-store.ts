import type { Transaction } from '../db/database';

export interface NewEvent {
  businessId: number;
  aggregateType: 'order' | 'product' | 'payment' | 'invoice';
  aggregateId: number;
  /** "order.created" */
  type: string;
  payload: Record<string, unknown>;
  now: Date;
}

/** Writes down what happened, in the transaction in which it happens (QUE-2); it is relayed afterwards. */
export async function insertEvent(trx: Transaction, event: NewEvent): Promise<void> {
  await trx.execute(
    `INSERT INTO outbox_events (business_id, aggregate_type, aggregate_id, event_type, payload, available_at, created_at)
     VALUES (:businessId, :aggregateType, :aggregateId, :type, :payload, :now, :now)`,
    { ...event, payload: JSON.stringify(event.payload) },
  );
}
