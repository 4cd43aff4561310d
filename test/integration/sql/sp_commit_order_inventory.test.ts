import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, anOrder, aProduct, aVariant } from '../../support/factories';
import { chainOf, holdsOf, letHoldsExpire, onShelf, stockProblems } from '../../support/stock';

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
const commit = (orderId: number) => call('CALL sp_commit_order_inventory(?)', orderId);

it('lowers stock and hold together, for products and variants', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const tee = await aProduct(test.db, { businessId, stock: 0 });
  const large = await aVariant(test.db, { businessId, productId: tee.id, stock: 3 });
  const lines = [{ product: mug, quantity: 2 }, { product: tee, variant: large, quantity: 3 }]; // prettier-ignore
  const orderId = await anOrder(test.db, { businessId, userId, lines });
  await reserve(orderId);
  expect(await commit(orderId)).toMatchObject({
    outcome: 'committed',
    lines_changed: 2,
    lines_reacquired: 0,
  });
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 3, reserved: 0 });
  expect(
    await test.db.query('SELECT stock_quantity, reserved_stock FROM product_variants'),
  ).toEqual([{ stock_quantity: 0, reserved_stock: 0 }]);
  expect(await chainOf(test.db, orderId, 'reservation')).toBe('NULL>reserved reserved>committed');
});

it('changes nothing when it is repeated, and says so', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await reserve(orderId);
  await commit(orderId);
  expect(await commit(orderId)).toMatchObject({ outcome: 'already_committed', lines_changed: 0 });
  expect(await reserve(orderId)).toMatchObject({ outcome: 'already_committed', lines_changed: 0 });
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 4, reserved: 0 });
});

it('sells a hold that has run out but was not taken back', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 1 });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await reserve(orderId);
  await letHoldsExpire(test.db, orderId);
  expect(await commit(orderId)).toMatchObject({ outcome: 'committed', lines_reacquired: 0 });
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 0, reserved: 0 });
});

it('gets the stock of a lost hold again when it is there', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 1 });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await reserve(orderId);
  await letHoldsExpire(test.db, orderId);
  await call('CALL sp_expire_order_inventory(?)', orderId);
  expect(await commit(orderId)).toMatchObject({ outcome: 'committed', lines_reacquired: 1 });
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 0, reserved: 0 });
  expect(await holdsOf(test.db, orderId)).toMatchObject([
    { status: 'expired' },
    { status: 'committed' },
  ]);
  expect(await chainOf(test.db, orderId, 'reservation')).toBe(
    'NULL>reserved reserved>expired expired>committed',
  );
});

it('signals when the stock of a lost hold is somebody else’s now, and sells no line at all', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 1, sku: 'MUG' });
  const plate = await aProduct(test.db, { businessId, stock: 5 });
  const late = await anOrder(test.db, {
    businessId,
    userId,
    lines: [{ product: plate }, { product: mug }],
  });
  const quick = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await reserve(late);
  await letHoldsExpire(test.db, late);
  await reserve(quick);
  await expect(commit(late)).rejects.toMatchObject({ sqlMessage: 'insufficient_stock:MUG' });
  expect(await onShelf(test.db, plate.id)).toEqual({ stock: 5, reserved: 1 });
  expect(await holdsOf(test.db, late)).toMatchObject([
    { status: 'reserved' },
    { status: 'expired' },
  ]);
});

it('sells an order that was never held, from free stock', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 2 });
  const orderId = await anOrder(test.db, {
    businessId,
    userId,
    lines: [{ product: mug, quantity: 2 }],
  });
  expect(await commit(orderId)).toMatchObject({ outcome: 'committed', lines_reacquired: 1 });
  expect(await chainOf(test.db, orderId, 'reservation')).toBe('NULL>committed');
});

it.each([
  ['order_not_found', () => Promise.resolve(999)],
  ['order_has_no_items', () => anOrder(test.db, { businessId, userId })],
  ['order_cancelled', () => anOrder(test.db, { businessId, userId, status: 'cancelled' })],
])('signals %s', async (reason, order) => {
  await expect(commit(await order())).rejects.toMatchObject({ errno: 1644, sqlMessage: reason });
});
