import type { Business } from '../../../src/businesses/business-store';
import { adjustStock } from '../../../src/inventory/adjust-stock';
import { reconcileStock } from '../../../src/inventory/reconcile-stock';
import {
  alertLowStock,
  alertReservationFailures,
  alertStockProblems,
  FAILURE_WINDOW_MINUTES,
  FAILURES_FROM,
} from '../../../src/inventory/stock-alerts';
import { createOrder } from '../../../src/orders/create-order';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, aProduct, aVariant, orderData } from '../../support/factories';

const test = useDatabase();
let business: Business;
let businessId: number;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
});

const place = async (line: Parameters<typeof orderData>[1]['lines'][0]) =>
  createOrder(
    test.deps,
    orderData(business, { userId: await aCustomer(test.db, { businessId }), lines: [line] }),
  );
const adjust = (sku: string, set: number) =>
  test.db.transaction((trx) =>
    adjustStock(trx, { businessId, sku, set, reason: 'counted', actor: 'staff:1' }),
  );
const messages = async (template: string): Promise<Record<string, unknown>[]> =>
  (
    await test.db.query<{ payload: string; recipient_type: string }>(
      'SELECT payload, recipient_type FROM notification_queue WHERE template = :template ORDER BY id',
      { template },
    )
  ).map((row) => ({
    to: row.recipient_type,
    ...(JSON.parse(row.payload) as Record<string, unknown>),
  }));
const events = async (type: string) =>
  (
    await test.db.query<{ payload: string }>(
      'SELECT payload FROM outbox_events WHERE event_type = :type ORDER BY id',
      { type },
    )
  ).map((row) => JSON.parse(row.payload) as Record<string, unknown>);

describe('low stock', () => {
  const low = () => alertLowStock(test.deps);

  it('is told once per crossing, with an event', async () => {
    const mug = await aProduct(test.db, { businessId, name: 'Mug', sku: 'MUG', stock: 8 });
    expect(await low()).toBe(0);
    await place({ product: mug, quantity: 4 });
    expect(await low()).toBe(1);
    expect(await low()).toBe(0);
    expect(await messages('owner_low_stock')).toEqual([
      { to: 'owner', items: 'Mug (MUG): 4', more: 0 },
    ]);
    expect(await events('stock.low')).toEqual([
      { product_id: mug.id, variant_id: null, sku: 'MUG', available: 4, threshold: 5 },
    ]);

    await adjust('MUG', 20);
    expect(await low()).toBe(0);
    await place({ product: mug, quantity: 12 });
    expect(await low()).toBe(1);
    expect(await messages('owner_low_stock')).toHaveLength(2);
  });

  it('is told again when the rest is sold, not when it gets less', async () => {
    const mug = await aProduct(test.db, { businessId, stock: 8 });
    await place({ product: mug, quantity: 4 });
    await low();
    await place({ product: mug, quantity: 1 });
    expect(await low()).toBe(0);
    await place({ product: mug, quantity: 3 });
    expect(await low()).toBe(1);
    expect(await low()).toBe(0);
    expect(await events('stock.low')).toMatchObject([{ available: 4 }, { available: 0 }]);
  });

  it('is not told of what was entered with little, hidden, or has its stock in variants', async () => {
    await aProduct(test.db, { businessId, stock: 2 });
    const hidden = await aProduct(test.db, { businessId, stock: 8 });
    await place({ product: hidden, quantity: 7 });
    await test.db.execute("UPDATE products SET status = 'inactive' WHERE id = ?", [hidden.id]);
    const tee = await aProduct(test.db, { businessId, stock: 3, sku: 'TEE' });
    await adjust('TEE', 0);
    await aVariant(test.db, { businessId, productId: tee.id, stock: 50 });
    expect(await low()).toBe(0);
  });

  it('goes into one message for a shop, with the names of a few', async () => {
    const tee = await aProduct(test.db, { businessId, stock: 0, name: 'Tee' });
    const large = await aVariant(test.db, {
      businessId,
      productId: tee.id,
      stock: 6,
      name: 'L',
      sku: 'TEE-L',
    });
    await place({ product: tee, variant: large, quantity: 2 });
    for (let n = 0; n < 6; n += 1) {
      const product = await aProduct(test.db, { businessId, stock: 6 });
      await place({ product, quantity: 2 });
    }
    expect(await low()).toBe(7);
    const [message] = await messages('owner_low_stock');
    expect(message).toMatchObject({ more: 2 });
    expect(String(message?.items).split(', ')).toHaveLength(5);
    expect(await events('stock.low')).toContainEqual(
      expect.objectContaining({ variant_id: large.id, sku: 'TEE-L' }),
    );
  });

  it('is told once when several instances look at once', async () => {
    const mug = await aProduct(test.db, { businessId, stock: 6 });
    await place({ product: mug, quantity: 3 });
    const counts = await Promise.all([low(), low(), low(), low()]);
    expect(counts.sort()).toEqual([0, 0, 0, 1]);
    expect(await messages('owner_low_stock')).toHaveLength(1);
  });
});

describe('stock that does not add up', () => {
  it('is told once until it is put right, and again the next time', async () => {
    const mug = await aProduct(test.db, { businessId, name: 'Mug', sku: 'MUG', stock: 8 });
    const spoil = () =>
      test.db.execute('UPDATE products SET reserved_stock = 3 WHERE id = ?', [mug.id]);
    expect(await alertStockProblems(test.deps)).toBe(0);
    await spoil();
    const counts = await Promise.all([
      alertStockProblems(test.deps),
      alertStockProblems(test.deps),
    ]);
    expect(counts.sort()).toEqual([0, 1]);
    expect(await messages('owner_stock_problem')).toEqual([
      { to: 'owner', items: 'Mug (MUG)', more: 0 },
    ]);
    expect(await events('stock.inconsistent')).toMatchObject([
      { sku: 'MUG', reserved: 3, held: 0, problems: ['reserved_differs'] },
    ]);
    await reconcileStock(test.deps, { repair: true });
    expect(await alertStockProblems(test.deps)).toBe(0);
    await spoil();
    expect(await alertStockProblems(test.deps)).toBe(1);
  });
});

describe('orders refused for want of stock', () => {
  const refuse = async (times: number) => {
    const gone = await aProduct(test.db, { businessId, stock: 0 });
    for (let n = 0; n < times; n += 1)
      expect((await place({ product: gone })).status).not.toBe(201);
  };

  it('are told of when they are many, once until it is over', async () => {
    await refuse(FAILURES_FROM - 1);
    expect(await alertReservationFailures(test.deps)).toBe(0);
    await refuse(1);
    await place({ product: await aProduct(test.db, { businessId }) });
    expect(await alertReservationFailures(test.deps)).toBe(1);
    expect(await alertReservationFailures(test.deps)).toBe(0);
    expect(await messages('owner_reservation_failures')).toEqual([
      { to: 'owner', failures: 10, attempts: 11, minutes: 15 },
    ]);
    test.clock.forward(FAILURE_WINDOW_MINUTES + 1);
    expect(await alertReservationFailures(test.deps)).toBe(0);
    await refuse(FAILURES_FROM);
    expect(await alertReservationFailures(test.deps)).toBe(1);
  });

  it('are no news beside many that were placed', async () => {
    await refuse(FAILURES_FROM);
    const plenty = await aProduct(test.db, { businessId, stock: 1_000 });
    for (let n = 0; n < 30; n += 1) await place({ product: plenty });
    expect(await alertReservationFailures(test.deps)).toBe(0);
  });
});
