import type { BusinessSettings } from '../businesses/settings';
import { displayMoney, type Minor } from '../lib/money';

export interface CodRecord {
  deliveredOrders: number;
  refusedCod: number;
  isVerified: boolean;
}
export interface CodLimit {
  level: number;
  /** What the customer may order by cash on delivery without a person looking. */
  limit: Minor;
  /** Where it comes from, in words, for the people of the shop. */
  explanation: string;
}

/** The trust ladder of ORD-8: deliveries and an ID check lead up, parcels refused at the door lead down. Pure. */
export function explainCodLimit(
  customer: CodRecord,
  { cod_trust: ladder }: Pick<BusinessSettings, 'cod_trust'>,
  currency: string,
): CodLimit {
  const top = ladder.limits.length - 1;
  const start = Math.min(ladder.start_level, top);
  const earned = ladder.raise_at.filter((orders) => customer.deliveredOrders >= orders).length;
  const verified = customer.isVerified ? 1 : 0;
  const level = Math.max(0, Math.min(top, start + earned + verified - customer.refusedCod));
  const limit = ladder.limits[level] ?? 0;
  const steps = [
    `everybody starts at level ${start}`,
    `${count(customer.deliveredOrders, 'delivered order')} ${earned > 0 ? `+${earned}` : 'no change'}`,
    ...(verified ? ['ID checked +1'] : []),
    ...(customer.refusedCod > 0
      ? [`${count(customer.refusedCod, 'refused parcel')} -${customer.refusedCod}`]
      : []),
  ];
  const explanation = `Cash on delivery up to ${displayMoney(limit, currency)} (level ${level} of ${top}): ${steps.join(', ')}.`;
  return { level, limit, explanation };
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
