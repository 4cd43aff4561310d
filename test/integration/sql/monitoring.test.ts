import { readFileSync } from 'node:fs';
import path from 'node:path';
import { jobs } from '../../../src/jobs/jobs';
import { createOrder } from '../../../src/orders/create-order';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, aProduct, orderData } from '../../support/factories';

const test = useDatabase();
const text = readFileSync(path.join(__dirname, '..', '..', '..', 'docs', 'monitoring.md'), 'utf8');
const queries = [...text.matchAll(/```sql\n([\s\S]+?)```/g)].map(([, sql = '']) => sql.trim());

/** An order of a product that is low now, and one that was refused. */
async function aDay(): Promise<{ orderId: number; productId: number }> {
  const business = await aBusiness(test.db);
  const userId = await aCustomer(test.db, { businessId: business.id });
  const product = await aProduct(test.db, { businessId: business.id, stock: 5 });
  const place = (quantity: number) =>
    createOrder(test.deps, orderData(business, { userId, lines: [{ product, quantity }] }));
  const placed = await place(2);
  expect((await place(50)).status).toBe(409);
  if (placed.status !== 201) throw new Error(JSON.stringify(placed.body));
  await test.db.execute(
    "INSERT INTO job_runs (job, tick, started_at) VALUES ('sheep', :now, :now)",
    {
      now: test.clock.now(),
    },
  );
  return { orderId: placed.body.order_id, productId: product.id };
}

/** The ids that a query asks for, by the column before each question mark. */
const idsOf = (sql: string, ids: { orderId: number; productId: number }): number[] =>
  [...sql.matchAll(/([\w.]+) = \?|sp_release_order_inventory\(\?/g)].map(([, column]) =>
    column === undefined || column === 'order_id' ? ids.orderId : ids.productId,
  );

it('the page has all queries of the first text, and more', () => {
  expect(queries.length).toBeGreaterThanOrEqual(20);
});

it.each(queries)('runs as a client runs it: %s', async (sql) => {
  const ids = await aDay();
  const client = await test.client();
  await client.query(sql, idsOf(sql, ids));
});

it('what a person looks for is in the answers', async () => {
  const ids = await aDay();
  const ask = (start: string) => {
    const sql = queries.find((query) => query.includes(start));
    if (sql === undefined) throw new Error(`no query has ${start}`);
    return test.db.query<Record<string, unknown>>(sql, idsOf(sql, ids));
  };
  expect(await ask('FROM vw_pending_orders')).toMatchObject([{ waiting_for: 'confirm' }]);
  expect(await ask("stock_status = 'LOW_STOCK'")).toMatchObject([{ available_quantity: 3 }]);
  expect(await ask('AS total_orders,\n    SUM')).toMatchObject([{ total_orders: 1 }]);
  expect(await ask('AS available\n')).toMatchObject([{ reserved: '2', available: '3' }]);
  expect(await ask('FROM order_errors\nWHERE is_resolved')).toMatchObject([
    { error_code: 'INSUFFICIENT_STOCK' },
  ]);
  expect(await ask('FROM job_runs')).toMatchObject([{ job: 'sheep' }]);
});

it('lists every job that runs by the clock', () => {
  const listed = [...text.matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, name]) => name);
  expect(listed).toEqual(jobs.map((job) => job.name));
});
