import fc from 'fast-check';
import type { Business } from '../../../src/businesses/business-store';
import { cancelOrder } from '../../../src/orders/cancel-order';
import { createOrder } from '../../../src/orders/create-order';
import { canMovePayment, PAYMENT_STATUSES } from '../../../src/orders/order-states';
import { findOrder } from '../../../src/orders/order-store';
import { recordPayment } from '../../../src/orders/record-payment';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  orderData,
  type TestProduct,
} from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

const database = useDatabase();
const TOTAL = 350_00;
let business: Business;
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  business = await aBusiness(database.db);
  userId = await aCustomer(database.db, { businessId: business.id });
  mug = await aProduct(database.db, { businessId: business.id, price: 250_00, stock: 1_000 });
});

const step = fc.oneof(
  fc.record({
    to: fc.constantFrom(...PAYMENT_STATUSES),
    amount: fc.option(fc.oneof(fc.constant(TOTAL), fc.integer({ min: -10, max: 2 * TOTAL }))),
  }),
  fc.constant('cancel' as const),
);

test('whatever is reported, what came in stays within the total and what went out within what came in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('gcash', 'card', 'cod'),
      fc.array(step, { minLength: 1, maxLength: 12 }),
      async (payment_method, steps) => {
        const lines = [{ product: mug }];
        const data = orderData(business, {
          userId,
          lines,
          payment_method,
          confirm_duplicate: true,
        });
        const result = await createOrder(database.deps, data);
        if (result.status !== 201) throw new Error(JSON.stringify(result.body));
        const order = result.body.order_id;
        const base = { businessId: business.id, order, actor: 'staff:1' };
        for (const one of steps) {
          const before = (await findOrder(database.db, business.id, order))!;
          const outcome =
            one === 'cancel'
              ? await cancelOrder(database.deps, { ...base, reason: 'x' })
              : await recordPayment(database.deps, { ...base, ...one });
          const after = (await findOrder(database.db, business.id, order))!;
          expect(after.paid).toBeGreaterThanOrEqual(0);
          expect(after.paid).toBeLessThanOrEqual(after.total);
          expect(after.refunded).toBeGreaterThanOrEqual(0);
          expect(after.refunded).toBeLessThanOrEqual(after.paid);
          if (after.paymentStatus === 'paid')
            expect([after.paid, after.refunded]).toEqual([TOTAL, 0]);
          if (after.paymentStatus === 'refunded') expect(after.refunded).toBe(after.paid);
          if (before.paymentStatus !== after.paymentStatus)
            expect(canMovePayment(before.paymentStatus, after.paymentStatus)).toBe(true);
          if (!outcome.ok) expect({ ...after, updatedAt: 0 }).toEqual({ ...before, updatedAt: 0 });
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(await doctorFindings(database.url)).toEqual([]);
}, 60_000);

test('ten reports of one payment are one payment', async () => {
  const data = orderData(business, { userId, lines: [{ product: mug }], payment_method: 'gcash' });
  const result = await createOrder(database.deps, data);
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  const order = result.body.order_id;
  const report = {
    businessId: business.id,
    order,
    to: 'paid',
    amount: TOTAL,
    actor: 'webhook',
  } as const;
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => recordPayment(database.deps, report)),
  );
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  expect(await findOrder(database.db, business.id, order)).toMatchObject({
    paid: TOTAL,
    orderStatus: 'confirmed',
  });
  expect(await doctorFindings(database.url)).toEqual([]);
});
