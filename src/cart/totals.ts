import type { BusinessSettings } from '../businesses/settings';
import type { Minor } from '../lib/money';
import { shareOf } from './promo';

export interface Totals {
  subtotal: Minor;
  discount: Minor;
  shipping: Minor;
  tax: Minor;
  total: Minor;
}

export interface TotalsInput {
  lines: readonly { price: Minor; quantity: number }[];
  discount?: Minor;
  isFreeShipping?: boolean;
  /** Where it goes; null while nobody knows: then the default fee. */
  province: string | null;
  /** Fetched at the shop: nothing is shipped. */
  isPickUp?: boolean;
}

/** The only place where an order's amounts are worked out (G-9). Whole minor units throughout. */
export function totalsOf(settings: BusinessSettings, input: TotalsInput): Totals {
  const subtotal = input.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  const discount = Math.min(input.discount ?? 0, subtotal);
  const isFree = input.isPickUp || input.isFreeShipping || input.lines.length === 0;
  const shipping = isFree ? 0 : shippingFee(settings, input.province, subtotal - discount);
  const tax = settings.tax.included
    ? 0
    : shareOf(subtotal - discount, Math.round(settings.tax.rate * 10_000));
  return { subtotal, discount, shipping, tax, total: subtotal - discount + shipping + tax };
}

/** The fee of the first zone that names the province, else the default one (CRT-3). */
export function shippingFee(
  settings: BusinessSettings,
  province: string | null,
  goods: Minor,
): Minor {
  if (settings.free_shipping_from !== null && goods >= settings.free_shipping_from) return 0;
  const wanted = province === null ? null : plain(province);
  const zone = settings.shipping_zones.find((one) =>
    one.provinces.some((name) => plain(name) === wanted),
  );
  return zone?.fee ?? settings.default_shipping_fee;
}

/** "Parañaque " and "paranaque" are one place. */
const plain = (name: string): string =>
  name.normalize('NFKD').replace(/\p{M}/gu, '').replace(/\s+/g, ' ').trim().toLowerCase();
