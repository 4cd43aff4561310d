import { cancelExpiredOrders } from '../../../src/orders/cancel-expired-orders';
import { useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import { aCustomer, aProduct, orderData, type TestProduct } from '../../support/factories';
import {
  brokenChains,
  chainOf,
  ledgerProblems,
  letHoldsExpire,
  onShelf,
  stockProblems,
} from '../../support/stock';

const test = useDatabase();
const api = useApi(test);
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  const { businessId } = api;
  userId = await aCustomer(test.db, { businessId });
  mug = await aProduct(test.db, { businessId, price: 250_00, stock: 2, sku: 'MUG' });
});
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await brokenChains(test.db)).toEqual([]);
  expect(await ledgerProblems(test.db)).toEqual([]);
});

const place = async (given: Partial<Parameters<typeof orderData>[1]> = {}): Promise<number> => {
  const data = orderData(api.business, {
    userId,
    lines: [{ product: mug, quantity: 2 }],
    ...given,
  });
  const { status, body } = await api.post('/api/orders', { confirm_duplicate: true, ...data });
  expect([status, body.code]).toEqual([201, undefined]);
  return body.order_id;
};
const to = (id: number, status: string, reason?: string) =>
  api.patch(`/api/orders/${id}/status`, { status, reason });
const pay = (id: number, payment_status: string, more: object = {}) =>
  api.patch(`/api/orders/${id}/payment`, { payment_status, ...more });
const templates = async () =>
  (
    await test.db.query<{ template: string }>('SELECT template FROM notification_queue ORDER BY id')
  ).map((one) => one.template);

describe('confirming and cancelling', () => {
  it('sells the stock, tells the customer and queues the rest', async () => {
    const id = await place();
    const { status, body } = await api.post(`/api/orders/${id}/confirm`, { notes: 'ok' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      order_id: id,
      order: { order_status: 'confirmed', admin_notes: 'ok' },
    });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 0, reserved: 0 });
    expect(await templates()).toContain('order_confirmed');
    const again = await api.post(`/api/orders/${id}/confirm`);
    expect([again.status, again.body.code]).toEqual([409, 'INVALID_TRANSITION']);
    expect(again.body.error).toMatch(/confirmed/);
  });

  it('waits for the verification that an order needs', async () => {
    const gold = await aProduct(test.db, {
      businessId: api.businessId,
      price: 60_000_00,
      stock: 1,
    });
    const id = await place({ lines: [{ product: gold }] });
    const answer = await api.post(`/api/orders/${id}/confirm`);
    expect([answer.status, answer.body.code]).toEqual([409, 'VERIFICATION_REQUIRED']);
  });

  it('says when the stock of a lost hold is gone', async () => {
    const id = await place();
    await letHoldsExpire(test.db, id);
    await place();
    const answer = await api.post(`/api/orders/${id}/confirm`);
    expect([answer.status, answer.body.code]).toEqual([409, 'INSUFFICIENT_STOCK']);
  });

  it.each([
    [
      'POST cancel',
      (id: number) => api.post(`/api/orders/${id}/cancel`, { reason: 'changed my mind' }),
      'changed my mind',
    ],
    [
      'POST cancel without a body',
      (id: number) => api.post(`/api/orders/${id}/cancel`),
      'cancelled by the shop',
    ],
    ['DELETE', (id: number) => api.delete(`/api/orders/${id}`), 'cancelled by the shop'],
    ['PATCH status', (id: number) => to(id, 'cancelled', 'no address'), 'no address'],
  ])('gives everything back by %s', async (_name, cancel, reason) => {
    const id = await place();
    await api.post(`/api/orders/${id}/confirm`);
    const { status, body } = await cancel(id);
    expect([status, body.order.order_status, body.order.cancellation_reason]).toEqual([
      200,
      'cancelled',
      reason,
    ]);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 2, reserved: 0 });
    const again = await cancel(id);
    expect([again.status, again.body.code]).toEqual([409, 'INVALID_TRANSITION']);
  });

  it('knows no other orders', async () => {
    for (const answer of [
      await api.post('/api/orders/999999/confirm'),
      await api.post('/api/orders/999999/cancel'),
      await api.delete('/api/orders/999999'),
      await to(999_999, 'shipped'),
      await pay(999_999, 'paid'),
      await api.patch('/api/orders/999999/shipping', { carrier: 'LBC' }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'ORDER_NOT_FOUND']);
    }
  });
});

describe('moving', () => {
  it('goes the whole way, with its instants, durations, messages and events', async () => {
    const id = await place();
    for (const state of ['confirmed', 'processing', 'ready'])
      expect((await to(id, state)).status).toBe(200);
    await api.patch(`/api/orders/${id}/shipping`, { carrier: 'LBC', tracking_number: 'LBC-1' });
    expect((await to(id, 'shipped', 'picked up')).status).toBe(200);
    const delivered = await to(id, 'delivered');
    expect(delivered.body.order).toMatchObject({ payment_status: 'paid', paid_amount: 600 });
    expect((await to(id, 'completed')).body.order.order_status).toBe('completed');
    expect(await chainOf(test.db, id, 'order')).toBe(
      'NULL>pending pending>confirmed confirmed>processing processing>ready ready>shipped shipped>delivered delivered>completed',
    );
    const { body } = await api.get(`/api/orders/${id}`);
    for (const field of ['confirmed_at', 'shipped_at', 'delivered_at', 'completed_at'])
      expect(body[field]).not.toBeNull();
    expect(body).toMatchObject({ carrier: 'LBC', tracking_number: 'LBC-1' });
    expect(await templates()).toEqual(expect.arrayContaining(['order_shipped', 'order_delivered']));
    const [shipped] = await test.db.query<{ payload: string }>(
      "SELECT payload FROM notification_queue WHERE template = 'order_shipped'",
    );
    expect(JSON.parse(shipped!.payload)).toMatchObject({ carrier: 'LBC', has_tracking: 'yes' });
    const events = await test.db.query<{ event_type: string }>(
      'SELECT event_type FROM outbox_events ORDER BY id',
    );
    expect(events.map((one) => one.event_type)).toEqual(
      expect.arrayContaining([
        'order.ready',
        'order.shipped',
        'order.delivered',
        'order.completed',
      ]),
    );
    const { body: history } = await api.get(`/api/orders/${id}/history`);
    expect(history.data).toContainEqual(
      expect.objectContaining({ to: 'shipped', reason: 'picked up', changed_by: 'api' }),
    );
  });

  it('refuses every other move, naming from and to', async () => {
    const id = await place();
    for (const state of [
      'draft',
      'pending',
      'processing',
      'ready',
      'shipped',
      'delivered',
      'completed',
    ]) {
      const { status, body } = await to(id, state);
      expect([status, body.code]).toEqual([409, 'INVALID_TRANSITION']);
      expect(body.error).toContain('pending');
      expect(body.error).toContain(state);
    }
    const unknown = await to(id, 'flying');
    expect([unknown.status, unknown.body.validation_errors[0].field]).toEqual([400, 'status']);
    expect((await api.patch(`/api/orders/${id}/status`, {})).status).toBe(400);
  });

  it('cannot cancel what is shipped', async () => {
    const id = await place();
    for (const state of ['confirmed', 'processing', 'shipped']) await to(id, state);
    const { status, body } = await api.post(`/api/orders/${id}/cancel`);
    expect([status, body.code]).toEqual([409, 'INVALID_TRANSITION']);
  });
});

describe('shipping', () => {
  it('needs something to note, and an order that is on', async () => {
    const id = await place();
    expect((await api.patch(`/api/orders/${id}/shipping`, {})).status).toBe(400);
    const { body } = await api.patch(`/api/orders/${id}/shipping`, { tracking_number: 'T-1' });
    expect(body.order).toMatchObject({ carrier: null, tracking_number: 'T-1' });
    await api.delete(`/api/orders/${id}`);
    const answer = await api.patch(`/api/orders/${id}/shipping`, { carrier: 'LBC' });
    expect([answer.status, answer.body.code]).toEqual([409, 'INVALID_TRANSITION']);
  });
});

describe('payment', () => {
  const prepaid = () => place({ payment_method: 'card' });

  it('confirms a prepaid order, and keeps amount and reference', async () => {
    const id = await prepaid();
    const { status, body } = await pay(id, 'paid', { amount: 600, reference: 'TX-1' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      decision: 'confirmed',
      order: { order_status: 'confirmed', payment_status: 'paid', paid_amount: 600 },
    });
    expect((await api.get(`/api/orders/${id}`)).body.payment_reference).toBe('TX-1');
    expect(await templates()).toEqual(
      expect.arrayContaining(['payment_received', 'order_confirmed']),
    );
    expect(await chainOf(test.db, id, 'payment')).toBe('NULL>pending pending>paid');
  });

  it('takes an authorization first', async () => {
    const id = await prepaid();
    const authorized = await pay(id, 'authorized', { amount: '600.00' });
    expect(authorized.body.order).toMatchObject({
      order_status: 'pending',
      payment_status: 'authorized',
      paid_amount: 0,
    });
    expect((await pay(id, 'paid')).body.order).toMatchObject({
      order_status: 'confirmed',
      paid_amount: 600,
    });
  });

  it('leaves a COD order to the shop', async () => {
    const id = await place();
    const { body } = await pay(id, 'paid');
    expect(body).toMatchObject({
      decision: 'recorded',
      order: { order_status: 'pending', payment_status: 'paid' },
    });
  });

  it.each([
    ['too much', 'paid', 600.01],
    ['too little', 'paid', 599],
    ['more than is due', 'authorized', 700],
  ])('refuses %s', async (_name, state, amount) => {
    const id = await prepaid();
    const { status, body } = await pay(id, state, { amount });
    expect([status, body.code]).toEqual([400, 'AMOUNT_MISMATCH']);
    expect(body.validation_errors).toMatchObject([{ field: 'amount', expected: 600 }]);
  });

  it('gives back in parts and whole, never more than was paid', async () => {
    const id = await prepaid();
    await pay(id, 'paid');
    expect((await pay(id, 'partially_refunded', { amount: 100 })).body.order.refunded_amount).toBe(
      100,
    );
    expect((await pay(id, 'partially_refunded', { amount: 50 })).body.order.refunded_amount).toBe(
      150,
    );
    for (const amount of [450, 451, 0])
      expect((await pay(id, 'partially_refunded', { amount })).body.code).toBe('AMOUNT_MISMATCH');
    expect((await pay(id, 'partially_refunded')).body.code).toBe('AMOUNT_MISMATCH');
    expect((await pay(id, 'refunded', { amount: 600 })).body.code).toBe('AMOUNT_MISMATCH');
    expect((await pay(id, 'refunded', { amount: 450 })).body.order).toMatchObject({
      payment_status: 'refunded',
      refunded_amount: 600,
    });
    expect((await pay(id, 'refunded')).body.code).toBe('INVALID_TRANSITION');
    expect(await chainOf(test.db, id, 'payment')).toBe(
      'NULL>pending pending>paid paid>partially_refunded partially_refunded>refunded',
    );
    expect((await templates()).filter((one) => one === 'order_refunded')).toHaveLength(3);
  });

  it('moves by the table only', async () => {
    const id = await prepaid();
    for (const state of ['unpaid', 'pending', 'refunded', 'partially_refunded']) {
      const { status, body } = await pay(id, state, { amount: 10 });
      expect([status, body.code]).toEqual([409, 'INVALID_TRANSITION']);
    }
    const failed = await pay(id, 'failed', { reason: 'card declined' });
    expect(failed.body.order).toMatchObject({
      payment_status: 'failed',
      order_status: 'pending',
      paid_amount: 0,
    });
    expect((await pay(id, 'pending')).status).toBe(200);
    expect((await api.patch(`/api/orders/${id}/payment`, { payment_status: 'gone' })).status).toBe(
      400,
    );
  });

  it('waits for a person when the order needs one, and goes on when it is approved', async () => {
    const gold = await aProduct(test.db, {
      businessId: api.businessId,
      price: 600_000_00,
      stock: 1,
    });
    const id = await place({ payment_method: 'card', lines: [{ product: gold }] });
    expect((await pay(id, 'paid')).body).toMatchObject({
      decision: 'waits_for_review',
      order: { order_status: 'pending' },
    });
    const { body } = await api.get('/api/reviews');
    expect((await api.post(`/api/reviews/${body.data[0].id}/approve`)).body.order_status).toBe(
      'confirmed',
    );
  });
});

describe('money that comes late', () => {
  const late = async () => {
    const id = await place({ payment_method: 'card' });
    await letHoldsExpire(test.db, id);
    return id;
  };
  it('gets the stock again while it is there', async () => {
    const id = await late();
    const { body } = await pay(id, 'paid', { reference: 'TX-9' });
    expect(body).toMatchObject({
      decision: 'stock_reacquired',
      order: { order_status: 'confirmed' },
    });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 0, reserved: 0 });
    const [audit] = await test.db.query(
      "SELECT detail FROM audit_log WHERE action = 'order.late_payment'",
    );
    expect(audit).toMatchObject({ detail: expect.stringContaining('stock_reacquired') as string });
  });

  it('asks a person when it is gone', async () => {
    const id = await late();
    await place();
    const { body } = await pay(id, 'paid');
    expect(body).toMatchObject({
      decision: 'review',
      order: { order_status: 'pending', payment_status: 'paid', paid_amount: 600 },
    });
    const { body: reviews } = await api.get('/api/reviews');
    expect(reviews.data).toMatchObject([{ order_id: id, kind: 'stock_override' }]);
    const { body: errors } = await api.get('/api/errors?type=payment');
    expect(errors.data).toMatchObject([
      { order_id: id, error_code: 'LATE_PAYMENT', severity: 'high' },
    ]);
    expect(await templates()).toContain('owner_review_needed');

    const rejected = await api.post(`/api/reviews/${reviews.data[0].id}/reject`, {
      note: 'sold out',
    });
    expect(rejected.body.order_status).toBe('cancelled');
    const queued = await test.db.query<{ payload: string }>(
      "SELECT payload FROM order_processing_queue WHERE queue_type = 'payment'",
    );
    expect(queued.map((one) => JSON.parse(one.payload) as unknown)).toMatchObject([
      { action: 'refund' },
    ]);
  });

  it('takes an order up again that was cancelled for the lack of it, while its stock is there', async () => {
    const id = await late();
    expect(await cancelExpiredOrders(test.deps, 10)).toBe(1);
    const { body } = await pay(id, 'paid');
    expect(body).toMatchObject({
      decision: 'stock_reacquired',
      order: { order_status: 'confirmed', payment_status: 'paid' },
    });
    expect(await chainOf(test.db, id, 'order')).toBe(
      'NULL>pending pending>cancelled cancelled>pending pending>confirmed',
    );
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 0, reserved: 0 });
  });

  it('is given back when the stock went to somebody else', async () => {
    const id = await late();
    await cancelExpiredOrders(test.deps, 10);
    await place();
    const { body } = await pay(id, 'paid');
    expect(body).toMatchObject({
      decision: 'refund',
      order: { order_status: 'cancelled', payment_status: 'paid' },
    });
    const queued = await test.db.query<{ payload: string }>(
      "SELECT payload FROM order_processing_queue WHERE queue_type = 'payment'",
    );
    expect(queued.map((one) => JSON.parse(one.payload) as unknown)).toMatchObject([
      { action: 'refund' },
    ]);
    expect((await api.get('/api/errors?type=payment')).body.data).toMatchObject([
      { error_code: 'LATE_PAYMENT' },
    ]);
    expect((await pay(id, 'refunded', { amount: 600 })).body.order.payment_status).toBe('refunded');
    expect(await chainOf(test.db, id, 'order')).toBe('NULL>pending pending>cancelled');
  });

  it('is given back when the order was cancelled by a person', async () => {
    const id = await place({ payment_method: 'card' });
    await api.delete(`/api/orders/${id}`);
    expect((await pay(id, 'paid')).body).toMatchObject({
      decision: 'refund',
      order: { order_status: 'cancelled' },
    });
  });
});
