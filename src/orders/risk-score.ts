import type { BusinessSettings } from '../businesses/settings';
import { displayMoney, type Minor } from '../lib/money';

/** What earlier orders say about the one to be placed; loaded by loadRiskFacts. */
export interface RiskFacts {
  deliveredOrders: number;
  refusedCod: number;
  /** Orders before this one in the last hour and the last day. */
  customer: Recent;
  phone: Recent;
  /** Null when no address is known, as in a chat. */
  ip: Recent | null;
  /** Other customers who gave this phone within 30 days. */
  phoneCustomers: number;
  /** From these on a person looks, where the business says nothing of its own. */
  defaults: RiskDefaults;
}
export interface Recent {
  lastHour: number;
  lastDay: number;
}
export interface RiskDefaults {
  reviewFrom?: number | undefined;
  highValueFrom?: Minor | undefined;
}

/** The facts and what is known of the order itself. */
export interface RiskInput extends RiskFacts {
  /** What is to be paid at the door; 0 when it is paid otherwise. */
  codAmount: Minor;
  largestQuantity: number;
  pendingOrders: number;
}

export type RiskName = keyof BusinessSettings['fraud']['weights'];
export interface RiskReason {
  name: RiskName;
  points: number;
  detail: string;
}
export interface RiskScore {
  /** 0 to 100 */
  score: number;
  reasons: RiskReason[];
}

export const MAX_SCORE = 100;
/** The score of a review where neither the business nor the deployment names one. */
export const DEFAULT_REVIEW_FROM = 75;

/**
 * Scores an order (ORD-7). Pure; more of anything that speaks against it never lowers the score, and each reason that adds
 * something is named.
 */
export function scoreRisk(
  input: RiskInput,
  settings: Pick<
    BusinessSettings,
    'fraud' | 'cod_verification_above' | 'pending_orders_warning_from'
  >,
  currency: string,
): RiskScore {
  const { fraud } = settings;
  const { velocity, weights } = fraud;
  const threshold = settings.cod_verification_above;
  const refused = input.refusedCod;
  const shares: Record<RiskName, [share: number, detail: string]> = {
    new_customer: [
      input.deliveredOrders === 0 ? 1 : 0,
      'nothing was delivered to this customer yet',
    ],
    cod_amount: [
      input.codAmount <= 0 ? 0 : threshold <= 0 ? 1 : input.codAmount / threshold,
      `${displayMoney(input.codAmount, currency)} to be paid at the door`,
    ],
    customer_velocity: speed(
      input.customer,
      velocity.customer_per_hour,
      velocity.customer_per_day,
      'by this customer',
    ),
    phone_velocity: speed(
      input.phone,
      velocity.phone_per_hour,
      velocity.phone_per_day,
      'with this phone',
    ),
    ip_velocity: speed(
      input.ip ?? NONE,
      velocity.ip_per_hour,
      velocity.ip_per_day,
      'from this IP address',
    ),
    refused_cod: [
      rise(refused, 1),
      `${refused} ${refused === 1 ? 'parcel was' : 'parcels were'} refused at the door`,
    ],
    shared_phone: [
      rise(input.phoneCustomers, fraud.shared_phone_from),
      `${input.phoneCustomers} other customers gave this phone in the last 30 days`,
    ],
    pending_orders: [
      rise(input.pendingOrders, settings.pending_orders_warning_from),
      `${input.pendingOrders} or more orders are pending`,
    ],
    unusual_quantity: [
      rise(input.largestQuantity, fraud.unusual_quantity_from),
      `${input.largestQuantity} pieces of one item`,
    ],
  };
  const reasons = (Object.keys(shares) as RiskName[]).flatMap((name): RiskReason[] => {
    const [share, detail] = shares[name];
    const points = Math.floor(weights[name] * Math.min(1, share));
    return points > 0 ? [{ name, points, detail }] : [];
  });
  const sum = reasons.reduce((total, reason) => total + reason.points, 0);
  return { score: Math.min(MAX_SCORE, sum), reasons };
}

export const isFast = (reasons: readonly RiskReason[]): boolean =>
  reasons.some((reason) => reason.name.endsWith('_velocity'));

/** "customer_velocity 15 (12 orders by this customer in the last hour)" */
export const reasonText = ({ name, points, detail }: RiskReason): string =>
  `${name} ${points} (${detail})`;

const NONE: Recent = { lastHour: 0, lastDay: 0 };

/** Nothing below `from`, half of the points there, all of them at twice as many. */
const rise = (count: number, from: number): number => (count < from ? 0 : count / (2 * from));

function speed(recent: Recent, perHour: number, perDay: number, whose: string): [number, string] {
  const byHour = rise(recent.lastHour, perHour);
  const byDay = rise(recent.lastDay, perDay);
  return byHour >= byDay
    ? [byHour, `${recent.lastHour} orders ${whose} in the last hour`]
    : [byDay, `${recent.lastDay} orders ${whose} in the last day`];
}
