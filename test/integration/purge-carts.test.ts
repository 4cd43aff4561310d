import type { Business } from '../../src/businesses/business-store';
import { addToCart, viewCart } from '../../src/cart/cart-actions';
import { purgeCarts } from '../../src/cart/purge-carts';
import { useDatabase } from '../support/database';
import { aBusiness, aCustomer, aProduct } from '../support/factories';

const test = useDatabase();
const MINUTES_OF_A_DAY = 24 * 60;
let business: Business;

beforeEach(async () => {
  business = await aBusiness(test.db, { settings: { cart_expiry_days: 2 } });
  await aProduct(test.db, { businessId: business.id, sku: 'MUG', stock: 100 });
});

const contextOf = (userId: number) => ({ business, userId, now: test.clock.now() });
/** Somebody with a mug in the cart. */
async function aCart(): Promise<number> {
  const userId = await aCustomer(test.db, { businessId: business.id });
  await test.db.transaction((trx) => addToCart(trx, contextOf(userId), 'MUG', 1));
  return userId;
}
const purge = (limit = 1_000) => purgeCarts(test, limit);
const owners = async () =>
  (await test.db.query<{ id: number }>('SELECT user_id AS id FROM carts ORDER BY id')).map(
    ({ id }) => id,
  );
const lines = async () => (await test.db.query('SELECT id FROM cart_items')).length;

it('forgets carts with their lines once they have expired, and no others', async () => {
  await aCart();
  test.clock.forward(1);
  const later = await aCart();
  test.clock.forward(2 * MINUTES_OF_A_DAY - 1);
  expect(await purge()).toBe(1);
  expect([await owners(), await lines()]).toEqual([[later], 1]);
  expect(await purge()).toBe(0);
});

it('keeps a cart whose customer has looked at it since', async () => {
  const userId = await aCart();
  test.clock.forward(MINUTES_OF_A_DAY);
  await test.db.transaction((trx) => viewCart(trx, contextOf(userId)));
  test.clock.forward(MINUTES_OF_A_DAY);
  expect([await purge(), await owners()]).toEqual([0, [userId]]);
});

it('changes nothing for a customer who comes back', async () => {
  const [purged, kept] = [await aCart(), await aCart()];
  test.clock.forward(2 * MINUTES_OF_A_DAY);
  expect(await purge(1)).toBe(1);
  expect(await owners()).toEqual([kept]);
  for (const userId of [purged, kept]) {
    const cart = await test.db.transaction((trx) => viewCart(trx, contextOf(userId)));
    expect(cart).toMatchObject({ lines: [], changes: [], totals: { total: 0 } });
  }
});

it('takes so many at most, oldest first, however many batches that needs', async () => {
  const userIds = [];
  for (let n = 0; n < 5; n += 1) {
    userIds.push(await aCart());
    test.clock.forward(1);
  }
  test.clock.forward(3 * MINUTES_OF_A_DAY);
  expect(await purge(3)).toBe(3);
  expect(await owners()).toEqual(userIds.slice(3));
  const many = Array.from({ length: 420 }, (_, n) => [business.id, 1_000_000 + n, new Date(0)]);
  await test.db.transaction(async (trx) => {
    await trx.execute('SET FOREIGN_KEY_CHECKS = 0');
    await trx.execute('INSERT INTO carts (business_id, user_id, expires_at) VALUES ?', [many]);
    await trx.execute('SET FOREIGN_KEY_CHECKS = 1');
  });
  expect(await purge()).toBe(422);
});

it('leaves a cart alone that a turn is just opening, and does not wait for it', async () => {
  const userId = await aCart();
  test.clock.forward(2 * MINUTES_OF_A_DAY);
  await test.db.transaction(async (trx) => {
    await addToCart(trx, contextOf(userId), 'MUG', 2);
    expect(await purge()).toBe(0);
  });
  expect([await purge(), await owners(), await lines()]).toEqual([0, [userId], 1]);
});

it('counts each cart once when several instances purge at once', async () => {
  for (let n = 0; n < 12; n += 1) await aCart();
  test.clock.forward(2 * MINUTES_OF_A_DAY);
  const counts = await Promise.all(Array.from({ length: 4 }, () => purge()));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
  expect(await owners()).toEqual([]);
});
