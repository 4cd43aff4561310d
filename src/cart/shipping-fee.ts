import type { BusinessSettings } from '../businesses/settings';
import type { ShippingZone } from '../businesses/shipping-zone';
import type { Minor } from '../lib/money';

const GRAMS_PER_KG = 1_000;

/** What is shipped. */
export interface Parcel {
  /** Where it goes; null while nobody knows: then the default fee. */
  province: string | null;
  /** What the goods cost, after the discount. */
  goods: Minor;
  weightGrams: number;
}

/** The fee of the first zone that names the province, flat or by weight, else the default one (CRT-3). Pure. */
export function shippingFee(settings: BusinessSettings, parcel: Parcel): Minor {
  const { free_shipping_from: freeFrom, default_shipping_fee: elsewhere } = settings;
  if (freeFrom !== null && parcel.goods >= freeFrom) return 0;
  const zone = zoneOf(settings, parcel.province);
  return zone ? zoneFee(zone, parcel.weightGrams) : elsewhere;
}

/** The first zone that names the province. */
export function zoneOf(settings: BusinessSettings, province: string | null): ShippingZone | null {
  const wanted = province === null ? null : plain(province);
  const isIn = (zone: ShippingZone) => zone.provinces.some((name) => plain(name) === wanted);
  return settings.shipping_zones.find(isIn) ?? null;
}

/** The first step that the weight does not exceed; above the last one a begun kilogram costs what a whole one does. */
function zoneFee({ fee, steps, per_kg_above: perKg = 0 }: ShippingZone, grams: number): Minor {
  if (!steps) return fee ?? 0;
  const step = steps.find(({ up_to_grams: most }) => grams <= most);
  if (step) return step.fee;
  const last = steps.at(-1) ?? { up_to_grams: 0, fee: 0 };
  return last.fee + Math.ceil((grams - last.up_to_grams) / GRAMS_PER_KG) * perKg;
}

/** What an order weighs; a thing whose weight nobody has entered counts as the shop's default. */
export function weightOf(
  settings: BusinessSettings,
  lines: readonly { weightGrams: number | null; quantity: number }[],
): number {
  return lines.reduce(
    (sum, line) => sum + (line.weightGrams ?? settings.default_weight_grams) * line.quantity,
    0,
  );
}

/** "Parañaque " and "paranaque" are one place. */
const plain = (name: string): string =>
  name.normalize('NFKD').replace(/\p{M}/gu, '').replace(/\s+/g, ' ').trim().toLowerCase();
