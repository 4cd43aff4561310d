import type { Business } from '../../src/businesses/business-store';
import { openDatabase, type Database } from '../../src/db/database';
import { createOrder } from '../../src/orders/create-order';
import { cancelOrder } from '../../src/orders/cancel-order';
import { confirmOrder } from '../../src/orders/confirm-order';
import { expireReservations } from '../../src/inventory/expire-holds';
import { useDatabase } from '../support/database';
import {
  aBusiness,
  aCustomer,
  anOrder,
  aProduct,
  aPromo,
  aVariant,
  orderData,
  type OrderLine,
} from '../support/factories';
import {
  brokenChains,
  ledgerProblems,
  letHoldsExpire,
  onShelf,
  stockProblems,
} from '../support/stock';

const test = useDatabase();
let business: Business;
let businessId: number;
/** Instances of the product share nothing but the database. */
let instances: Database[];

beforeAll(() => {
  instances = [openDatabase(test.url, 20), openDatabase(test.url, 20)];
});
afterAll(() => Promise.all(instances.map((instance) => instance.close())));
beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
});
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await brokenChains(test.db)).toEqual([]);
  expect(await ledgerProblems(test.db)).toEqual([]);
});

const depsOf = (n: number) => ({ ...test.deps, db: instances[n % 2] as Database });
const customers = (count: number) =>
  Promise.all(Array.from({ length: count }, () => aCustomer(test.db, { businessId })));
const code = (result: Awaited<ReturnType<typeof createOrder>>) =>
  result.status === 201 ? 'PLACED' : result.body.code;
const tally = (words: string[]) =>
  Object.fromEntries(
    [...new Set(words)].sort().map((word) => [word, words.filter((one) => one === word).length]),
  );

it('sells the last unit to one of a hundred buyers, who come to two instances', async () => {
  const product = await aProduct(test.db, { businessId, stock: 1 });
  const buyers = await customers(100);
  const results = await Promise.all(
    buyers.map((userId, n) =>
      createOrder(depsOf(n), orderData(business, { userId, lines: [{ product }] })),
    ),
  );
  expect(tally(results.map(code))).toEqual({ INSUFFICIENT_STOCK: 99, PLACED: 1 });
  expect(await onShelf(test.db, product.id)).toEqual({ stock: 1, reserved: 1 });
});

it('gives the unit of an expired hold to one of thirty buyers', async () => {
  const product = await aProduct(test.db, { businessId, stock: 1 });
  const [first = 0, ...buyers] = await customers(31);
  const hold = await createOrder(
    test.deps,
    orderData(business, { userId: first, lines: [{ product }] }),
  );
  if (hold.status === 201) await letHoldsExpire(test.db, hold.body.order_id);
  const results = await Promise.all(
    buyers.map((userId) =>
      createOrder(test.deps, orderData(business, { userId, lines: [{ product }] })),
    ),
  );
  expect(tally(results.map(code))).toEqual({ INSUFFICIENT_STOCK: 29, PLACED: 1 });
});

it('places one order for fifty repeats of a key at once, and answers all of them with it', async () => {
  const product = await aProduct(test.db, { businessId, stock: 100 });
  const [userId = 0] = await customers(1);
  const data = {
    ...orderData(business, { userId, lines: [{ product }] }),
    idempotency_key: 'same',
  };
  const results = await Promise.all(Array.from({ length: 50 }, () => createOrder(test.deps, data)));
  const numbers = results.map((result) =>
    result.status === 201 ? result.body.order_number : 'refused',
  );
  expect(new Set(numbers).size).toBe(1);
  expect(await onShelf(test.db, product.id)).toMatchObject({ reserved: 1 });
});

it('places one order for a key that several customers send at once', async () => {
  const product = await aProduct(test.db, { businessId, stock: 100 });
  const results = await Promise.all(
    (await customers(20)).map((userId) =>
      createOrder(test.deps, {
        ...orderData(business, { userId, lines: [{ product }] }),
        idempotency_key: 'same',
      }),
    ),
  );
  expect(tally(results.map(code))).toEqual({ IDEMPOTENCY_MISMATCH: 19, PLACED: 1 });
});

it('counts a promo code of three uses three times', async () => {
  const product = await aProduct(test.db, { businessId, stock: 100, price: 500_00 });
  await aPromo(test.db, { businessId, code: 'THREE', type: 'fixed', value: '100', limit: 3 });
  const results = await Promise.all(
    (await customers(20)).map((userId) => {
      const data = orderData(business, { userId, lines: [{ product }] });
      return createOrder(test.deps, {
        ...data,
        promo_code: 'THREE',
        discount_amount: 100,
        total_amount: 500,
      });
    }),
  );
  expect(results.filter((result) => result.status === 201)).toHaveLength(3);
  expect(await test.db.query('SELECT used_count FROM promo_codes')).toEqual([{ used_count: 3 }]);
});

it('never deadlocks a caller or oversells, whatever the order of the lines', async () => {
  const products = await Promise.all(
    [5, 10, 15, 20, 25].map((stock) => aProduct(test.db, { businessId, stock })),
  );
  const parent = await aProduct(test.db, { businessId, stock: 0 });
  const variants = await Promise.all(
    [1, 2, 3].map(() => aVariant(test.db, { businessId, productId: parent.id, stock: 12 })),
  );
  const shelf: OrderLine[] = [
    ...products.map((product) => ({ product })),
    ...variants.map((variant) => ({ product: parent, variant })),
  ];
  const buyers = await customers(80);
  const results = await Promise.all(
    buyers.map((userId, n) => {
      const lines = shuffled(shelf, n).slice(0, 4);
      return createOrder(test.deps, orderData(business, { userId, lines }));
    }),
  );
  expect(Object.keys(tally(results.map(code)))).toEqual(['INSUFFICIENT_STOCK', 'PLACED']);
});

it('keeps everything true while orders are placed, confirmed, cancelled and expire at once', async () => {
  const products = await Promise.all(
    [8, 8, 8].map((stock) => aProduct(test.db, { businessId, stock })),
  );
  const buyers = await customers(40);
  await Promise.all(
    buyers.map(async (userId, n) => {
      const lines = shuffled(
        products.map((product) => ({ product })),
        n,
      ).slice(0, 2);
      const result = await createOrder(test.deps, orderData(business, { userId, lines }));
      if (result.status !== 201) return;
      const order = result.body.order_id;
      if (n % 4 === 0) await letHoldsExpire(test.db, order);
      if (n % 4 === 1) await confirmOrder(test.deps, { businessId, order, actor: 'staff:1' });
      if (n % 2 === 1)
        await cancelOrder(test.deps, { businessId, order, actor: 'staff:1', reason: 'test' });
      if (n % 5 === 0) await expireReservations(test.deps, 10);
      if (n % 4 === 0) await confirmOrder(test.deps, { businessId, order, actor: 'staff:1' });
    }),
  );
});

it('serves hand calls on connections with the server’s own settings, in and out of transactions', async () => {
  const products = await Promise.all(
    [30, 30, 30].map((stock) => aProduct(test.db, { businessId, stock })),
  );
  const [userId = 0] = await customers(1);
  const orders: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    const lines = shuffled(
      products.map((product) => ({ product })),
      n,
    ).slice(0, 1 + (n % 3));
    orders.push(await anOrder(test.db, { businessId, userId, lines }));
  }
  const failures: unknown[] = [];
  await Promise.all(
    orders.map(async (orderId, n) => {
      const client = await test.client();
      try {
        if (n % 2) await client.query('START TRANSACTION');
        await client.query('CALL sp_reserve_order_inventory(?, 30)', [orderId]);
        if (n % 2) await client.query('COMMIT');
        await client.query('CALL sp_commit_order_inventory(?)', [orderId]);
      } catch (error) {
        const { errno } = error as { errno?: number };
        if (errno !== 1644) failures.push(error);
      }
    }),
  );
  expect(failures).toEqual([]);
});

/** The same order every time for the same seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const copy = [...items];
  let state = seed + 1;
  for (let at = copy.length - 1; at > 0; at -= 1) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const other = state % (at + 1);
    [copy[at], copy[other]] = [copy[other] as T, copy[at] as T];
  }
  return copy;
}
