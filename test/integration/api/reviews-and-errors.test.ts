import { useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  orderData,
  type TestProduct,
} from '../../support/factories';

const test = useDatabase();
const api = useApi(test);
let gold: TestProduct;
let userId: number;

beforeEach(async () => {
  gold = await aProduct(test.db, { businessId: api.businessId, price: 60_000_00, stock: 5 });
  userId = await aCustomer(test.db, { businessId: api.businessId });
});

const place = async (): Promise<number> => {
  const data = orderData(api.business, { userId, lines: [{ product: gold }] });
  return (await api.post('/api/orders', { ...data, confirm_duplicate: true })).body.order_id;
};

describe('reviews', () => {
  it('are approved, and the order can be confirmed', async () => {
    const id = await place();
    const [review] = (await api.get('/api/reviews')).body.data;
    expect(review).toMatchObject({
      order_id: id,
      kind: 'verification',
      status: 'open',
      total_amount: 60_100,
    });
    const { status, body } = await api.post(`/api/reviews/${review.id}/approve`, {
      note: 'ID seen',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      order_id: id,
      order_status: 'pending',
      review: { status: 'approved', note: 'ID seen', decided_by: 'api' },
    });
    expect((await api.get(`/api/reviews/${review.id}`)).body).toMatchObject({ status: 'approved' });
    expect((await api.get('/api/reviews')).body.data).toEqual([]);
    expect(
      (await api.get('/api/reviews?status=approved&kind=verification')).body.data,
    ).toHaveLength(1);
    expect((await api.get('/api/reviews?status=all')).body.data).toHaveLength(1);
    expect((await api.post(`/api/orders/${id}/confirm`)).status).toBe(200);
    const again = await api.post(`/api/reviews/${review.id}/reject`);
    expect([again.status, again.body.code]).toEqual([409, 'NOTHING_TO_REVIEW']);
  });

  it('are rejected, and the order is cancelled', async () => {
    const id = await place();
    const [review] = (await api.get('/api/reviews')).body.data;
    const { body } = await api.post(`/api/reviews/${review.id}/reject`, { note: 'no ID' });
    expect(body).toMatchObject({
      order_id: id,
      order_status: 'cancelled',
      review: { status: 'rejected' },
    });
    expect((await api.get(`/api/orders/${id}`)).body.cancellation_reason).toBe('no ID');
  });

  it('come in pages, and are the business’s own', async () => {
    await place();
    await place();
    const { body } = await api.get('/api/reviews?limit=1');
    expect(
      (await api.get(`/api/reviews?limit=1&cursor=${body.next_cursor}`)).body.next_cursor,
    ).toBeNull();
    for (const answer of [
      await api.get('/api/reviews/999999'),
      await api.post('/api/reviews/999999/approve'),
      await api.post('/api/reviews/x/reject'),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'REVIEW_NOT_FOUND']);
    }
    expect((await api.get('/api/reviews?status=maybe')).status).toBe(400);
  });
});

describe('errors', () => {
  it('are listed with what was wrong, and resolved with a note', async () => {
    await api.post('/api/orders', {
      ...orderData(api.business, { userId, lines: [{ product: gold }] }),
      total_amount: 1,
    });
    const { body } = await api.get('/api/errors');
    expect(body.data).toMatchObject([
      {
        error_type: 'validation',
        error_code: 'AMOUNT_MISMATCH',
        severity: 'low',
        is_resolved: false,
      },
    ]);
    const [{ id }] = body.data;
    expect((await api.get(`/api/errors/${id}`)).body.id).toBe(id);
    const retried = await api.post(`/api/errors/${id}/retry`);
    expect([retried.status, retried.body.code]).toEqual([409, 'NOT_RETRYABLE']);
    const resolved = await api.post(`/api/errors/${id}/resolve`, { note: 'called' });
    expect(resolved.body).toMatchObject({
      is_resolved: true,
      resolution_note: 'called',
      resolved_by: 'api',
    });
    expect((await api.post(`/api/errors/${id}/resolve`)).body.code).toBe('ALREADY_RESOLVED');
    expect((await api.get('/api/errors')).body.data).toEqual([]);
    expect(
      (await api.get('/api/errors?resolved=true&type=validation&severity=low')).body.data,
    ).toHaveLength(1);
    expect((await api.get('/api/errors?resolved=all&type=payment')).body.data).toEqual([]);
  });

  it('let the work that was set aside be tried again', async () => {
    const orderId = await place();
    await test.db.execute("UPDATE order_processing_queue SET status = 'failed', attempts = 5");
    const { insertId } = await test.db.execute(
      `INSERT INTO order_errors (business_id, order_id, error_type, severity, error_code, error_message, is_retryable, created_at)
       VALUES (:businessId, :orderId, 'external_api', 'high', 'GATEWAY_DOWN', 'x', TRUE, :now)`,
      { businessId: api.businessId, orderId, now: new Date() },
    );
    const { body } = await api.post(`/api/errors/${insertId}/retry`);
    expect(body).toMatchObject({ attempts: 0, is_resolved: false, order_id: orderId });
    const [item] = await test.db.query('SELECT status, attempts FROM order_processing_queue');
    expect(item).toEqual({ status: 'pending', attempts: 0 });
    expect((await api.get(`/api/errors?order_id=${orderId}`)).body.data).toHaveLength(1);
  });

  it('are the business’s own', async () => {
    const other = await aBusiness(test.db);
    await test.db.execute(
      `INSERT INTO order_errors (business_id, error_type, severity, error_code, error_message, created_at)
       VALUES (:id, 'system', 'high', 'X', 'x', :now)`,
      { id: other.id, now: new Date() },
    );
    expect((await api.get('/api/errors')).body.data).toEqual([]);
    const [row] = await test.db.query<{ id: number }>('SELECT id FROM order_errors');
    for (const answer of [
      await api.get(`/api/errors/${row!.id}`),
      await api.post(`/api/errors/${row!.id}/resolve`),
      await api.post(`/api/errors/${row!.id}/retry`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'ERROR_NOT_FOUND']);
    }
  });
});

describe('figures', () => {
  const stats = async (query = '') =>
    (await api.get(`/api/orders/stats/${api.businessId}${query}`)).body;

  it('count what was placed, sold and given back, by channel and by day of the shop', async () => {
    const mug = await aProduct(test.db, { businessId: api.businessId, price: 100_00, stock: 50 });
    const order = async (given: object = {}) =>
      (
        await api.post('/api/orders', {
          ...orderData(api.business, { userId, lines: [{ product: mug }] }),
          confirm_duplicate: true,
          ...given,
        })
      ).body.order_id as number;
    // 23:30 of the 4th in Manila, then 0:30 of the 5th.
    test.clock.set('2026-03-04T15:30:00Z');
    const paid = await order({ payment_method: 'card' });
    await api.patch(`/api/orders/${paid}/payment`, { payment_status: 'paid' });
    await api.patch(`/api/orders/${paid}/payment`, {
      payment_status: 'partially_refunded',
      amount: 50,
    });
    test.clock.set('2026-03-04T16:30:00Z');
    const cod = await order({ order_source: 'sms' });
    await api.post(`/api/orders/${cod}/confirm`);
    await api.delete(`/api/orders/${await order()}`);
    await order();
    await order({ draft: true });
    const body = await stats('?from=2026-03-04&to=2026-03-05');
    expect(body).toMatchObject({
      business_id: api.businessId,
      from: '2026-03-03T16:00:00.000Z',
      to: '2026-03-05T16:00:00.000Z',
      total_orders: 4,
      sold_orders: 2,
      cancelled_orders: 1,
      revenue: 350,
      average_order_value: 200,
      confirmation_rate: 0.5,
      refunded_amount: 50,
      refund_rate: 1,
      return_rate: 0,
      satisfaction: null,
    });
    expect(body.by_day).toMatchObject([
      { day: '2026-03-04', orders: 1, revenue: 150 },
      { day: '2026-03-05', orders: 3, revenue: 200 },
    ]);
    expect(body.by_channel).toMatchObject([
      { channel: 'messenger', orders: 3 },
      { channel: 'sms', orders: 1, revenue: 200 },
    ]);
    expect((await stats()).total_orders).toBe(4);
    expect((await stats('?from=2026-03-06')).code).toBe('VALIDATION_FAILED');
  });

  it('are of one’s own business and of a time that can be counted', async () => {
    expect(await stats()).toMatchObject({
      total_orders: 0,
      average_order_value: 0,
      by_day: [],
      conversion_rate: 0,
    });
    const other = await api.get(`/api/orders/stats/${api.businessId + 1}`);
    expect([other.status, other.body.code]).toEqual([404, 'BUSINESS_NOT_FOUND']);
    expect((await stats('?from=2020-01-01')).code).toBe('VALIDATION_FAILED');
    expect((await stats('?from=soon')).code).toBe('VALIDATION_FAILED');
  });
});
