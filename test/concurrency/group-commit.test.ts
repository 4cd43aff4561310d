import fc from 'fast-check';
import type { Business } from '../../src/businesses/business-store';
import type { CoreDeps } from '../../src/db/core-deps';
import { openDatabase, type Database } from '../../src/db/database';
import { createOrder, type CreateResult } from '../../src/orders/create-order';
import type { OrderData } from '../../src/orders/order';
import { placeGroup, prepareGroup, toCandidate } from '../../src/orders/place-group';
import { useDatabase } from '../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  aPromo,
  aVariant,
  orderData,
  type OrderLine,
} from '../support/factories';
import { brokenChains, ledgerProblems, onShelf, stockProblems } from '../support/stock';

const test = useDatabase();
const INSTANCES = 4;
let instances: Database[];
let business: Business;
let businessId: number;

beforeAll(() => {
  instances = Array.from({ length: INSTANCES }, () => openDatabase(test.url, 8));
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

const depsOf = (n: number): CoreDeps => ({
  ...test.deps,
  db: instances[n % INSTANCES] as Database,
});
const customers = (count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, () => aCustomer(test.db, { businessId })));
const wordOf = (result: CreateResult): string =>
  result.status === 201 ? 'PLACED' : result.body.code;
const tally = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

it('sells fifty units to exactly fifty of a thousand buyers, over several instances', async () => {
  const product = await aProduct(test.db, { businessId, stock: 50 });
  const buyers = await customers(1_000);
  const results = await Promise.all(
    buyers.map((userId, n) =>
      createOrder(depsOf(n), orderData(business, { userId, lines: [{ product }] }), { business }),
    ),
  );
  expect(tally(results.map(wordOf))).toEqual({ INSUFFICIENT_STOCK: 950, PLACED: 50 });
  expect(await onShelf(test.db, product.id)).toEqual({ stock: 50, reserved: 50 });
});

it('places one order for a key that every instance gets many times', async () => {
  const product = await aProduct(test.db, { businessId, stock: 100 });
  const [userId = 0] = await customers(1);
  const data = {
    ...orderData(business, { userId, lines: [{ product }] }),
    idempotency_key: 'same',
  };
  const results = await Promise.all(
    Array.from({ length: 80 }, (_, n) => createOrder(depsOf(n), data, { business })),
  );
  expect(new Set(results.map((result) => result.status === 201 && result.body.order_id)).size).toBe(
    1,
  );
  expect(await onShelf(test.db, product.id)).toMatchObject({ reserved: 1 });
});

it('places one order for a key that different customers use at once on every instance', async () => {
  const product = await aProduct(test.db, { businessId, stock: 100 });
  const buyers = await customers(40);
  const results = await Promise.all(
    buyers.map((userId, n) => {
      const data = orderData(business, { userId, lines: [{ product }] });
      return createOrder(depsOf(n), { ...data, idempotency_key: 'same' }, { business });
    }),
  );
  expect(tally(results.map(wordOf))).toEqual({ IDEMPOTENCY_MISMATCH: 39, PLACED: 1 });
});

it('numbers concurrent orders once each, in the order of their ids within an instance', async () => {
  const product = await aProduct(test.db, { businessId, stock: 1_000 });
  const buyers = await customers(300);
  const results = await Promise.all(
    buyers.map((userId) =>
      createOrder(test.deps, orderData(business, { userId, lines: [{ product }] }), { business }),
    ),
  );
  const placed = results.flatMap((result) => (result.status === 201 ? [result.body] : []));
  expect(placed).toHaveLength(300);
  const byId = [...placed].sort((a, b) => a.order_id - b.order_id).map((body) => body.order_number);
  expect(byId).toEqual([...byId].sort());
  // First come, first written: the callers are answered for in the order in which they came.
  expect(placed.map((body) => body.order_number)).toEqual(byId);
});

it('keeps stock, keys and promo codes true under a mix from several instances', async () => {
  const shelf: OrderLine[] = [];
  for (const stock of [3, 7, 12, 30, 60])
    shelf.push({ product: await aProduct(test.db, { businessId, stock }) });
  const parent = await aProduct(test.db, { businessId, stock: 0 });
  for (const stock of [2, 9, 25]) {
    shelf.push({
      product: parent,
      variant: await aVariant(test.db, { businessId, productId: parent.id, stock }),
    });
  }
  await aPromo(test.db, {
    businessId,
    code: 'LIMITED',
    type: 'fixed',
    value: '10',
    limit: 9,
    perCustomer: 2,
  });
  const buyers = await customers(30);
  const random = randomOf(20_251_120);
  const orders: OrderData[] = Array.from({ length: 400 }, (_, n) => {
    const start = random(shelf.length);
    const lines = Array.from({ length: 1 + random(4) }, (_line, at) => ({
      ...(shelf[(start + at * 3) % shelf.length] as OrderLine),
      quantity: 1 + random(3),
    }));
    const data = orderData(business, { userId: buyers[random(buyers.length)] ?? 0, lines });
    const keyed = {
      ...data,
      confirm_duplicate: random(3) > 0,
      idempotency_key: `key-${n - (n % 5 === 4 ? 1 : 0)}`,
    };
    if (random(4) > 0) return keyed;
    return {
      ...keyed,
      promo_code: 'LIMITED',
      discount_amount: 10,
      total_amount: Number(data.total_amount) - 10,
    };
  });

  const results = await Promise.all(
    orders.map((data, n) => createOrder(depsOf(n), data, { business })),
  );

  const known = [
    'DUPLICATE_ORDER',
    'IDEMPOTENCY_MISMATCH',
    'INSUFFICIENT_STOCK',
    'PLACED',
    'PROMO_LIMIT_REACHED',
  ];
  expect(known).toEqual(expect.arrayContaining(Object.keys(tally(results.map(wordOf)))));
  const placed = new Set(
    results.flatMap((result) => (result.status === 201 ? [result.body.order_id] : [])),
  );
  const rows = await test.db.query<{ id: number; user_id: number; promo_code_id: number | null }>(
    'SELECT id, user_id, promo_code_id FROM orders',
  );
  expect(new Set(rows.map((row) => row.id))).toEqual(placed);
  const uses = rows.filter((row) => row.promo_code_id !== null);
  expect(await test.db.query('SELECT used_count FROM promo_codes')).toEqual([
    { used_count: uses.length },
  ]);
  expect(uses.length).toBeLessThanOrEqual(9);
  for (const count of Object.values(tally(uses.map((row) => String(row.user_id)))))
    expect(count).toBeLessThanOrEqual(2);
});

/** An order of a group in small: which stock rows, how many of each. */
const wish = fc.array(fc.record({ row: fc.nat(3), quantity: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 3,
});

it('decides a group exactly as a plain model does that serves one order after the other', async () => {
  const [userId = 0] = await customers(1);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
      fc.array(wish, { minLength: 1, maxLength: 25 }),
      async (stocks, wishes) => {
        const products = await Promise.all(
          stocks.map((stock) => aProduct(test.db, { businessId, stock })),
        );
        const model = [...stocks];
        const expected = wishes.map((lines) => {
          const wanted = [0, 1, 2, 3].map((row) =>
            lines.reduce((sum, line) => sum + (line.row === row ? line.quantity : 0), 0),
          );
          if (wanted.some((quantity, row) => quantity > (model[row] ?? 0)))
            return 'INSUFFICIENT_STOCK';
          wanted.forEach((quantity, row) => (model[row] = (model[row] ?? 0) - quantity));
          return 'PLACED';
        });
        const group = wishes.map((lines) => {
          const bought = lines.map(({ row, quantity }) => ({ product: products[row]!, quantity }));
          const data = {
            ...orderData(business, { userId, lines: bought }),
            confirm_duplicate: true,
          };
          return toCandidate({ business, data, actor: 'api' }, test.clock.now());
        });
        await prepareGroup(test.deps, group);
        const results = await placeGroup(test.deps, group);
        const words = results.map((result) =>
          'fault' in result ? result.fault : result.outcome.ok ? 'PLACED' : result.outcome.code,
        );
        expect(words).toEqual(expected);
        for (const [row, product] of products.entries()) {
          expect((await onShelf(test.db, product.id)).reserved).toBe(
            (stocks[row] ?? 0) - (model[row] ?? 0),
          );
        }
      },
    ),
    { numRuns: 25 },
  );
});

/** The same numbers every time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
