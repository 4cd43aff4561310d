import fc from 'fast-check';
import type { Business } from '../../src/businesses/business-store';
import type { CoreDeps } from '../../src/db/core-deps';
import { openDatabase, type Database } from '../../src/db/database';
import { useDatabase } from '../support/database';
import { aBusiness } from '../support/factories';
import { doctorFindings } from '../support/healthy';
import { command, ROWS, type Command } from '../support/order-model/commands';
import { apply } from '../support/order-model/model';
import {
  heldOf,
  isHeld,
  newModel,
  promoUses,
  totalOf,
  unitsOf,
  type Model,
} from '../support/order-model/model-state';
import { stateOf } from '../support/order-model/read-shop';
import { openRealShop, perform } from '../support/order-model/real-shop';
import { brokenChains, ledgerProblems, stockProblems } from '../support/stock';

/** MODEL_RUNS=50 npm test -- order-model: fifty times as many. */
const MORE = Number(process.env.MODEL_RUNS ?? 1);
const SEQUENTIAL_RUNS = 15 * MORE;
const CONCURRENT_RUNS = 6 * MORE;
const TIMEOUT_MS = 120_000 * MORE;
const INSTANCES = 8;
/** Holds that ran out longer ago are left to a person. */
const WEEK_MINUTES = 7 * 24 * 60;
const PRICES = [100_00, 249_50, 80_00, 1_234_25];

const test = useDatabase();
let business: Business;
let instances: Database[];

beforeAll(() => {
  instances = Array.from({ length: INSTANCES }, () => openDatabase(test.url, 3));
});
afterAll(() => Promise.all(instances.map((instance) => instance.close())));
beforeEach(async () => {
  business = await aBusiness(test.db);
});

/** What the model has found: run first, every time. */
const FOUND_BEFORE: [number[], Command[]][] = [
  // A hold that had run out kept a count of the shelf from being noted.
  [
    [0, 4, 0, 0],
    [
      { do: 'create', lines: [{ row: 1, quantity: 1 }], method: 'card', hasPromo: false },
      { do: 'wait', minutes: 20 },
      { do: 'restock', row: 1, by: -4 },
    ],
  ],
  // Late money revived an order whose use of a code somebody else had by then; cancelling it gave back a use that it never had.
  [
    [4, 0, 0, 0],
    [
      { do: 'create', lines: [{ row: 0, quantity: 1 }], method: 'card', hasPromo: true },
      { do: 'wait', minutes: 20 },
      { do: 'cancel expired' },
      { do: 'create', lines: [{ row: 0, quantity: 1 }], method: 'cod', hasPromo: true },
      { do: 'pay', order: 1, to: 'paid' },
      { do: 'cancel', order: 1 },
      { do: 'create', lines: [{ row: 0, quantity: 1 }], method: 'cod', hasPromo: true },
    ],
  ],
];

const stocks = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: ROWS, maxLength: ROWS });

/** The model in the terms of `stateOf`. */
const seen = (model: Model) => ({
  orders: model.orders.map((order) => ({
    status: order.status,
    payment: order.payment,
    total: totalOf(model, order),
    paid: order.paid,
    refunded: order.refunded,
    sold: order.hold === 'sold' ? unitsOf(order) : 0,
    held: isHeld(model, order) ? unitsOf(order) : 0,
  })),
  rows: model.stock.map((stock, row) => ({ stock, held: heldOf(model, row) })),
  promoUses: promoUses(model),
});

async function expectHealthy(): Promise<void> {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await brokenChains(test.db)).toEqual([]);
  expect(await ledgerProblems(test.db)).toEqual([]);
  expect(await doctorFindings(test.url)).toEqual([]);
}

const isTooLong = (model: Model, one: Command) =>
  one.do === 'wait' && model.now + one.minutes >= WEEK_MINUTES;

it(
  'does what a plain model does, whatever is asked for in whatever order',
  async () => {
    const words = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        stocks,
        fc.array(command, { minLength: 10, maxLength: 50, size: 'max' }),
        async (stock, commands) => {
          const model = newModel(stock, PRICES);
          const shop = await openRealShop(test.db, business, model);
          for (const one of commands) {
            if (isTooLong(model, one)) continue;
            test.clock.set(new Date());
            const expected = apply(model, one);
            words.add(`${one.do}: ${expected}`);
            expect([one, await perform(test.deps, shop, one)]).toEqual([one, expected]);
            expect(await stateOf(test.db, shop)).toEqual(seen(model));
          }
          await expectHealthy();
        },
      ),
      { numRuns: SEQUENTIAL_RUNS, examples: FOUND_BEFORE },
    );
    // The commands have reached what they are about.
    for (const word of ['create: ok', 'create: INSUFFICIENT_STOCK', 'pay: ok', 'confirm: ok'])
      expect(words).toContain(word);
  },
  TIMEOUT_MS,
);

it(
  'stays true when eight instances do anything at once',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        stocks,
        fc.array(fc.array(command, { minLength: 5, maxLength: 20, size: 'max' }), {
          minLength: INSTANCES,
          maxLength: INSTANCES,
        }),
        async (stock, scripts) => {
          test.clock.set(new Date());
          const model = newModel(stock, PRICES);
          const shop = await openRealShop(test.db, business, model);
          const restocked = stock.map(() => 0);
          await Promise.all(
            scripts.map(async (script, n) => {
              const deps: CoreDeps = { ...test.deps, db: instances[n] as Database };
              for (const one of script) {
                const word = await perform(deps, shop, one);
                if (one.do === 'restock' && word === 'ok')
                  restocked[one.row] = (restocked[one.row] ?? 0) + one.by;
              }
            }),
          );
          await expectHealthy();
          const { orders, rows } = await stateOf(test.db, shop);
          expect(orders).toHaveLength(shop.placed.length);
          // Nothing came from nowhere and nothing went away.
          const sold = await soldByRow(shop.rows.map(({ sku }) => sku));
          expect(rows.map((row, at) => row.stock + (sold[at] ?? 0))).toEqual(
            stock.map((units, at) => units + (restocked[at] ?? 0)),
          );
          for (const order of orders) {
            expect(order.refunded).toBeLessThanOrEqual(order.paid);
            expect([0, order.total]).toContain(order.paid);
          }
        },
      ),
      // What went wrong at once may go well the next time: there is nothing to make smaller.
      { numRuns: CONCURRENT_RUNS, endOnFailure: true },
    );
  },
  TIMEOUT_MS,
);

/** Units of each SKU in orders that have bought theirs. */
async function soldByRow(skus: readonly string[]): Promise<number[]> {
  const rows = await test.db.query<{ sku: string; units: string }>(
    `SELECT i.sku, SUM(i.quantity) AS units FROM order_items AS i JOIN orders AS o ON o.id = i.order_id
     WHERE i.sku IN (?) AND o.order_status NOT IN ('draft', 'pending', 'cancelled') GROUP BY i.sku`,
    [skus],
  );
  return skus.map((sku) => Number(rows.find((row) => row.sku === sku)?.units ?? 0));
}
