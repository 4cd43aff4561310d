import type { Queryable } from '../db/database';
import type { Minor } from '../lib/money';
import { ORDER_SOURCES, type OrderSource } from './order';
import { localDay } from './order-numbers';
import { countConversations, sumOrders, type OrderSums } from './stats-store';

export interface StatsFigures {
  placed: number;
  sold: number;
  cancelled: number;
  /** Of what was sold, less what was given back. */
  revenue: Minor;
  averageOrder: Minor;
}

export interface OrderStats {
  total: StatsFigures & { refundedAmount: Minor; refundedOrders: number };
  /** Of the orders placed, how many were sold. */
  confirmationRate: number;
  /** Of the orders for which money came in, how many were refunded, whole or in part. */
  refundRate: number;
  conversations: { active: number; converted: number };
  byChannel: ({ channel: OrderSource } & StatsFigures)[];
  byDay: ({ day: string } & StatsFigures)[];
}

/** The figures of a shop for a time, by channel and by day of the shop's own time zone (API-1). */
export async function orderStats(
  q: Queryable,
  business: { id: number; timezone: string },
  range: { from: Date; to: Date },
): Promise<OrderStats> {
  const bounds = { businessId: business.id, ...range };
  const sums = await sumOrders(q, bounds);
  const total = figuresOf(sums);
  const refundedOrders = add(sums, (one) => one.refundedOrders);
  const days = groupBy(sums, (one) => localDay(one.at, business.timezone));
  const channels = groupBy(sums, (one) => one.source);
  return {
    total: { ...total, refundedOrders, refundedAmount: add(sums, (one) => one.refundedAmount) },
    confirmationRate: rate(total.sold, total.placed),
    refundRate: rate(
      refundedOrders,
      add(sums, (one) => one.paidOrders),
    ),
    conversations: await countConversations(q, bounds),
    byChannel: ORDER_SOURCES.flatMap((channel) => {
      const own = channels.get(channel);
      return own ? [{ channel, ...figuresOf(own) }] : [];
    }),
    byDay: [...days]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, own]) => ({ day, ...figuresOf(own) })),
  };
}

function figuresOf(sums: readonly OrderSums[]): StatsFigures {
  const sold = add(sums, (one) => one.sold);
  const soldAmount = add(sums, (one) => one.soldAmount);
  return {
    placed: add(sums, (one) => one.placed),
    sold,
    cancelled: add(sums, (one) => one.cancelled),
    revenue: soldAmount - add(sums, (one) => one.soldRefunded),
    averageOrder: sold === 0 ? 0 : Math.round(soldAmount / sold),
  };
}

function groupBy(
  sums: readonly OrderSums[],
  keyOf: (one: OrderSums) => string,
): Map<string, OrderSums[]> {
  const groups = new Map<string, OrderSums[]>();
  for (const one of sums) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

const add = (sums: readonly OrderSums[], figure: (one: OrderSums) => number): number =>
  sums.reduce((total, one) => total + figure(one), 0);

/** A share with four decimals. */
export const rate = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
