import type { CoreDeps } from '../../db/core-deps';
import { AppError } from '../../lib/errors';
import { toMajor } from '../../lib/money';
import { orderStats, rate, type StatsFigures } from '../../orders/order-stats';
import { z } from 'zod';
import { businessFor } from '../change';
import { refusal } from '../errors';
import { iso, rangeOf, rangeQuery } from '../fields';
import type { Resource } from '../resource';
import { statsSchema } from './order-schema';

const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_DAYS = 30;
/** A year and some; longer times are for a report, not for a request. */
const MAX_DAYS = 400;

/** `GET /api/orders/stats/:businessId` (API-1). */
export function addOrderStats(api: Resource, { db, clock }: Pick<CoreDeps, 'db' | 'clock'>): void {
  api.get(
    '/stats/:businessId',
    {
      summary: 'Figures of a shop for a time, by channel and by day',
      description: `Without from and to: the last ${DEFAULT_DAYS} days. At most ${MAX_DAYS} days.`,
      params: { businessId: 'The id of your business' },
      query: z.object(rangeQuery),
      answer: statsSchema,
      problems: { 404: ['BUSINESS_NOT_FOUND'] },
    },
    async ({ who, query, params: { businessId } }) => {
      if (businessId !== String(who.businessId)) {
        throw new AppError('BUSINESS_NOT_FOUND', 404, 'There is no such business.');
      }
      const business = await businessFor(db, who);
      const given = rangeOf(query, business.timezone);
      // What happens in this millisecond belongs to it.
      const to = given.to ?? new Date(clock.now().getTime() + 1);
      const from = given.from ?? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS);
      checkRange(from, to);
      const stats = await orderStats(db, business, { from, to });
      const { total, conversations } = stats;
      return {
        business_id: business.id,
        currency: business.currency,
        from: iso(from),
        to: iso(to),
        total_orders: total.placed,
        ...present(total),
        conversations: conversations.active,
        conversion_rate: rate(conversations.converted, conversations.active),
        confirmation_rate: stats.confirmationRate,
        refunded_amount: toMajor(total.refundedAmount),
        refund_rate: stats.refundRate,
        // Nothing can be returned or rated yet.
        return_rate: 0,
        satisfaction: null,
        by_channel: stats.byChannel.map((one) => ({ channel: one.channel, ...present(one) })),
        by_day: stats.byDay.map((one) => ({ day: one.day, ...present(one) })),
      };
    },
  );
}

function checkRange(from: Date, to: Date): void {
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  if (days > 0 && days <= MAX_DAYS) return;
  const message = days > 0 ? `must be at most ${MAX_DAYS} days after from` : 'must be after from';
  throw refusal(400, {
    code: 'VALIDATION_FAILED',
    message: 'The request has mistakes; each is listed.',
    problems: [{ field: 'to', message, code: 'INVALID' }],
  });
}

const present = (figures: StatsFigures) => ({
  orders: figures.placed,
  sold_orders: figures.sold,
  cancelled_orders: figures.cancelled,
  revenue: toMajor(figures.revenue),
  average_order_value: toMajor(figures.averageOrder),
});
