import { expireReservations } from '../../../src/inventory/expire-holds';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, anOrder, aProduct } from '../../support/factories';
import { chainOf, letHoldsExpire, onShelf, stockProblems } from '../../support/stock';

const test = useDatabase();
let businessId: number;
let userId: number;

beforeEach(async () => {
  businessId = (await aBusiness(test.db)).id;
  userId = await aCustomer(test.db, { businessId });
});
afterEach(async () => expect(await stockProblems(test.db)).toEqual([]));

const held = async (product: Awaited<ReturnType<typeof aProduct>>) => {
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product }] });
  await test.db.call('CALL sp_reserve_order_inventory(?, 30)', [orderId]);
  return orderId;
};
const expire = async (orderId: number) =>
  (await test.db.call('CALL sp_expire_order_inventory(?)', [orderId]))[0]?.[0];

it('ends holds whose time is over, and only those', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const [over, live] = [await held(mug), await held(mug)];
  await letHoldsExpire(test.db, over);
  expect(await expire(over)).toMatchObject({ outcome: 'expired', lines_changed: 1 });
  expect(await expire(over)).toMatchObject({ outcome: 'nothing_expired' });
  expect(await expire(live)).toMatchObject({ outcome: 'nothing_expired' });
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 5, reserved: 1 });
  expect(await chainOf(test.db, over, 'reservation')).toBe('NULL>reserved reserved>expired');
});

it('is what the clean-up job runs, so many orders at a time', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  for (const orderId of [await held(mug), await held(mug), await held(mug)])
    await letHoldsExpire(test.db, orderId);
  expect(await expireReservations(test.deps, 2)).toBe(2);
  expect(await expireReservations(test.deps, 2)).toBe(1);
  expect(await expireReservations(test.deps, 2)).toBe(0);
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 5, reserved: 0 });
  const [row] = await test.db.query(
    'SELECT changed_by FROM order_state_history ORDER BY id DESC LIMIT 1',
  );
  expect(row).toEqual({ changed_by: 'job:expire-holds' });
});

it('may run several times at once', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 20 });
  const orders: number[] = [];
  for (let n = 0; n < 10; n += 1) orders.push(await held(mug));
  for (const orderId of orders) await letHoldsExpire(test.db, orderId);
  const counts = await Promise.all([1, 2, 3, 4].map(() => expireReservations(test.deps, 100)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 20, reserved: 0 });
});
