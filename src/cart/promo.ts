import type { Minor } from '../lib/money';

export const PROMO_FAILURES = [
  'PROMO_NOT_FOUND',
  'PROMO_INACTIVE',
  'PROMO_EXPIRED',
  'PROMO_LIMIT_REACHED',
  'PROMO_MINIMUM_NOT_MET',
  'PROMO_NOT_APPLICABLE',
] as const;
export type PromoFailure = (typeof PROMO_FAILURES)[number];

export interface Promo {
  id: number;
  code: string;
  type: 'percent' | 'fixed' | 'free_shipping';
  /** Hundredths of a percent, or minor units. */
  value: number;
  maximumDiscount: Minor | null;
  minimumSubtotal: Minor;
  startsAt: Date | null;
  endsAt: Date | null;
  usageLimit: number | null;
  usageLimitPerCustomer: number | null;
  usedCount: number;
  productIds: number[] | null;
  categoryIds: number[] | null;
  isActive: boolean;
}

export interface PromoLine {
  productId: number;
  categoryId: number | null;
  lineTotal: Minor;
}

export type PromoOutcome =
  { ok: true; discount: Minor; isFreeShipping: boolean } | { ok: false; code: PromoFailure };

/** What a code gives for these lines now, or why it gives nothing (CRT-2). */
export function applyPromo(
  promo: Promo | null,
  lines: readonly PromoLine[],
  context: { now: Date; usesByCustomer: number },
): PromoOutcome {
  if (!promo) return { ok: false, code: 'PROMO_NOT_FOUND' };
  if (!promo.isActive || (promo.startsAt && promo.startsAt > context.now))
    return { ok: false, code: 'PROMO_INACTIVE' };
  if (promo.endsAt && promo.endsAt <= context.now) return { ok: false, code: 'PROMO_EXPIRED' };
  const isUsedUp = promo.usageLimit !== null && promo.usedCount >= promo.usageLimit;
  const hasHadEnough =
    promo.usageLimitPerCustomer !== null && context.usesByCustomer >= promo.usageLimitPerCustomer;
  if (isUsedUp || hasHadEnough) return { ok: false, code: 'PROMO_LIMIT_REACHED' };
  const subtotal = sum(lines);
  if (subtotal < promo.minimumSubtotal) return { ok: false, code: 'PROMO_MINIMUM_NOT_MET' };
  const base = sum(lines.filter((line) => isInScope(promo, line)));
  if (base === 0) return { ok: false, code: 'PROMO_NOT_APPLICABLE' };
  return {
    ok: true,
    discount: discountOf(promo, base),
    isFreeShipping: promo.type === 'free_shipping',
  };
}

function isInScope(promo: Promo, line: PromoLine): boolean {
  if (promo.productIds === null && promo.categoryIds === null) return true;
  return (
    (promo.productIds?.includes(line.productId) ?? false) ||
    (line.categoryId !== null && (promo.categoryIds?.includes(line.categoryId) ?? false))
  );
}

function discountOf(promo: Promo, base: Minor): Minor {
  if (promo.type === 'free_shipping') return 0;
  const wanted = promo.type === 'fixed' ? promo.value : shareOf(base, promo.value);
  return Math.min(wanted, base, promo.maximumDiscount ?? Number.MAX_SAFE_INTEGER);
}

/** So many ten-thousandths of an amount, half a cent rounded up. In whole numbers: a product of two can pass 2^53. */
export function shareOf(amount: Minor, tenThousandths: number): Minor {
  return Number((BigInt(amount) * BigInt(tenThousandths) + 5_000n) / 10_000n);
}

const sum = (lines: readonly PromoLine[]): Minor =>
  lines.reduce((total, line) => total + line.lineTotal, 0);
