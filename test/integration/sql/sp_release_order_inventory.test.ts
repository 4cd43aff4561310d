import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, anOrder, aProduct } from '../../support/factories';
import { chainOf, holdsOf, onShelf, stockProblems } from '../../support/stock';

const test = useDatabase();
let businessId: number;
let userId: number;

beforeEach(async () => {
  businessId = (await aBusiness(test.db)).id;
  userId = await aCustomer(test.db, { businessId });
});
afterEach(async () => expect(await stockProblems(test.db)).toEqual([]));

const call = async (sql: string, ...params: unknown[]) =>
  (await test.db.call<Record<string, unknown>>(sql, params))[0]?.[0];
const reserve = (orderId: number) => call('CALL sp_reserve_order_inventory(?, 30)', orderId);
const release = (orderId: number) =>
  call("CALL sp_release_order_inventory(?, 'Manual release')", orderId);

it('gives a hold back and says why', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const orderId = await anOrder(test.db, {
    businessId,
    userId,
    lines: [{ product: mug, quantity: 2 }],
  });
  await reserve(orderId);
  expect(await release(orderId)).toMatchObject({ outcome: 'released', lines_changed: 1 });
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 5, reserved: 0 });
  expect(await holdsOf(test.db, orderId)).toMatchObject([{ status: 'released' }]);
  const [row] = await test.db.query(
    'SELECT reason, order_id FROM stock_movements ORDER BY id DESC LIMIT 1',
  );
  expect(row).toEqual({ reason: 'Manual release', order_id: orderId });
  expect(
    await test.db.query(
      'SELECT inventory_reserved, inventory_released_at IS NOT NULL AS released FROM order_items',
    ),
  ).toEqual([{ inventory_reserved: 0, released: 1 }]);
});

it('puts sold stock back on the shelf', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const orderId = await anOrder(test.db, {
    businessId,
    userId,
    lines: [{ product: mug, quantity: 2 }],
  });
  await reserve(orderId);
  await call('CALL sp_commit_order_inventory(?)', orderId);
  await release(orderId);
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 5, reserved: 0 });
  expect(await chainOf(test.db, orderId, 'reservation')).toBe(
    'NULL>reserved reserved>committed committed>released',
  );
});

it('changes nothing when it is repeated, and says so', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await reserve(orderId);
  await release(orderId);
  expect(await release(orderId)).toMatchObject({ outcome: 'nothing_to_release', lines_changed: 0 });
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 5, reserved: 0 });
});

it('lets an order be held again afterwards', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 1 });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await reserve(orderId);
  await release(orderId);
  await reserve(orderId);
  expect(await chainOf(test.db, orderId, 'reservation')).toBe(
    'NULL>reserved reserved>released released>reserved',
  );
});

it.each([
  ['order_not_found', () => Promise.resolve(999)],
  ['order_shipped', () => anOrder(test.db, { businessId, userId, status: 'delivered' })],
])('signals %s', async (reason, order) => {
  await expect(release(await order())).rejects.toMatchObject({ errno: 1644, sqlMessage: reason });
});
