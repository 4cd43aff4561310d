import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { insertEvent } from '../outbox/outbox-store';
import { markCodRefused } from './cod-refusal-store';
import { reread } from './confirm-order';
import type { Order } from './order';
import { findOrder } from './order-store';

export interface CodRefusal {
  businessId: number;
  /** Its id or its number. */
  order: number | string;
  actor: string;
  note?: string | null;
}

export type CodRefusalOutcome =
  | { ok: true; order: Order; isRepeat: boolean }
  | { ok: false; code: 'ORDER_NOT_FOUND' | 'NOT_REFUSABLE'; message: string };

/**
 * Notes that a cash-on-delivery parcel was refused at the door (ORD-8), inside the caller's transaction: its payment has failed, and the
 * customer's record counts it, once per order. What becomes of the parcel is the return's business, not this one's.
 */
export async function recordCodRefusalIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { businessId, order: ref, actor, note }: CodRefusal,
): Promise<CodRefusalOutcome> {
  const order = await findOrder(trx, businessId, ref, { lock: true });
  if (!order) return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  const now = deps.clock.now();
  const isOpen = order.paymentStatus === 'unpaid' || order.paymentStatus === 'failed';
  if (order.paymentMethod !== 'cod' || order.orderStatus !== 'shipped' || !isOpen) {
    const message =
      'Only a parcel that was shipped cash on delivery and not paid for can be refused.';
    return { ok: false, code: 'NOT_REFUSABLE', message };
  }
  const act = { actor, reason: note || 'refused at the door', orderId: order.id };
  const isFirst = await actingAs(trx, act, () => markCodRefused(trx, order, now));
  if (isFirst) {
    await insertEvent(trx, {
      businessId,
      aggregateType: 'order',
      aggregateId: order.id,
      type: 'order.cod_refused',
      payload: { order_id: order.id, order_number: order.orderNumber },
      now,
    });
  }
  return { ok: true, order: await reread(trx, order), isRepeat: !isFirst };
}

/** The same in a transaction of its own. */
export function recordCodRefusal(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  refusal: CodRefusal,
): Promise<CodRefusalOutcome> {
  return deps.db.transaction((trx) => recordCodRefusalIn(trx, deps, refusal));
}
