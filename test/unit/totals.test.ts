import fc from 'fast-check';
import { settingsSchema } from '../../src/businesses/settings';
import { applyPromo, shareOf, type Promo } from '../../src/cart/promo';
import { totalsOf } from '../../src/cart/totals';
import { toDecimal, toMinor } from '../../src/lib/money';

const lines = fc.array(
  fc.record({
    price: fc.integer({ min: 0, max: 10_000_000_00 }),
    quantity: fc.integer({ min: 1, max: 100 }),
    weightGrams: fc.option(fc.nat(1_000_000)),
  }),
  {
    minLength: 1,
    maxLength: 50,
  },
);

it('adds up to the cent, whatever is sold at whatever discount and tax', () => {
  fc.assert(
    fc.property(
      lines,
      fc.nat(1_000_000_00),
      fc.nat(10_000),
      fc.boolean(),
      (sold, discount, rate, included) => {
        const settings = settingsSchema.parse({ tax: { rate: rate / 10_000, included } });
        const totals = totalsOf(settings, { lines: sold, discount, province: 'Cebu' });
        expect(totals.total).toBe(totals.subtotal - totals.discount + totals.shipping + totals.tax);
        expect(totals.discount).toBeLessThanOrEqual(totals.subtotal);
        for (const amount of Object.values<number>({ ...totals })) {
          expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
          expect(toMinor(toDecimal(amount))).toBe(amount);
        }
      },
    ),
  );
});

it('never discounts more than the goods in scope, or than the code’s own limit', () => {
  const promoLines = fc.array(
    fc.record({
      productId: fc.integer({ min: 1, max: 5 }),
      categoryId: fc.constant(null),
      lineTotal: fc.nat(1_000_000_00),
    }),
    {
      minLength: 1,
    },
  );
  fc.assert(
    fc.property(
      promoLines,
      fc.constantFrom('percent', 'fixed' as const),
      fc.nat(10_000),
      fc.nat(500_00),
      (sold, type, value, most) => {
        const outcome = applyPromo(
          aPromo({ type, value, maximumDiscount: most, productIds: [1, 2] }),
          sold,
          context,
        );
        if (!outcome.ok) return;
        const inScope = sold
          .filter((line) => line.productId <= 2)
          .reduce((sum, line) => sum + line.lineTotal, 0);
        expect(outcome.discount).toBeLessThanOrEqual(Math.min(inScope, most));
        expect(Number.isSafeInteger(outcome.discount)).toBe(true);
      },
    ),
  );
});

it.each<[number, number, number]>([
  [1_00, 1250, 13],
  [99, 5000, 50],
  [1_000_000_000_000_00, 10_000, 1_000_000_000_000_00],
])('takes a share of %d at %d ten-thousandths, half a cent up', (amount, share, expected) => {
  expect(shareOf(amount, share)).toBe(expected);
});

it.each<[string, Partial<Promo>, number]>([
  ['PROMO_INACTIVE', { isActive: false }, 0],
  ['PROMO_INACTIVE', { startsAt: new Date('2027-01-01') }, 0],
  ['PROMO_EXPIRED', { endsAt: new Date('2026-01-01') }, 0],
  ['PROMO_LIMIT_REACHED', { usageLimit: 5, usedCount: 5 }, 0],
  ['PROMO_LIMIT_REACHED', { usageLimitPerCustomer: 1 }, 1],
  ['PROMO_MINIMUM_NOT_MET', { minimumSubtotal: 1_000_01 }, 0],
  ['PROMO_NOT_APPLICABLE', { productIds: [9] }, 0],
])('refuses a code with %s', (code, given, usesByCustomer) => {
  const sold = [{ productId: 1, categoryId: null, lineTotal: 1_000_00 }];
  expect(applyPromo(aPromo(given), sold, { ...context, usesByCustomer })).toEqual({
    ok: false,
    code,
  });
});

const context = { now: new Date('2026-03-01'), usesByCustomer: 0 };

function aPromo(given: Partial<Promo>): Promo {
  return {
    id: 1,
    code: 'X',
    type: 'percent',
    value: 1000,
    maximumDiscount: null,
    minimumSubtotal: 0,
    startsAt: null,
    endsAt: null,
    usageLimit: null,
    usageLimitPerCustomer: null,
    usedCount: 0,
    productIds: null,
    categoryIds: null,
    isActive: true,
    ...given,
  };
}
