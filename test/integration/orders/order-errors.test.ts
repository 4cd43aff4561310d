import { systemIds } from '../../../src/lib/ids';
import { createLog } from '../../../src/lib/log';
import { createOrder } from '../../../src/orders/create-order';
import { findOrderError, resolveOrderError } from '../../../src/orders/error-store';
import { orderQueueHandlers } from '../../../src/orders/queue-handlers';
import { reportOrderError, type OrderErrorReport } from '../../../src/orders/report-order-error';
import { MAX_RETRIES, retryErrorIn } from '../../../src/orders/retry-order-error';
import { loadTemplates } from '../../../src/templates/load-templates';
import { workQueue } from '../../../src/queue/work-queue';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, aProduct, orderData } from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

const test = useDatabase();
let businessId: number;
let orderId: number;
let orderNumber: string;

beforeEach(async () => {
  const business = await aBusiness(test.db);
  businessId = business.id;
  const userId = await aCustomer(test.db, { businessId });
  const mug = await aProduct(test.db, { businessId });
  const result = await createOrder(
    test.deps,
    orderData(business, { userId, lines: [{ product: mug }] }),
  );
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  orderId = result.body.order_id;
  orderNumber = result.body.order_number;
});
afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

const report = (given: Partial<OrderErrorReport> = {}) =>
  test.db.transaction((trx) =>
    reportOrderError(trx, {
      businessId,
      orderId,
      type: 'payment',
      severity: 'high',
      code: 'SYSTEM_ERROR',
      message: 'the gateway said no',
      now: test.clock.now(),
      ...given,
    }),
  );
const find = async (id: number) => {
  const error = await findOrderError(test.db, businessId, id);
  if (!error) throw new Error('gone');
  return error;
};
const retry = (id: number) =>
  test.db.transaction(async (trx) =>
    retryErrorIn(trx, await find(id), { businessId, now: test.clock.now() }),
  );
const work = () => {
  const { db, clock } = test;
  const deps = { db, clock, ids: systemIds, log: createLog('silent'), owner: 'me' };
  return workQueue(deps, orderQueueHandlers(test.deps));
};
const queued = () =>
  test.db.query<{ queue_type: string; status: string; payload: string | null }>(
    "SELECT queue_type, status, payload FROM order_processing_queue WHERE queue_type <> 'new_order' ORDER BY id",
  );
const alerts = async () =>
  (
    await test.db.query<{ payload: string }>(
      "SELECT payload FROM notification_queue WHERE template = 'owner_order_error' ORDER BY id",
    )
  ).map((row) => JSON.parse(row.payload) as Record<string, string | number>);

it('tells the owner of what matters and cannot be tried again', async () => {
  const id = await report();
  await report({ severity: 'critical', orderId: null });
  await report({ severity: 'medium' });
  await report({ isTold: true });
  expect(await alerts()).toEqual([
    { error_id: id, code: 'SYSTEM_ERROR', has_order: 'yes', order_number: orderNumber },
    { error_id: id + 1, code: 'SYSTEM_ERROR', has_order: 'no', order_number: '' },
  ]);
  expect(await queued()).toEqual([]);
});

it.each(['en', 'fil'] as const)('says so in %s in one plain SMS', (language) => {
  const { templates } = loadTemplates('templates');
  const payload = {
    shop: 'S',
    error_id: 123456,
    code: 'SYSTEM_ERROR',
    has_order: 'yes',
    order_number: orderNumber,
  };
  const text = templates.text('owner_order_error', language, 'sms', payload);
  expect(text).toContain(orderNumber);
  // Only ASCII, which is GSM-7 but for a few signs that are not in it.
  expect(text).toMatch(/^[\x20-\x5a\x5f\x61-\x7a]{1,160}$/);
});

it('puts what can be tried again into the queue of its kind, and counts it with the order', async () => {
  const id = await report({ isRetryable: true });
  expect(await queued()).toMatchObject([{ queue_type: 'payment', status: 'pending' }]);
  expect(JSON.parse((await queued())[0]?.payload ?? '')).toEqual({ action: 'retry', error_id: id });
  expect(await alerts()).toEqual([]);
  await test.db.execute(
    "UPDATE order_processing_queue SET status = 'failed' WHERE queue_type = 'payment'",
  );
  expect(await retry(id)).toEqual({ ok: true });
  expect(await queued()).toMatchObject([{ status: 'pending' }]);
  await work();
  const [counts] = await test.db.query(
    `SELECT o.error_count, o.retry_count, o.last_error, m.error_count AS errors, m.retry_count AS retries
     FROM orders AS o JOIN order_metrics AS m ON m.order_id = o.id`,
  );
  const last_error = 'the gateway said no';
  expect(counts).toEqual({ error_count: 1, retry_count: 1, last_error, errors: 1, retries: 1 });
});

it('tries again what lies nowhere, once at a time, only so often, and only what can be tried', async () => {
  const id = await report({ isRetryable: true, type: 'shipping' });
  await test.db.execute("DELETE FROM order_processing_queue WHERE queue_type = 'fulfillment'");
  for (let n = 0; n < 3; n += 1) expect(await retry(id)).toEqual({ ok: true });
  expect(await queued()).toHaveLength(1);
  await test.db.execute('UPDATE order_errors SET attempts = ?', [MAX_RETRIES]);
  expect(await retry(id)).toMatchObject({ ok: false, code: 'NOT_RETRYABLE' });
  expect(await retry(await report())).toMatchObject({ ok: false, code: 'NOT_RETRYABLE' });
  const unplaced = await report({ isRetryable: true, orderId: null });
  expect(await retry(unplaced)).toMatchObject({ ok: false, code: 'NOT_RETRYABLE' });
});

it('keeps who resolved it, when and how; the first one stays', async () => {
  const id = await report();
  const now = new Date('2026-03-05T03:00:00Z');
  for (const by of ['staff:1', 'staff:2'])
    await test.db.transaction((trx) =>
      resolveOrderError(trx, id, { by, note: 'paid by hand', now }),
    );
  expect(await find(id)).toMatchObject({
    isResolved: true,
    resolvedBy: 'staff:1',
    resolvedAt: now,
    note: 'paid by hand',
  });
});
