import { paymentKind } from '../businesses/payment-methods';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { approveOrderIn, rejectOrderIn, type ApproveOutcome } from './approve-order';
import type { CancelOutcome } from './cancel-order';
import { confirmOrderIn, type ConfirmOutcome } from './confirm-order';
import type { Order } from './order';
import { findOrder } from './order-store';
import { findReview, type ReviewRecord } from './review-queue-store';
import { decideReviews } from './review-store';

export interface ReviewDecision {
  businessId: number;
  reviewId: number;
  isApproved: boolean;
  actor: string;
  note?: string | null;
}

type Refused = Extract<ApproveOutcome | CancelOutcome | ConfirmOutcome, { ok: false }>;
export type DecisionOutcome =
  | { ok: true; review: ReviewRecord; order: Order }
  | { ok: false; code: 'REVIEW_NOT_FOUND'; message: string }
  | Refused;

/**
 * Decides a review by its id, and with it what else waits for a decision about the order (ORD-7). A prepaid order that is paid
 * already is confirmed by its approval; a rejected one is cancelled.
 */
export async function decideReviewIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { businessId, reviewId, isApproved, actor, note }: ReviewDecision,
): Promise<DecisionOutcome> {
  const review = await findReview(trx, businessId, reviewId);
  if (!review) return { ok: false, code: 'REVIEW_NOT_FOUND', message: 'There is no such review.' };
  const order = await findOrder(trx, businessId, review.orderId, { lock: true });
  const current = await findReview(trx, businessId, reviewId);
  if (!order || current?.status !== 'open') {
    const message = `This review was ${current?.status ?? 'decided'} already.`;
    return { ok: false, code: 'NOTHING_TO_REVIEW', message };
  }
  const decision = { businessId, order: order.id, actor, note };
  const outcome = isApproved
    ? await approve(trx, deps, decision, order)
    : await reject(trx, deps, decision, order);
  if (!outcome.ok) return outcome;
  const decided = await findReview(trx, businessId, reviewId);
  return { ok: true, review: decided ?? current, order: outcome.order };
}

type Decided = { ok: true; order: Order } | Refused;
type Given = { businessId: number; order: number; actor: string; note?: string | null };

async function approve(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  decision: Given,
  order: Order,
): Promise<Decided> {
  const approved = await approveOrderIn(trx, deps, decision);
  if (!approved.ok) return approved;
  const isPaid = order.paymentStatus === 'paid' && paymentKind(order.paymentMethod) !== 'cod';
  if (!isPaid || order.orderStatus !== 'pending') return approved;
  const { businessId, actor, note } = decision;
  return confirmOrderIn(trx, deps, {
    businessId,
    order: order.id,
    actor,
    notes: note || 'paid and approved',
  });
}

async function reject(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  decision: Given,
  order: Order,
): Promise<Decided> {
  if (order.orderStatus !== 'cancelled') return rejectOrderIn(trx, deps, decision);
  // Nothing is left to cancel.
  const { actor: by, note = null } = decision;
  const now = deps.clock.now();
  await decideReviews(trx, { orderId: order.id, status: 'rejected', by, note, now });
  return { ok: true, order };
}
