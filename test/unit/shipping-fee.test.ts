import fc from 'fast-check';
import { settingsSchema } from '../../src/businesses/settings';
import { MAX_WEIGHT_GRAMS } from '../../src/businesses/shipping-zone';
import { shippingFee, weightOf } from '../../src/cart/shipping-fee';
import { totalsOf } from '../../src/cart/totals';
import { toDecimal, toMinor } from '../../src/lib/money';

const zone = (given: object) => ({ name: 'North', provinces: ['Batanes'], ...given });
const settingsWith = (given: object, rest: object = {}) =>
  settingsSchema.parse({ shipping_zones: [zone(given)], default_shipping_fee: 99_00, ...rest });
const stepped = {
  steps: [
    { up_to_grams: 1_000, fee: 80_00 },
    { up_to_grams: 3_000, fee: 120_00 },
  ],
  per_kg_above: 35_50,
};
const feeOf = (settings: ReturnType<typeof settingsWith>, weightGrams: number) =>
  shippingFee(settings, { province: 'Batanes', goods: 500_00, weightGrams });

it('finds the zone of a province whatever its spelling, else the default fee', () => {
  const settings = settingsSchema.parse({
    shipping_zones: [{ name: 'North', provinces: ['Nueva Vizcaya', 'Parañaque'], fee: 77_00 }],
    default_shipping_fee: 99_00,
    free_shipping_from: 1_000_00,
  });
  const fee = (province: string | null, goods = 500_00) =>
    shippingFee(settings, { province, goods, weightGrams: 250_000 });
  expect(fee(' nueva  vizcaya ')).toBe(77_00);
  expect(fee('PARANAQUE')).toBe(77_00);
  expect(fee('Atlantis')).toBe(99_00);
  expect(fee(null)).toBe(99_00);
  expect(fee('Nueva Vizcaya', 1_000_00)).toBe(0);
});

it.each([
  ['nothing', 0, 80_00],
  ['the first step to the gram', 1_000, 80_00],
  ['a gram above it', 1_001, 120_00],
  ['the last step to the gram', 3_000, 120_00],
  ['a gram above it, a begun kilogram', 3_001, 155_50],
  ['a kilogram above it', 4_000, 155_50],
  ['a kilogram and a gram above it', 4_001, 191_00],
])('asks for %s (%d g) what its step says', (_name, grams, fee) => {
  expect(feeOf(settingsWith(stepped), grams)).toBe(fee);
});

it('asks no more than the last step where nothing is said of what is above', () => {
  expect(feeOf(settingsWith({ steps: stepped.steps }), 900_000)).toBe(120_00);
});

const zones = fc.record({
  rises: fc.array(fc.tuple(fc.integer({ min: 1, max: 50_000 }), fc.nat(500_00)), {
    minLength: 1,
    maxLength: 8,
  }),
  per_kg_above: fc.nat(1_000_00),
});
/** Steps of which each takes more grams and costs more than the one before. */
function steppedBy({ rises, per_kg_above }: { rises: [number, number][]; per_kg_above: number }) {
  let [up_to_grams, fee] = [0, 0];
  const steps = rises.map(([grams, by]) => ({ up_to_grams: (up_to_grams += grams), fee: (fee += by) })); // prettier-ignore
  return { steps, per_kg_above };
}

it('never costs less for more weight', () => {
  fc.assert(
    fc.property(zones, fc.array(fc.nat(500_000)), (given, anywhere) => {
      const settings = settingsWith(steppedBy(given));
      // Wherever a step or a kilogram begins, a mistake would show within a gram.
      const edges = settings.shipping_zones[0]!.steps!.map((step) => step.up_to_grams);
      const near = [...edges, edges.at(-1)! + 1_000].flatMap((edge) => [edge - 1, edge, edge + 1]);
      const weights = [...near, ...anywhere].sort((a, b) => a - b);
      const fees = weights.map((weight) => feeOf(settings, weight));
      expect(fees).toEqual([...fees].sort((a, b) => a - b));
    }),
  );
});

it('is exact to the cent, up to the heaviest order that there can be', () => {
  const line = fc.record({
    price: fc.nat(1_000_00),
    quantity: fc.integer({ min: 1, max: 100 }),
    weightGrams: fc.option(fc.nat(MAX_WEIGHT_GRAMS)),
  });
  const heaviest = Array(50).fill({ price: 0, quantity: 100, weightGrams: MAX_WEIGHT_GRAMS });
  fc.assert(
    fc.property(
      zones,
      fc.oneof(fc.array(line, { minLength: 1, maxLength: 50 }), fc.constant(heaviest)),
      fc.nat(MAX_WEIGHT_GRAMS),
      (given, lines, default_weight_grams) => {
        const settings = settingsWith(steppedBy(given), { default_weight_grams });
        const { shipping } = totalsOf(settings, { lines, province: 'Batanes' });
        expect(Number.isSafeInteger(shipping)).toBe(true);
        expect(toMinor(toDecimal(shipping))).toBe(shipping);
        // DECIMAL(12, 2)
        expect(shipping).toBeLessThan(10_000_000_000_00);
      },
    ),
  );
});

it('counts what nobody has weighed as the default of the shop', () => {
  const lines = [
    { weightGrams: 250, quantity: 2 },
    { weightGrams: null, quantity: 3 },
    { weightGrams: 0, quantity: 5 },
  ];
  expect(weightOf(settingsWith(stepped), lines)).toBe(500);
  expect(weightOf(settingsWith(stepped, { default_weight_grams: 100 }), lines)).toBe(800);
});

it.each<[string, object, string]>([
  ['neither a fee nor steps', {}, 'shipping_zones.0.fee'],
  ['both', { fee: 1, ...stepped }, 'shipping_zones.0.fee'],
  ['a fee a kilogram without steps', { fee: 1, per_kg_above: 1 }, 'shipping_zones.0.per_kg_above'],
  [
    'steps that do not rise',
    { steps: [stepped.steps[1], stepped.steps[0]] },
    'shipping_zones.0.steps.1.up_to_grams',
  ],
  [
    'a heavier step that costs less',
    { steps: [stepped.steps[0], { up_to_grams: 2_000, fee: 79_99 }] },
    'shipping_zones.0.steps.1.fee',
  ],
])('takes no zone with %s', (_name, given, field) => {
  const read = settingsSchema.safeParse({ shipping_zones: [zone(given)] });
  expect(read.error?.issues.map(({ path }) => path.join('.'))).toContain(field);
});
