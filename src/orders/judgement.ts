import type { Business } from '../businesses/business-store';
import type { Promo } from '../cart/promo';
import type { Totals } from '../cart/totals';
import type { Orderable } from '../catalog/orderable-store';
import type { Minor } from '../lib/money';
import type { OrderProblem } from './order-errors';
import type { RiskFacts } from './risk-score';

/** What the database knows about an order that is to be placed; loaded in one go, judged here. */
export interface OrderFacts {
  business: Business;
  now: Date;
  user: { status: string; isTrusted: boolean; isVerified: boolean } | null;
  orderables: ReadonlyMap<string, Orderable>;
  promo: Promo | null;
  promoUses: number;
  pendingOrders: number;
  /** The number of an order of the same content within the duplicate window. */
  duplicateOf: string | null;
  /** What loadRiskFacts found; null for trusted buyers. */
  risk: RiskFacts | null;
}

export interface PricedLine {
  item: Orderable;
  quantity: number;
  lineTotal: Minor;
}

export interface OrderWarning {
  code:
    | 'VERIFICATION_REQUIRED'
    | 'SPECIAL_APPROVAL_REQUIRED'
    | 'HIGH_VALUE_ORDER'
    | 'MANY_PENDING_ORDERS'
    | 'COD_LIMIT_EXCEEDED'
    | 'HIGH_VELOCITY'
    | 'FRAUD_REVIEW_REQUIRED';
  message: string;
}

export interface Judgement {
  problems: OrderProblem[];
  warnings: OrderWarning[];
  lines: PricedLine[];
  totals: Totals;
  promo: Promo | null;
  /** Reviews that a person has to decide before the order can be confirmed (ORD-7); the warnings are their reasons. */
  reviews: ('verification' | 'special_approval' | 'cod_limit' | 'fraud')[];
  /** 0 to 100; null when it was not scored. */
  riskScore: number | null;
}
