import type { BusinessSettings } from '../businesses/settings';
import type { Minor } from '../lib/money';
import { shareOf } from './promo';
import { shippingFee, weightOf } from './shipping-fee';

export interface Totals {
  subtotal: Minor;
  discount: Minor;
  shipping: Minor;
  tax: Minor;
  total: Minor;
}

export interface TotalsInput {
  /** Weights of one piece; null where nobody has entered one. */
  lines: readonly { price: Minor; quantity: number; weightGrams: number | null }[];
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
  const weightGrams = weightOf(settings, input.lines);
  const shipping = isFree
    ? 0
    : shippingFee(settings, { province: input.province, goods: subtotal - discount, weightGrams });
  const tax = settings.tax.included
    ? 0
    : shareOf(subtotal - discount, Math.round(settings.tax.rate * 10_000));
  return { subtotal, discount, shipping, tax, total: subtotal - discount + shipping + tax };
}
