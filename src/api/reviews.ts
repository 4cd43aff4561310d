import { z } from 'zod';
import type { CoreDeps } from '../db/core-deps';
import { toMajor } from '../lib/money';
import { decideReviewIn } from '../orders/decide-review';
import { ORDER_STATUSES } from '../orders/order-states';
import {
  findReview,
  listReviews,
  REVIEW_KINDS,
  REVIEW_STATUSES,
  type ReviewRecord,
} from '../orders/review-queue-store';
import { change } from './change';
import { refusal } from './errors';
import { idCursor, iso, isoOrNull, listOf, out, pageOf, pageQuery } from './fields';
import { idIn, missing, resource, type Resource } from './resource';

const reviewSchema = z
  .object({
    id: out.id,
    order_id: out.id,
    order_number: out.text,
    order_status: out.text,
    total_amount: out.amount,
    currency: out.text,
    user_id: out.id,
    recipient_name: out.text,
    kind: out.text.describe(REVIEW_KINDS.join(', ')),
    reasons: z.array(out.text),
    status: z.enum(REVIEW_STATUSES),
    decided_by: out.text.nullable(),
    decided_at: out.instant.nullable(),
    note: out.text.nullable(),
    created_at: out.instant,
  })
  .meta({ id: 'Review' });

const decision = z.object({ note: z.string().trim().max(500).nullish() });
const notFound = missing('review');

/** `/api/reviews`: orders that need a person's decision (ORD-7). */
export function reviewsApi(deps: Pick<CoreDeps, 'db' | 'clock'>): Resource {
  const { db } = deps;
  const api = resource('/api/reviews', 'Reviews');

  api.get(
    '/',
    {
      summary: 'List reviews, those that wait longest first; the open ones unless asked otherwise',
      query: z.object({
        status: z.enum([...REVIEW_STATUSES, 'all']).default('open'),
        kind: z.enum(REVIEW_KINDS).optional(),
        ...pageQuery,
      }),
      answer: listOf(reviewSchema),
    },
    async ({ who, query }) => {
      const rows = await listReviews(db, {
        businessId: who.businessId,
        status: query.status === 'all' ? undefined : query.status,
        kind: query.kind,
        afterId: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      return pageOf(rows, query.limit, (row) => row.id, present);
    },
  );

  api.get(
    '/:id',
    { summary: 'A review', answer: reviewSchema, problems: { 404: ['REVIEW_NOT_FOUND'] } },
    async (call) => {
      const review = await findReview(db, call.who.businessId, idIn(call, notFound));
      if (!review) throw notFound();
      return present(review);
    },
  );

  for (const [path, isApproved] of [
    ['/:id/approve', true],
    ['/:id/reject', false],
  ] as const) {
    api.post(
      path,
      {
        summary: isApproved
          ? 'Approve: the order can be confirmed, and is if it is paid'
          : 'Reject: the order is cancelled',
        role: 'manager',
        body: decision,
        isBodyOptional: true,
        answer: z.object({
          success: z.literal(true),
          review: reviewSchema,
          order_id: out.id,
          order_number: out.text,
          order_status: z.enum(ORDER_STATUSES),
        }),
        problems: {
          404: ['REVIEW_NOT_FOUND'],
          409: ['NOTHING_TO_REVIEW', 'INVALID_TRANSITION', 'INSUFFICIENT_STOCK'],
        },
      },
      (call) =>
        change(db, call.who, `review.${isApproved ? 'approve' : 'reject'}`, async (trx) => {
          const outcome = await decideReviewIn(trx, deps, {
            businessId: call.who.businessId,
            reviewId: idIn(call, notFound),
            isApproved,
            actor: call.who.actor,
            note: call.body.note,
          });
          if (!outcome.ok) {
            throw refusal(outcome.code.endsWith('_NOT_FOUND') ? 404 : 409, outcome);
          }
          const { review, order } = outcome;
          return {
            subject: `order ${order.id}`,
            detail: { review: review.id },
            result: {
              success: true as const,
              review: present(review),
              order_id: order.id,
              order_number: order.orderNumber,
              order_status: order.orderStatus,
            },
          };
        }),
    );
  }

  return api;
}

const present = (review: ReviewRecord): z.input<typeof reviewSchema> => ({
  id: review.id,
  order_id: review.orderId,
  order_number: review.orderNumber,
  order_status: review.orderStatus,
  total_amount: toMajor(review.total),
  currency: review.currency,
  user_id: review.userId,
  recipient_name: review.recipientName,
  kind: review.kind,
  reasons: review.reasons,
  status: review.status,
  decided_by: review.decidedBy,
  decided_at: isoOrNull(review.decidedAt),
  note: review.note,
  created_at: iso(review.createdAt),
});
