import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { cancelOrderIn, type CancelOutcome } from './cancel-order';
import { reread } from './confirm-order';
import type { Order } from './order';
import { findOrder, updateOrder } from './order-store';
import { decideReviews } from './review-store';

export interface Decision {
  businessId: number;
  order: number | string;
  actor: string;
  note?: string | null;
}

export type ApproveOutcome =
  | { ok: true; order: Order }
  | { ok: false; code: 'ORDER_NOT_FOUND' | 'NOTHING_TO_REVIEW'; message: string };

/** Approves whatever a person had to look at in an order (ORD-7); it can be confirmed then. Inside the caller's transaction. */
export async function approveOrderIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { businessId, order: ref, actor, note }: Decision,
): Promise<ApproveOutcome> {
  const order = await findOrder(trx, businessId, ref, { lock: true });
  if (!order) return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  const now = deps.clock.now();
  const decided = await decideReviews(trx, {
    orderId: order.id,
    status: 'approved',
    by: actor,
    note: note ?? null,
    now,
  });
  if (decided === 0)
    return {
      ok: false,
      code: 'NOTHING_TO_REVIEW',
      message: 'Nothing in this order waits for a review.',
    };
  await updateOrder(trx, order.id, { verifiedAt: now, verifiedBy: actor.slice(0, 120) });
  return { ok: true, order: await reread(trx, order) };
}

/** Rejects it: the order is cancelled. */
export function rejectOrderIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { businessId, order, actor, note }: Decision,
): Promise<CancelOutcome> {
  return cancelOrderIn(trx, deps, { businessId, order, actor, reason: note || 'not approved' });
}
