import { cleanStuckHolds } from '../../../src/inventory/clean-stuck-holds';
import { useDatabase } from '../../support/database';
import { wrongChecks } from '../../support/damage';
import { aBusiness, aCustomer, anOrder, aProduct, type TestProduct } from '../../support/factories';
import { chainOf, holdsOf, onShelf, stockProblems } from '../../support/stock';

const test = useDatabase();
let businessId: number;
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  businessId = (await aBusiness(test.db)).id;
  userId = await aCustomer(test.db, { businessId });
  mug = await aProduct(test.db, { businessId, stock: 10 });
});
afterEach(async () => expect(await stockProblems(test.db)).toEqual([]));

const held = async (quantity = 2) => {
  const lines = [{ product: mug, quantity }];
  const orderId = await anOrder(test.db, { businessId, userId, lines });
  await test.db.call('CALL sp_reserve_order_inventory(?, 30)', [orderId]);
  return orderId;
};
const setStatus = (id: number, status: string) =>
  test.db.execute('UPDATE orders SET order_status = :status WHERE id = :id', { id, status });
const clean = () => cleanStuckHolds(test.deps, 100);

it('leaves the holds of pending orders and the stock of sold ones alone', async () => {
  await held();
  const sold = await held();
  await test.db.call('CALL sp_commit_order_inventory(?)', [sold]);
  await setStatus(sold, 'confirmed');
  expect(await clean()).toBe(0);
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 8, reserved: 2 });
});

it('gives back what a cancelled order holds or has bought', async () => {
  const [holding, sold] = [await held(), await held(3)];
  await test.db.call('CALL sp_commit_order_inventory(?)', [sold]);
  for (const id of [holding, sold]) await setStatus(id, 'cancelled');
  expect(await wrongChecks(test.url)).toEqual(['cancelled-holds-nothing']);
  expect(await clean()).toBe(2);
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 0 });
  expect(await chainOf(test.db, holding, 'reservation')).toBe('NULL>reserved reserved>released');
  const [row] = await test.db.query(
    'SELECT actor, reason, order_id FROM stock_movements ORDER BY id DESC LIMIT 1',
  );
  expect(row).toEqual({ actor: 'job:clean-stuck-holds', reason: 'stuck hold', order_id: sold });
  expect(await wrongChecks(test.url)).toEqual([]);
  expect(await clean()).toBe(0);
});

it.each(['confirmed', 'shipped', 'completed'])(
  'sells what a %s order only holds',
  async (status) => {
    const orderId = await held();
    await setStatus(orderId, status);
    expect(await wrongChecks(test.url)).toEqual(['confirmed-has-stock']);
    expect(await clean()).toBe(1);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 8, reserved: 0 });
    expect(await holdsOf(test.db, orderId)).toEqual([{ status: 'committed', quantity: 2 }]);
    expect(await wrongChecks(test.url)).toEqual([]);
  },
);

it.each(['pending', 'confirmed', 'cancelled'])(
  'tells a line of a %s order of the hold that it has',
  async (status) => {
    const orderId = await held();
    await test.db.execute('UPDATE order_items SET inventory_reserved = FALSE');
    await setStatus(orderId, status);
    expect(await clean()).toBe(1);
    expect(await wrongChecks(test.url)).toEqual([]);
    expect(await clean()).toBe(0);
  },
);

it('cleans so many orders at a time, and each once when several run at once', async () => {
  for (let n = 0; n < 5; n += 1) await setStatus(await held(1), 'cancelled');
  expect(await cleanStuckHolds(test.deps, 2)).toBe(2);
  const counts = await Promise.all([clean(), clean(), clean()]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(await wrongChecks(test.url)).toEqual([]);
});
