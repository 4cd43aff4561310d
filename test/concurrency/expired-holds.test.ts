import type { Business } from '../../src/businesses/business-store';
import { expireReservations } from '../../src/inventory/expire-holds';
import { createOrder } from '../../src/orders/create-order';
import { placeOrder } from '../../src/orders/place-order';
import { useDatabase } from '../support/database';
import { aBusiness, aCustomer, aProduct, orderData } from '../support/factories';
import { letHoldsExpire, stockProblems } from '../support/stock';

const test = useDatabase();
let business: Business;

beforeEach(async () => {
  business = await aBusiness(test.db);
});

const ROUNDS = 60;

it('an expired hold blocks nobody, not even while the clean-up takes it back at that very moment (G-10)', async () => {
  const businessId = business.id;
  const [first, second] = [
    await aCustomer(test.db, { businessId, isTrusted: true }),
    await aCustomer(test.db, { businessId, isTrusted: true }),
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    const product = await aProduct(test.db, { businessId, stock: 1 });
    const order = (userId: number) => ({
      ...orderData(business, { userId, lines: [{ product }] }),
      confirm_duplicate: true,
    });
    const held = await createOrder(test.deps, order(first), { business });
    if (held.status !== 201) throw new Error(held.body.error);
    await letHoldsExpire(test.db, held.body.order_id);
    const [outcome] = await Promise.all([
      test.db.transaction((trx) =>
        placeOrder(trx, test.deps, { business, data: order(second), actor: 'customer' }),
      ),
      expireReservations(test.deps, 10),
    ]);
    expect([round, outcome]).toMatchObject([round, { ok: true }]);
  }
  expect(await stockProblems(test.db)).toEqual([]);
});
