import type { RowDataPacket } from 'mysql2/promise';
import type { Business } from '../../../src/businesses/business-store';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, anOrder, aProduct, aVariant } from '../../support/factories';

const test = useDatabase();
let business: Business;
let userId: number;
let businessId: number;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
  userId = await aCustomer(test.db, { businessId });
});

const reserve = async (orderId: number, minutes = 30) =>
  (
    await test.db.call<Record<string, unknown>>('CALL sp_reserve_order_inventory(?, ?)', [
      orderId,
      minutes,
    ])
  )[0]?.[0];
const stock = async (id: number, table = 'products') =>
  (
    await test.db.query(
      `SELECT stock_quantity AS stock, reserved_stock AS reserved, version FROM ${table} WHERE id = ?`,
      [id],
    )
  )[0];
const reservations = (orderId: number) =>
  test.db.query<{ status: string; quantity: number }>(
    'SELECT status, quantity FROM inventory_reservations WHERE order_id = ? ORDER BY id',
    [orderId],
  );
const chain = (orderId: number) =>
  test.db.query<{ from_state: string | null; to_state: string }>(
    "SELECT from_state, to_state FROM order_state_history WHERE order_id = ? AND kind = 'reservation' ORDER BY id",
    [orderId],
  );
const letExpire = (orderId: number) =>
  test.db.execute(
    'UPDATE inventory_reservations SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE WHERE order_id = ?',
    [orderId],
  );

it('holds every line, products and variants alike, and leaves the stock on hand', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const tee = await aProduct(test.db, { businessId, stock: 0 });
  const large = await aVariant(test.db, { businessId, productId: tee.id, stock: 3 });
  const orderId = await anOrder(test.db, {
    businessId,
    userId,
    lines: [
      { product: mug, quantity: 2 },
      { product: tee, variant: large },
    ],
  });

  expect(await reserve(orderId)).toMatchObject({
    outcome: 'reserved',
    lines_changed: 2,
    holds_taken_back: 0,
  });

  expect(await stock(mug.id)).toMatchObject({ stock: 5, reserved: 2, version: 1 });
  expect(await stock(large.id, 'product_variants')).toMatchObject({
    stock: 3,
    reserved: 1,
    version: 1,
  });
  expect(await reservations(orderId)).toEqual([
    { status: 'reserved', quantity: 2 },
    { status: 'reserved', quantity: 1 },
  ]);
  expect(await chain(orderId)).toEqual([{ from_state: null, to_state: 'reserved' }]);
  const items = await test.db.query(
    'SELECT inventory_reserved, inventory_reserved_at IS NOT NULL AS at FROM order_items',
  );
  expect(items).toEqual([{ inventory_reserved: 1, at: 1 }, { inventory_reserved: 1, at: 1 }]); // prettier-ignore
});

it('changes nothing when it is repeated, and says so', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const orderId = await anOrder(test.db, {
    businessId,
    userId,
    lines: [{ product: mug, quantity: 2 }],
  });
  await reserve(orderId);

  expect(await reserve(orderId)).toMatchObject({ outcome: 'already_reserved', lines_changed: 0 });

  expect(await stock(mug.id)).toMatchObject({ reserved: 2 });
  expect(await reservations(orderId)).toHaveLength(1);
});

it('holds nothing when one line is short, and names it', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const plate = await aProduct(test.db, { businessId, stock: 1, sku: 'PLATE' });
  const orderId = await anOrder(test.db, {
    businessId,
    userId,
    lines: [{ product: mug }, { product: plate, quantity: 2 }],
  });

  await expect(reserve(orderId)).rejects.toMatchObject({
    errno: 1644,
    sqlMessage: 'insufficient_stock:PLATE',
  });

  expect(await stock(mug.id)).toMatchObject({ reserved: 0 });
  expect(await reservations(orderId)).toEqual([]);
});

it('adds up two lines of the same product', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 3 });
  const lines = [{ product: mug, quantity: 2 }, { product: mug, quantity: 2 }]; // prettier-ignore
  await expect(
    reserve(await anOrder(test.db, { businessId, userId, lines })),
  ).rejects.toMatchObject({ errno: 1644 });
  const orderId = await anOrder(test.db, {
    businessId,
    userId,
    lines: [{ product: mug, quantity: 2 }, { product: mug }],
  });
  await reserve(orderId);
  expect(await stock(mug.id)).toMatchObject({ reserved: 3 });
});

it.each([
  ['order_not_found', () => Promise.resolve(999)],
  ['order_has_no_items', () => anOrder(test.db, { businessId, userId })],
  ['order_cancelled', () => anOrder(test.db, { businessId, userId, status: 'cancelled' })],
])('signals %s', async (reason, order) => {
  await expect(reserve(await order())).rejects.toMatchObject({ errno: 1644, sqlMessage: reason });
});

it('signals invalid_minutes for a hold without a time', async () => {
  const mug = await aProduct(test.db, { businessId });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await expect(reserve(orderId, -1)).rejects.toMatchObject({ sqlMessage: 'invalid_minutes' });
});

it('takes back an expired hold of another order before it judges the stock', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 1 });
  const first = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  const second = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await reserve(first);
  await expect(reserve(second)).rejects.toMatchObject({ errno: 1644 });
  await letExpire(first);

  expect(await reserve(second)).toMatchObject({ outcome: 'reserved', holds_taken_back: 1 });

  expect(await reservations(first)).toMatchObject([{ status: 'expired' }]);
  expect(await chain(first)).toEqual([
    { from_state: null, to_state: 'reserved' },
    { from_state: 'reserved', to_state: 'expired' },
  ]);
  expect(await stock(mug.id)).toMatchObject({ stock: 1, reserved: 1 });
  const [line] = await test.db.query<{ inventory_reserved: number }>(
    'SELECT inventory_reserved FROM order_items WHERE order_id = ?',
    [first],
  );
  expect(line).toEqual({ inventory_reserved: 0 });
  const movements = await test.db.query(
    'SELECT order_id, reserved_before, reserved_after, reason FROM stock_movements WHERE order_id IS NOT NULL ORDER BY id',
  );
  expect(movements).toEqual([
    { order_id: first, reserved_before: 0, reserved_after: 1, reason: 'hold placed' },
    { order_id: first, reserved_before: 1, reserved_after: 0, reason: 'hold expired' },
    { order_id: second, reserved_before: 0, reserved_after: 1, reason: 'hold placed' },
  ]);
});

it('gives a hold of its own that has run out a new time', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 1 });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  await reserve(orderId);
  await letExpire(orderId);
  const again = await reserve(orderId);
  expect(again).toMatchObject({ outcome: 'reserved', lines_changed: 1 });
  expect((again?.expires_at as Date).getTime()).toBeGreaterThan(Date.now());
  expect(await stock(mug.id)).toMatchObject({ reserved: 1 });
});

describe.each(['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])(
  'called by hand under %s',
  (level) => {
    it('is one transaction of its own, and leaves nothing when it fails', async () => {
      const mug = await aProduct(test.db, { businessId, stock: 5 });
      const plate = await aProduct(test.db, { businessId, stock: 0 });
      const client = await test.client();
      await client.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${level}`);
      const good = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
      const bad = await anOrder(test.db, {
        businessId,
        userId,
        lines: [{ product: mug }, { product: plate }],
      });

      await client.query('CALL sp_reserve_order_inventory(?, 30)', [good]);
      await expect(
        client.query('CALL sp_reserve_order_inventory(?, 30)', [bad]),
      ).rejects.toMatchObject({ errno: 1644 });
      await client.query('ROLLBACK');

      expect(await stock(mug.id)).toMatchObject({ reserved: 1 });
      expect(await reservations(bad)).toEqual([]);
    });

    it("is a part of the caller's transaction when there is one", async () => {
      const mug = await aProduct(test.db, { businessId, stock: 5 });
      const plate = await aProduct(test.db, { businessId, stock: 0 });
      const client = await test.client();
      await client.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${level}`);
      const good = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
      const bad = await anOrder(test.db, {
        businessId,
        userId,
        lines: [{ product: mug }, { product: plate }],
      });

      await client.query('START TRANSACTION');
      await client.query("UPDATE users SET name = 'Changed before' WHERE id = ?", [userId]);
      await client.query('CALL sp_reserve_order_inventory(?, 30)', [good]);
      await expect(
        client.query('CALL sp_reserve_order_inventory(?, 30)', [bad]),
      ).rejects.toMatchObject({ errno: 1644 });
      await client.query('ROLLBACK');

      expect(await stock(mug.id)).toMatchObject({ reserved: 0 });
      expect(await test.db.query('SELECT name FROM users')).toEqual([{ name: 'Maria Santos' }]);
    });

    it('takes back a hold that was placed and ran out since the transaction began', async () => {
      const mug = await aProduct(test.db, { businessId, stock: 1 });
      const theirs = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
      const ours = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
      const client = await test.client();
      await client.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${level}`);
      if (level === 'SERIALIZABLE') return; // Its reads lock, so nobody can commit in between.
      await client.query('START TRANSACTION');
      await client.query('SELECT * FROM products');
      await client.query('SELECT * FROM inventory_reservations');
      await reserve(theirs);
      await letExpire(theirs);
      await client.query('CALL sp_reserve_order_inventory(?, 30)', [ours]);
      await client.query('COMMIT');
      expect(await stock(mug.id)).toMatchObject({ reserved: 1 });
      expect(await reservations(theirs)).toMatchObject([{ status: 'expired' }]);
    });
  },
);

it('works with autocommit switched off, and leaves the commit to the client', async () => {
  const mug = await aProduct(test.db, { businessId, stock: 5 });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: mug }] });
  const client = await test.client();
  await client.query('SET autocommit = 0');
  await client.query('CALL sp_reserve_order_inventory(?, 30)', [orderId]);
  await client.query('ROLLBACK');
  expect(await stock(mug.id)).toMatchObject({ reserved: 0 });
});

it('leaves the session as it was, also when it fails', async () => {
  const plate = await aProduct(test.db, { businessId, stock: 0 });
  const orderId = await anOrder(test.db, { businessId, userId, lines: [{ product: plate }] });
  const client = await test.client();
  await client.query("SET @tindera_reason = 'mine', @tindera_order_id = 7");
  await expect(
    client.query('CALL sp_reserve_order_inventory(?, 30)', [orderId]),
  ).rejects.toMatchObject({ errno: 1644 });
  const [rows] = await client.query<RowDataPacket[]>(
    'SELECT @tindera_reason AS reason, @tindera_order_id AS order_id',
  );
  expect(rows).toEqual([{ reason: 'mine', order_id: 7 }]);
});
