import fc from 'fast-check';
import { settingsSchema } from '../../src/businesses/settings';
import { explainCodLimit } from '../../src/orders/cod-trust';

const settings = settingsSchema.parse({});
const limitOf = (deliveredOrders: number, refusedCod: number, isVerified = false) =>
  explainCodLimit({ deliveredOrders, refusedCod, isVerified }, settings, 'PHP');

test.each([
  [0, 0, false, 50_000_00],
  [3, 0, false, 100_000_00],
  [10, 0, false, 250_000_00],
  [0, 0, true, 100_000_00],
  [0, 1, false, 10_000_00],
  [0, 2, false, 2_000_00],
  [0, 3, false, 0],
  [3, 1, false, 50_000_00],
  [500, 0, true, 500_000_00],
])('%d delivered, %d refused, ID checked %s: up to %d', (delivered, refused, verified, limit) => {
  expect(limitOf(delivered, refused, verified).limit).toBe(limit);
});

test('it says in words where the limit comes from', () => {
  expect(limitOf(3, 2, true).explanation).toBe(
    'Cash on delivery up to P50,000 (level 3 of 6): everybody starts at level 3, 3 delivered orders +1, ID checked +1, 2 refused parcels -2.',
  );
});

test('a refusal never raises the limit, a delivery never lowers it', () => {
  const few = fc.nat(40);
  fc.assert(
    fc.property(few, few, few, fc.boolean(), (delivered, refused, more, verified) => {
      const { limit } = limitOf(delivered, refused, verified);
      expect(limitOf(delivered, refused + more, verified).limit).toBeLessThanOrEqual(limit);
      expect(limitOf(delivered + more, refused, verified).limit).toBeGreaterThanOrEqual(limit);
    }),
  );
});

test('limits that fall from level to level are refused', () => {
  expect(settingsSchema.safeParse({ cod_trust: { limits: [500, 100] } }).success).toBe(false);
});
