import fc from 'fast-check';
import { settingsSchema } from '../../src/businesses/settings';
import {
  DEFAULT_REVIEW_FROM,
  isFast,
  scoreRisk,
  type RiskInput,
} from '../../src/orders/risk-score';

const settings = settingsSchema.parse({});
const quiet: RiskInput = {
  deliveredOrders: 4,
  refusedCod: 0,
  customer: { lastHour: 0, lastDay: 0 },
  phone: { lastHour: 0, lastDay: 0 },
  ip: null,
  phoneCustomers: 0,
  defaults: {},
  codAmount: 0,
  largestQuantity: 1,
  pendingOrders: 0,
};
const score = (given: Partial<RiskInput>) => scoreRisk({ ...quiet, ...given }, settings, 'PHP');

test('nothing speaks against a customer with a record who pays in advance', () => {
  expect(score({})).toEqual({ score: 0, reasons: [] });
});

test('every reason is named, with its points and what was counted', () => {
  const { reasons, score: sum } = score({
    deliveredOrders: 0,
    refusedCod: 1,
    codAmount: 50_000_00,
    customer: { lastHour: 20, lastDay: 20 },
    ip: { lastHour: 0, lastDay: 100 },
    largestQuantity: 45,
  });
  expect(reasons).toEqual([
    {
      name: 'new_customer',
      points: 10,
      detail: 'nothing was delivered to this customer yet',
    },
    { name: 'cod_amount', points: 25, detail: 'P50,000 to be paid at the door' },
    {
      name: 'customer_velocity',
      points: 15,
      detail: '20 orders by this customer in the last hour',
    },
    { name: 'ip_velocity', points: 10, detail: '100 orders from this IP address in the last day' },
    { name: 'refused_cod', points: 20, detail: '1 parcel was refused at the door' },
    { name: 'unusual_quantity', points: 7, detail: '45 pieces of one item' },
  ]);
  expect(sum).toBe(87);
});

test('velocity alone never reaches the score of a review', () => {
  const flood = { lastHour: 10_000, lastDay: 10_000 };
  const flooded = score({
    deliveredOrders: 0,
    customer: flood,
    phone: flood,
    ip: flood,
    phoneCustomers: 1_000,
    pendingOrders: 1_000,
  });
  expect(isFast(flooded.reasons)).toBe(true);
  expect(flooded.score).toBeLessThan(DEFAULT_REVIEW_FROM);
});

test('a business weighs reasons as it likes, also not at all', () => {
  const own = settingsSchema.parse({ fraud: { weights: { refused_cod: 0, new_customer: 90 } } });
  const scored = scoreRisk({ ...quiet, refusedCod: 9, deliveredOrders: 0 }, own, 'PHP');
  expect(scored.reasons.map((reason) => [reason.name, reason.points])).toEqual([
    ['new_customer', 90],
  ]);
});

const count = fc.nat(200);
const recent = fc.record({ lastHour: count, lastDay: count });
const input: fc.Arbitrary<RiskInput> = fc.record({
  deliveredOrders: count,
  refusedCod: count,
  customer: recent,
  phone: recent,
  ip: recent,
  phoneCustomers: count,
  defaults: fc.constant({}),
  codAmount: fc.nat(200_000_00),
  largestQuantity: count,
  pendingOrders: count,
});

test('more of anything never lowers the score, more deliveries never raise it, and it stays within 0 and 100', () => {
  const add = (to: RiskInput['phone'] | null, more: RiskInput['phone'] | null) => ({
    lastHour: (to?.lastHour ?? 0) + (more?.lastHour ?? 0),
    lastDay: (to?.lastDay ?? 0) + (more?.lastDay ?? 0),
  });
  fc.assert(
    fc.property(input, input, (base, more) => {
      const worse: RiskInput = {
        defaults: {},
        deliveredOrders: Math.max(0, base.deliveredOrders - more.deliveredOrders),
        refusedCod: base.refusedCod + more.refusedCod,
        customer: add(base.customer, more.customer),
        phone: add(base.phone, more.phone),
        ip: add(base.ip, more.ip),
        phoneCustomers: base.phoneCustomers + more.phoneCustomers,
        codAmount: base.codAmount + more.codAmount,
        largestQuantity: base.largestQuantity + more.largestQuantity,
        pendingOrders: base.pendingOrders + more.pendingOrders,
      };
      const [low, high] = [score(base), score(worse)];
      expect(low.score).toBeGreaterThanOrEqual(0);
      expect(high.score).toBeLessThanOrEqual(100);
      expect(high.score).toBeGreaterThanOrEqual(low.score);
      const sum = low.reasons.reduce((total, reason) => total + reason.points, 0);
      expect(low.score).toBe(Math.min(100, sum));
    }),
  );
});
