import type { Business } from '../../../src/businesses/business-store';
import { cancelOrder } from '../../../src/orders/cancel-order';
import { confirmOrder } from '../../../src/orders/confirm-order';
import { createOrder } from '../../../src/orders/create-order';
import { moveOrder } from '../../../src/orders/move-order';
import type { OrderStatus } from '../../../src/orders/order-states';
import { historyOf } from '../../../src/orders/order-store';
import { recordCodRefusal } from '../../../src/orders/record-cod-refusal';
import { recordPayment } from '../../../src/orders/record-payment';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  orderData,
  type TestProduct,
} from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

const test = useDatabase();
let business: Business;
let businessId: number;
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
  userId = await aCustomer(test.db, { businessId });
  mug = await aProduct(test.db, { businessId, price: 250_00, stock: 100 });
});
afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

const place = async (given: Partial<Parameters<typeof orderData>[1]> = {}) => {
  const data = orderData(business, {
    userId,
    lines: [{ product: mug, quantity: 2 }],
    confirm_duplicate: true,
    ...given,
  });
  const result = await createOrder(test.deps, data);
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  return result.body.order_id;
};
const move = async (order: number, ...states: OrderStatus[]) => {
  for (const to of states) {
    const outcome = await moveOrder(test.deps, { businessId, order, to, actor: 'staff:1' });
    if (!outcome.ok) throw new Error(outcome.message);
  }
};
const toDoor: OrderStatus[] = ['confirmed', 'processing', 'ready', 'shipped'];
const figures = async () =>
  (
    await test.db.query(
      'SELECT total_orders, total_spent, engagement_score, cod_refused_count FROM users WHERE id = ?',
      [userId],
    )
  )[0];
const pay = (order: number, to: 'paid' | 'refunded' | 'partially_refunded', amount?: number) =>
  recordPayment(test.deps, { businessId, order, to, amount, actor: 'staff:1' });

describe('the figures of a customer', () => {
  it('count what was delivered, less what was given back', async () => {
    test.clock.set('2026-03-05T03:00:00Z');
    const order = await place();
    expect(await figures()).toMatchObject({ total_orders: 0, total_spent: '0.00' });
    await move(order, ...toDoor, 'delivered', 'completed');
    expect(await figures()).toMatchObject({
      total_orders: 1,
      total_spent: '600.00',
      engagement_score: 10,
    });
    const [row] = await test.db.query<{ last_order_at: Date }>('SELECT last_order_at FROM users');
    expect(row?.last_order_at.toISOString()).toBe('2026-03-05T03:00:00.000Z');
    expect(await pay(order, 'partially_refunded', 150_00)).toMatchObject({ ok: true });
    expect(await figures()).toMatchObject({
      total_orders: 1,
      total_spent: '450.00',
      engagement_score: 10,
    });
    expect(await pay(order, 'refunded')).toMatchObject({ ok: true });
    expect(await figures()).toMatchObject({
      total_orders: 1,
      total_spent: '0.00',
      engagement_score: 0,
    });
  });

  it('leave out what was cancelled', async () => {
    const order = await place();
    await confirmOrder(test.deps, { businessId, order, actor: 'staff:1' });
    await cancelOrder(test.deps, {
      businessId,
      order,
      actor: 'customer:1',
      reason: 'Changed my mind',
    });
    expect(await figures()).toMatchObject({
      total_orders: 0,
      total_spent: '0.00',
      engagement_score: 0,
    });
  });
});

describe('a parcel refused at the door', () => {
  const refuse = (order: number) =>
    recordCodRefusal(test.deps, { businessId, order, actor: 'rider:3', note: 'nobody paid' });

  it('is noted once, also when three riders say so at once', async () => {
    const order = await place();
    await move(order, ...toDoor);
    const outcomes = await Promise.all([refuse(order), refuse(order), refuse(order)]);
    expect(outcomes.filter((outcome) => outcome.ok && !outcome.isRepeat)).toHaveLength(1);
    expect(await figures()).toMatchObject({ cod_refused_count: 1 });
    expect((await historyOf(test.db, order)).at(-1)).toMatchObject({
      kind: 'payment',
      from: 'unpaid',
      to: 'failed',
      changedBy: 'rider:3',
      reason: 'nobody paid',
    });
    const events = await test.db.query(
      "SELECT id FROM outbox_events WHERE event_type = 'order.cod_refused'",
    );
    expect(events).toHaveLength(1);
  });

  it('lowers what the customer may order by cash on delivery next time', async () => {
    const order = await place();
    await move(order, ...toDoor);
    await refuse(order);
    const tv = await aProduct(test.db, { businessId, price: 15_000_00 });
    const data = orderData(business, { userId, lines: [{ product: tv }] });
    const next = await createOrder(test.deps, data);
    expect(next).toMatchObject({
      status: 201,
      body: { warnings: [{ code: 'COD_LIMIT_EXCEEDED' }] },
    });
  });

  it.each([
    ['is not on its way', { payment_method: 'cod' }, []],
    ['was not to be paid in cash', { payment_method: 'in_person' }, toDoor],
    ['was delivered', { payment_method: 'cod' }, [...toDoor, 'delivered']],
  ] as [string, object, OrderStatus[]][])('cannot be one that %s', async (_, given, states) => {
    const order = await place(given);
    await move(order, ...states);
    expect(await refuse(order)).toMatchObject({ ok: false, code: 'NOT_REFUSABLE' });
    expect(await figures()).toMatchObject({ cod_refused_count: 0 });
  });
});
