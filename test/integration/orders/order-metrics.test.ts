import type { Business } from '../../../src/businesses/business-store';
import { createOrder } from '../../../src/orders/create-order';
import { moveOrder } from '../../../src/orders/move-order';
import type { OrderStatus } from '../../../src/orders/order-states';
import { recordPayment } from '../../../src/orders/record-payment';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, aProduct, orderData } from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

const test = useDatabase();
const MINUTE = 60_000;
let business: Business;
let orderId: number;

beforeEach(async () => {
  test.clock.set('2026-03-05T03:00:00Z');
  business = await aBusiness(test.db);
});
afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

const place = async (payment_method: string) => {
  const userId = await aCustomer(test.db, { businessId: business.id });
  const mug = await aProduct(test.db, { businessId: business.id });
  const result = await createOrder(
    test.deps,
    orderData(business, { userId, lines: [{ product: mug }], payment_method }),
  );
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  orderId = result.body.order_id;
};
const move = async (minutes: number, to: OrderStatus) => {
  test.clock.forward(minutes);
  const outcome = await moveOrder(test.deps, {
    businessId: business.id,
    order: orderId,
    to,
    actor: 'staff:1',
  });
  if (!outcome.ok) throw new Error(outcome.message);
};
const metrics = async () =>
  (
    await test.db.query<Record<string, number | null>>(
      `SELECT validation_duration_ms AS validation, payment_duration_ms AS payment, fulfillment_duration_ms AS fulfillment,
              total_processing_duration_ms AS total, queue_wait_time_ms AS queue_wait FROM order_metrics`,
    )
  )[0];

it('are the times between the moves of an order that is paid in advance', async () => {
  await place('gcash');
  expect(await metrics()).toMatchObject({
    payment: null,
    fulfillment: null,
    total: null,
    queue_wait: null,
  });
  expect((await metrics())?.validation).toBeGreaterThanOrEqual(0);
  test.clock.forward(7);
  // It confirms itself in the same moment.
  await recordPayment(test.deps, {
    businessId: business.id,
    order: orderId,
    to: 'paid',
    actor: 'staff:1',
  });
  expect(await metrics()).toMatchObject({ payment: 7 * MINUTE, fulfillment: null });
  await move(20, 'processing');
  await move(25, 'ready');
  await move(60, 'shipped');
  await move(600, 'delivered');
  const whole = { payment: 7 * MINUTE, fulfillment: 705 * MINUTE, total: 712 * MINUTE };
  expect(await metrics()).toMatchObject(whole);
  await move(6_000, 'completed');
  expect(await metrics()).toMatchObject(whole);
  const [instants] = await test.db.query(
    `SELECT TIMESTAMPDIFF(MINUTE, created_at, confirmed_at) AS confirmed, TIMESTAMPDIFF(MINUTE, confirmed_at, shipped_at) AS shipped,
            TIMESTAMPDIFF(MINUTE, shipped_at, delivered_at) AS delivered, processing_started_at IS NOT NULL AS started,
            processing_completed_at IS NOT NULL AS completed FROM orders`,
  );
  expect(instants).toEqual({
    confirmed: 7,
    shipped: 105,
    delivered: 600,
    started: 1,
    completed: 1,
  });
});

it('take the payment of cash on delivery at the door', async () => {
  await place('cod');
  await move(10, 'confirmed');
  await move(1, 'processing');
  await move(1, 'shipped');
  await move(90, 'delivered');
  expect(await metrics()).toMatchObject({
    payment: 102 * MINUTE,
    fulfillment: 92 * MINUTE,
    total: 102 * MINUTE,
  });
});

it('take the wait in the queue when a worker claims the first work, and never again', async () => {
  await place('cod');
  const claim = (seconds: number) =>
    test.db.execute(
      "UPDATE order_processing_queue SET status = 'processing', started_at = ? WHERE order_id = ? AND queue_type = 'new_order'",
      [new Date(test.clock.now().getTime() + seconds * 1_000), orderId],
    );
  await claim(3);
  expect(await metrics()).toMatchObject({ queue_wait: 3_000 });
  await test.db.execute("UPDATE order_processing_queue SET status = 'pending'");
  await claim(500);
  expect(await metrics()).toMatchObject({ queue_wait: 3_000 });
});

it('are there for moves by hand, too', async () => {
  await place('cod');
  await test.db.execute('UPDATE orders SET created_at = UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE');
  await test.db.execute('CALL sp_commit_order_inventory(?)', [orderId]);
  for (const state of ['confirmed', 'processing', 'shipped', 'delivered'])
    await test.db.execute('UPDATE orders SET order_status = ?', [state]);
  const { fulfillment, total } = (await metrics()) ?? {};
  expect(fulfillment).toBeLessThan(MINUTE);
  expect(total).toBeGreaterThanOrEqual(5 * MINUTE);
  expect(total).toBeLessThan(6 * MINUTE);
});
