import { paymentKind } from '../businesses/payment-methods';
import type { Totals } from '../cart/totals';
import { displayMoney } from '../lib/money';
import type { ReadOrder } from './read-order';
import type { Judgement, OrderFacts, OrderWarning } from './validate-order';

/** ORD-7: what a person has to look at, and what is only said. Nothing here refuses an order. */
export function judgeRisk(
  order: ReadOrder,
  facts: OrderFacts,
  totals: Totals,
): Pick<Judgement, 'warnings' | 'reviews'> {
  const { settings, currency } = facts.business;
  const warnings: OrderWarning[] = [];
  const reviews: Judgement['reviews'] = [];
  const isCod = order.paymentMethod !== null && paymentKind(order.paymentMethod) === 'cod';
  const isKnown = facts.user?.isTrusted || facts.user?.isVerified;
  if (isCod && totals.total > settings.cod_verification_above && !isKnown) {
    reviews.push('verification');
    const limit = displayMoney(settings.cod_verification_above, currency);
    warnings.push({
      code: 'VERIFICATION_REQUIRED',
      message: `Cash on delivery above ${limit} needs an ID check before it is confirmed.`,
    });
  }
  if (totals.total > settings.special_approval_above) {
    reviews.push('special_approval');
    const limit = displayMoney(settings.special_approval_above, currency);
    warnings.push({
      code: 'SPECIAL_APPROVAL_REQUIRED',
      message: `Orders above ${limit} need a special approval.`,
    });
  }
  if (facts.pendingOrders >= settings.pending_orders_warning_from) {
    warnings.push({
      code: 'MANY_PENDING_ORDERS',
      message: `This customer has ${facts.pendingOrders} or more pending orders.`,
    });
  }
  return { warnings, reviews };
}
