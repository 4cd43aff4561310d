import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Business } from '../../src/businesses/business-store';
import { createOrder } from '../../src/orders/create-order';
import type { OrderData } from '../../src/orders/order';
import {
  placeGroup,
  prepareGroup,
  toCandidate,
  type Candidate,
} from '../../src/orders/place-group';
import { placeOrder, type PlaceOutcome, type PlaceRequest } from '../../src/orders/place-order';
import { LINE_FIELDS, ORDER_FIELDS, placementParams } from '../../src/orders/placement-rows';
import { useDatabase } from '../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  aPromo,
  aVariant,
  orderData,
  type OrderLine,
  type TestProduct,
} from '../support/factories';
import {
  brokenChains,
  holdsOf,
  ledgerProblems,
  letHoldsExpire,
  onShelf,
  stockProblems,
} from '../support/stock';

const test = useDatabase();
let business: Business;
let businessId: number;
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
  userId = await aCustomer(test.db, { businessId });
  mug = await aProduct(test.db, { businessId, name: 'Blue mug', price: 250_00, stock: 10 });
});
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await brokenChains(test.db)).toEqual([]);
  expect(await ledgerProblems(test.db)).toEqual([]);
});

const requestFor = (data: unknown): PlaceRequest => ({
  business,
  data,
  actor: 'api',
  ipAddress: '203.0.113.7',
  userAgent: 'test',
});
const candidateFor = (data: unknown): Candidate => toCandidate(requestFor(data), test.clock.now());
const order = (given: Partial<Parameters<typeof orderData>[1]> = {}): OrderData =>
  orderData(business, { userId, lines: [{ product: mug, quantity: 2 }], ...given });
const outcomesOf = async (group: readonly Candidate[]): Promise<PlaceOutcome[]> =>
  (await placeGroup(test.deps, group)).map((result) => {
    if ('fault' in result) throw result.fault;
    return result.outcome;
  });
const placeTogether = async (...data: unknown[]): Promise<PlaceOutcome[]> => {
  const group = data.map(candidateFor);
  await prepareGroup(test.deps, group);
  return outcomesOf(group);
};
const wordOf = (outcome: PlaceOutcome): string => (outcome.ok ? 'PLACED' : outcome.code);
/** One after the other: their ids rise. */
const others = async (count: number): Promise<number[]> => {
  const ids: number[] = [];
  while (ids.length < count) ids.push(await aCustomer(test.db, { businessId }));
  return ids;
};

describe('a group', () => {
  it('writes the very rows that a single placement writes', async () => {
    const tee = await aProduct(test.db, { businessId, stock: 0 });
    const large = await aVariant(test.db, { businessId, productId: tee.id, stock: 9 });
    const tv = await aProduct(test.db, { businessId, price: 60_000_00, stock: 9 });
    await aPromo(test.db, { businessId, code: 'HUNDRED', type: 'fixed', value: '100' });
    const lines: OrderLine[] = [
      { product: mug },
      { product: tee, variant: large, quantity: 2 },
      { product: mug, quantity: 3 },
    ];
    const withPromo = (user: number): OrderData => {
      const data = order({
        userId: user,
        lines,
        notes: 'Please “knock”\n🙂',
        idempotency_key: `key-${user}`,
      });
      const total_amount = Number(data.total_amount) - 100;
      return { ...data, promo_code: 'HUNDRED', discount_amount: 100, total_amount };
    };
    const reviewed = (user: number): OrderData => order({ userId: user, lines: [{ product: tv }] });
    const [a = 0, b = 0, c = 0, d = 0] = await others(4);

    await test.db.transaction(async (trx) => {
      await placeOrder(trx, test.deps, requestFor(withPromo(a)));
      await placeOrder(trx, test.deps, requestFor(reviewed(b)));
    });
    const grouped = await placeTogether(withPromo(c), reviewed(d));

    expect(grouped.map(wordOf)).toEqual(['PLACED', 'PLACED']);
    expect(await traceOf([c, d])).toEqual(await traceOf([a, b]));
    expect(await test.db.query('SELECT used_count FROM promo_codes')).toEqual([{ used_count: 2 }]);
  });

  it('answers as the single path does', async () => {
    const [a = 0, b = 0] = await others(2);
    const single = await test.db.transaction((trx) =>
      placeOrder(trx, test.deps, requestFor(order({ userId: a }))),
    );
    const [grouped] = await placeTogether(order({ userId: b }));
    const plain = (outcome: PlaceOutcome | undefined): unknown =>
      outcome?.ok && {
        ...outcome,
        order: { ...outcome.order, id: 0, userId: 0, orderNumber: '' },
        notificationId: null,
      };
    expect(plain(grouped)).toEqual(plain(single));
  });

  it('lets each order succeed or fail alone, in the order of arrival', async () => {
    const [a = 0, b = 0, c = 0, d = 0] = await others(4);
    const plate = await aProduct(test.db, { businessId, stock: 1 });
    const outcomes = await placeTogether(
      order({ userId: a, lines: [{ product: mug, quantity: 9 }] }),
      // Fails for the mugs and leaves the plate to the next.
      order({ userId: b, lines: [{ product: plate }, { product: mug, quantity: 2 }] }),
      order({ userId: c, lines: [{ product: plate }, { product: mug }] }),
      order({ userId: d, lines: [{ product: plate }] }),
      { ...order(), subtotal: 1 },
    );
    expect(outcomes.map(wordOf)).toEqual([
      'PLACED',
      'INSUFFICIENT_STOCK',
      'PLACED',
      'INSUFFICIENT_STOCK',
      'AMOUNT_MISMATCH',
    ]);
    // Said by what is left now: the next one has had the plate.
    expect(outcomes[1]).toMatchObject({
      problems: [{ sku: plate.sku }, { available: 0, sku: mug.sku }],
    });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 10 });
    const [errors] = await test.db.query('SELECT COUNT(*) AS n FROM order_errors');
    expect(errors).toEqual({ n: 3 });
  });

  it('takes back an expired hold when it needs its stock', async () => {
    const [a = 0, b = 0, c = 0] = await others(3);
    const [first] = await placeTogether(
      order({ userId: a, lines: [{ product: mug, quantity: 10 }] }),
    );
    if (!first?.ok) throw new Error('not placed');
    await letHoldsExpire(test.db, first.order.id);
    const outcomes = await placeTogether(
      order({ userId: b, lines: [{ product: mug, quantity: 6 }] }),
      order({ userId: c, lines: [{ product: mug, quantity: 5 }] }),
    );
    expect(outcomes.map(wordOf)).toEqual(['PLACED', 'INSUFFICIENT_STOCK']);
    expect(await holdsOf(test.db, first.order.id)).toMatchObject([{ status: 'expired' }]);
  });

  it('remembers the last of several orders of one customer', async () => {
    const to = (city: string): OrderData => {
      const data = order({ lines: [{ product: mug }] });
      return { ...data, shipping_address: { ...data.shipping_address, city } };
    };
    const outcomes = await placeTogether(to('Manila'), to('Makati'), to('Pasig'));
    expect(outcomes.map(wordOf)).toEqual(['PLACED', 'PLACED', 'PLACED']);
    const [row] = await test.db.query<{ last_address: string }>(
      'SELECT last_address FROM users WHERE id = ?',
      [userId],
    );
    expect(JSON.parse(row?.last_address ?? '{}')).toMatchObject({ city: 'Pasig' });
  });

  it('gives repeats within it the first result, and sees a duplicate within it', async () => {
    const keyed = { ...order(), idempotency_key: 'same' };
    const outcomes = await placeTogether(keyed, keyed, order(), {
      ...order(),
      confirm_duplicate: true,
    });
    expect(outcomes.map(wordOf)).toEqual(['PLACED', 'PLACED', 'DUPLICATE_ORDER', 'PLACED']);
    expect(outcomes.map((outcome) => outcome.ok && outcome.isRepeat)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(await onShelf(test.db, mug.id)).toMatchObject({ reserved: 4 });
  });

  it('counts the uses of a promo code, in all and of each customer', async () => {
    await aPromo(test.db, { businessId, code: 'TWO', type: 'fixed', value: '50', limit: 2 });
    await aPromo(test.db, { businessId, code: 'ONCE', type: 'fixed', value: '50', perCustomer: 1 });
    const withCode = (promo_code: string, user: number, quantity: number): OrderData => {
      const data = order({ userId: user, lines: [{ product: mug, quantity }] });
      return {
        ...data,
        promo_code,
        discount_amount: 50,
        total_amount: Number(data.total_amount) - 50,
      };
    };
    const [a = 0, b = 0, c = 0] = await others(3);
    const outcomes = await placeTogether(
      withCode('TWO', a, 1),
      withCode('two', b, 1),
      withCode('TWO', c, 1),
      withCode('ONCE', a, 2),
      withCode('ONCE', a, 3),
    );
    expect(outcomes.map(wordOf)).toEqual([
      'PLACED',
      'PLACED',
      'PROMO_LIMIT_REACHED',
      'PLACED',
      'PROMO_LIMIT_REACHED',
    ]);
    const rows = await test.db.query('SELECT code, used_count FROM promo_codes ORDER BY id');
    expect(rows).toEqual([
      { code: 'TWO', used_count: 2 },
      { code: 'ONCE', used_count: 1 },
    ]);
  });

  it('keeps drafts out of the stock', async () => {
    const result = await createOrder(test.deps, {
      ...order(),
      draft: true,
      business_id: businessId,
    });
    expect(result).toMatchObject({ status: 201, body: { order: { order_status: 'draft' } } });
    expect(await onShelf(test.db, mug.id)).toMatchObject({ reserved: 0 });
  });
});

describe('what changes between the judgement and the lock', () => {
  const afterwards = async (
    change: string,
    params: unknown[],
  ): Promise<PlaceOutcome | undefined> => {
    const group = [candidateFor(order())];
    await prepareGroup(test.deps, group);
    expect(group[0]?.passed).not.toBeNull();
    await test.db.execute(change, params);
    return (await outcomesOf(group))[0];
  };

  it.each([
    ['a price', 'UPDATE products SET price = 260 WHERE id = ?', 'AMOUNT_MISMATCH'],
    [
      'a product that is taken off',
      "UPDATE products SET status = 'inactive' WHERE id = ?",
      'PRODUCT_UNAVAILABLE',
    ],
    ['the stock', 'UPDATE products SET stock_quantity = 1 WHERE id = ?', 'INSUFFICIENT_STOCK'],
  ])('is seen: %s', async (_, change, code) => {
    expect(await afterwards(change, [mug.id])).toMatchObject({ ok: false, code });
  });

  it('is seen: a customer who is blocked', async () => {
    const outcome = await afterwards("UPDATE users SET status = 'blocked' WHERE id = ?", [userId]);
    expect(outcome).toMatchObject({ ok: false, code: 'USER_INACTIVE' });
  });

  it('does no harm when the order is still right', async () => {
    const outcome = await afterwards("UPDATE products SET name = 'Red mug' WHERE id = ?", [mug.id]);
    expect(outcome).toMatchObject({ ok: true });
    expect(await test.db.query('SELECT product_name FROM order_items')).toEqual([
      { product_name: 'Red mug' },
    ]);
  });
});

describe('sp_place_orders', () => {
  const params = async (...data: OrderData[]): Promise<[string, string]> => {
    const group = data.map(candidateFor);
    await prepareGroup(test.deps, group);
    return placementParams(group.flatMap(({ passed }) => passed ?? []));
  };

  it('reads the positions that the code writes', () => {
    const file = path.join(__dirname, '../../migrations/sql/procedures/sp_place_orders.sql');
    const [orders = '', lines = ''] = readFileSync(file, 'utf8')
      .split('FROM JSON_TABLE(')
      .filter((part) =>
        /^p_(orders|lines), '\$\[\*\]' COLUMNS \(\s+n INT UNSIGNED PATH '\$\[0\]',\s+\w+ (BIGINT|FOR)/.test(
          part,
        ),
      );
    const fieldsOf = (part: string): string[] => {
      const fields: string[] = [];
      for (const [, name = '', at] of part.matchAll(/^\s+(\w+) .*PATH '\$\[(\d+)\]',?$/gm))
        fields[Number(at)] = name;
      return fields;
    };
    expect([...fieldsOf(orders), 'reviews']).toEqual([...ORDER_FIELDS]);
    expect(fieldsOf(lines)).toEqual([...LINE_FIELDS]);
  });

  it('is one transaction of its own when called by hand', async () => {
    const client = await test.client();
    const [result] = await client.query('CALL sp_place_orders(?, ?)', await params(order()));
    expect(result).toMatchObject([[{ n: 0, outcome: 'placed' }], [{ n: 0 }], expect.anything()]);
    expect(await onShelf(test.db, mug.id)).toMatchObject({ reserved: 2 });
  });

  it('belongs to the caller’s transaction, under the server’s own isolation level, too', async () => {
    const client = await test.client();
    const given = await params(order());
    await client.query('START TRANSACTION');
    await client.query('CALL sp_place_orders(?, ?)', given);
    await client.query('ROLLBACK');
    expect(await test.db.query('SELECT id FROM orders')).toEqual([]);
    await client.query('START TRANSACTION');
    await client.query('CALL sp_place_orders(?, ?)', given);
    await client.query('COMMIT');
    expect(await test.db.query('SELECT order_status FROM orders')).toEqual([
      { order_status: 'pending' },
    ]);
  });

  it('takes back only its own work when it fails, and leaves the triggers at work', async () => {
    const client = await test.client();
    const given = await params(order());
    await client.query('START TRANSACTION');
    await client.query('UPDATE products SET stock_quantity = 11 WHERE id = ?', [mug.id]);
    const twice = given.map((one) =>
      JSON.stringify(
        (JSON.parse(one) as unknown[][]).flatMap((row) => [row, [1, ...row.slice(1)]]),
      ),
    );
    // The same number twice breaks a unique key.
    await expect(client.query('CALL sp_place_orders(?, ?)', twice)).rejects.toMatchObject({
      errno: 1062,
    });
    await client.query('UPDATE products SET stock_quantity = 12 WHERE id = ?', [mug.id]);
    await client.query('COMMIT');
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 12, reserved: 0 });
    expect(await test.db.query('SELECT id FROM orders')).toEqual([]);
  });

  it('knows a key that was used before', async () => {
    const given = await params({ ...order(), idempotency_key: 'k' });
    const client = await test.client();
    await client.query('CALL sp_place_orders(?, ?)', given);
    const [[rows]] = (await client.query('CALL sp_place_orders(?, ?)', given)) as unknown as [
      [{ order_id: number }[]],
    ];
    const [first] = await test.db.query<{ id: number }>('SELECT id FROM orders');
    expect(rows).toMatchObject([{ outcome: 'repeat', order_id: first?.id }]);
  });
});

/** Everything that the orders of these customers left behind, without what differs between any two orders. */
async function traceOf(userIds: readonly number[]): Promise<Record<string, unknown>> {
  const ids = await test.db.query<{ id: number }>(
    'SELECT id FROM orders WHERE user_id IN (?) ORDER BY user_id',
    [userIds],
  );
  const tables: Record<string, string> = {
    orders: 'SELECT * FROM orders WHERE id = ?',
    order_items: 'SELECT * FROM order_items WHERE order_id = ? ORDER BY id',
    inventory_reservations: 'SELECT * FROM inventory_reservations WHERE order_id = ? ORDER BY id',
    stock_movements: 'SELECT * FROM stock_movements WHERE order_id = ? ORDER BY id',
    order_state_history: 'SELECT * FROM order_state_history WHERE order_id = ? ORDER BY id',
    notification_queue: 'SELECT * FROM notification_queue WHERE order_id = ? ORDER BY id',
    order_processing_queue: 'SELECT * FROM order_processing_queue WHERE order_id = ? ORDER BY id',
    outbox_events: 'SELECT * FROM outbox_events WHERE aggregate_id = ? ORDER BY id',
    order_metrics: 'SELECT * FROM order_metrics WHERE order_id = ?',
    order_reviews: 'SELECT * FROM order_reviews WHERE order_id = ? ORDER BY id',
    users: 'SELECT u.* FROM users AS u JOIN orders AS o ON o.user_id = u.id WHERE o.id = ?',
  };
  const trace: Record<string, unknown> = {};
  for (const [table, sql] of Object.entries(tables)) {
    const rows = await Promise.all(
      ids.map(({ id }) => test.db.query<Record<string, unknown>>(sql, [id])),
    );
    trace[table] = rows.map((ofOrder) => ofOrder.map(comparable));
  }
  return trace;
}

/** Ids, numbers, hashes and moments are of one order only; which of them are there is compared. */
function comparable(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const isOwn = /(^|_)id$|hash$|_key$|_at$|_after$|_before$|_ms$|^order_number$/.test(column);
      if (isOwn) return [column, value === null ? null : 'its own'];
      if (typeof value === 'string' && value.startsWith('{'))
        return [column, comparablePayload(value)];
      return [column, value];
    }),
  );
}

const OF_ONE_ORDER = new Set(['order_id', 'order_number', 'short_number']);

const comparablePayload = (text: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(JSON.parse(text) as Record<string, unknown>).filter(
      ([key]) => !OF_ONE_ORDER.has(key),
    ),
  );
