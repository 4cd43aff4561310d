import { paymentKind } from '../businesses/payment-methods';
import type { Totals } from '../cart/totals';
import { displayMoney, type Minor } from '../lib/money';
import { explainCodLimit } from './cod-trust';
import type { Judgement, OrderFacts, OrderWarning } from './judgement';
import type { ReadOrder } from './read-order';
import {
  DEFAULT_REVIEW_FROM,
  isFast,
  reasonText,
  scoreRisk,
  type RiskFacts,
  type RiskScore,
} from './risk-score';

type Finding = Pick<Judgement, 'warnings' | 'reviews'>;

/** ORD-7, ORD-8: what a person has to look at, and what is only said. Nothing here refuses an order. */
export function judgeRisk(
  order: ReadOrder,
  facts: OrderFacts,
  totals: Totals,
): Pick<Judgement, 'warnings' | 'reviews' | 'riskScore'> {
  const found: Finding = { warnings: [], reviews: [] };
  judgeAmount(order, facts, totals, found);
  const pending = facts.pendingOrders;
  if (pending >= facts.business.settings.pending_orders_warning_from) {
    const message = `This customer has ${pending} or more pending orders.`;
    found.warnings.push({ code: 'MANY_PENDING_ORDERS', message });
  }
  // Trusted buyers are not scored: no facts were loaded for them.
  const { risk } = facts;
  if (!risk || facts.user?.isTrusted) return { ...found, riskScore: null };
  judgeCodLimit(order, facts, risk, totals, found);
  return { ...found, riskScore: judgeScore(order, facts, risk, totals, found).score };
}

function judgeAmount(order: ReadOrder, facts: OrderFacts, { total }: Totals, found: Finding): void {
  const { settings, currency } = facts.business;
  const isKnown = facts.user?.isTrusted || facts.user?.isVerified;
  const isAboveCod = isCod(order) && total > settings.cod_verification_above;
  if (isAboveCod && !isKnown) {
    const limit = displayMoney(settings.cod_verification_above, currency);
    const message = `Cash on delivery above ${limit} needs an ID check before it is confirmed.`;
    ask(found, 'verification', { code: 'VERIFICATION_REQUIRED', message });
  }
  const highValueFrom: Minor | null =
    settings.high_value_from ?? facts.risk?.defaults.highValueFrom ?? null;
  if (total > settings.special_approval_above) {
    const limit = displayMoney(settings.special_approval_above, currency);
    const message = `Orders above ${limit} need a special approval.`;
    ask(found, 'special_approval', { code: 'SPECIAL_APPROVAL_REQUIRED', message });
  } else if (
    highValueFrom !== null &&
    settings.high_value_from !== null &&
    total >= highValueFrom &&
    !facts.user?.isTrusted
  ) {
    const message = `Orders from ${displayMoney(highValueFrom, currency)} on are looked at by a person.`;
    ask(found, 'special_approval', { code: 'HIGH_VALUE_ORDER', message });
  }
}

/** The trust ladder (ORD-8). For customers without a record against them the ID check of ORD-7 is all that is asked. */
function judgeCodLimit(
  order: ReadOrder,
  facts: OrderFacts,
  risk: RiskFacts,
  { total }: Totals,
  found: Finding,
): void {
  if (order.paymentMethod !== 'cod') return;
  const { settings, currency } = facts.business;
  const isVerified = facts.user?.isVerified ?? false;
  const { limit, explanation } = explainCodLimit({ ...risk, isVerified }, settings, currency);
  if (total <= limit) return;
  if (found.reviews.includes('verification') && limit >= settings.cod_verification_above) return;
  ask(found, 'cod_limit', { code: 'COD_LIMIT_EXCEEDED', message: explanation });
}

function judgeScore(
  order: ReadOrder,
  facts: OrderFacts,
  risk: RiskFacts,
  { total }: Totals,
  found: Finding,
): RiskScore {
  const { settings, currency } = facts.business;
  const input = {
    ...risk,
    codAmount: isCod(order) ? total : 0,
    largestQuantity: Math.max(0, ...order.items.map((item) => item.quantity ?? 0)),
    pendingOrders: facts.pendingOrders,
  };
  const scored = scoreRisk(input, settings, currency);
  const fast = scored.reasons.filter((reason) => isFast([reason]));
  if (fast.length > 0) {
    const message = `Many orders in a short time: ${fast.map((reason) => reason.detail).join(', ')}.`;
    found.warnings.push({ code: 'HIGH_VELOCITY', message });
  }
  const reviewFrom = settings.fraud.review_from ?? risk.defaults.reviewFrom ?? DEFAULT_REVIEW_FROM;
  if (scored.score >= reviewFrom) {
    const reasons = scored.reasons.map(reasonText).join(', ');
    const message = `The risk score is ${scored.score} of 100, and from ${reviewFrom} on a person looks: ${reasons}.`;
    ask(found, 'fraud', { code: 'FRAUD_REVIEW_REQUIRED', message });
  }
  return scored;
}

function ask(found: Finding, kind: Judgement['reviews'][number], warning: OrderWarning): void {
  found.reviews.push(kind);
  found.warnings.push(warning);
}

const isCod = ({ paymentMethod }: ReadOrder): boolean =>
  paymentMethod !== null && paymentKind(paymentMethod) === 'cod';
