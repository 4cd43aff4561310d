import { useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import { aCustomer, aProduct, orderData, type TestProduct } from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

const test = useDatabase();
const api = useApi(test);
let mug: TestProduct;

beforeEach(async () => {
  mug = await aProduct(test.db, { businessId: api.businessId, price: 250_00 });
});
afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

async function shipped(payment_method: string): Promise<number> {
  const userId = await aCustomer(test.db, { businessId: api.businessId });
  const data = orderData(api.business, { userId, lines: [{ product: mug }], payment_method });
  const { body } = await api.post('/api/orders', data);
  for (const status of ['confirmed', 'processing', 'shipped'])
    expect(await api.patch(`/api/orders/${body.order_id}/status`, { status })).toMatchObject({
      status: 200,
    });
  return body.order_id;
}

it('counts a refused parcel once, however often it is said, and lets the second try succeed', async () => {
  const id = await shipped('cod');
  for (const note of ['nobody had money', undefined]) {
    const { status, body } = await api.post(`/api/orders/${id}/cod-refused`, { note });
    expect([status, body.order.order_status, body.order.payment_status]).toEqual([
      200,
      'shipped',
      'failed',
    ]);
  }
  expect(await test.db.query('SELECT cod_refused_count FROM users')).toEqual([
    { cod_refused_count: 1 },
  ]);
  const { body } = await api.get(`/api/orders/${id}/history`);
  expect(body.data.at(-1)).toMatchObject({
    kind: 'payment',
    to: 'failed',
    reason: 'nobody had money',
  });
  const delivered = await api.patch(`/api/orders/${id}/status`, { status: 'delivered' });
  expect(delivered.body.order.payment_status).toBe('paid');
});

it('refuses what was not shipped cash on delivery', async () => {
  const id = await shipped('in_person');
  const { status, body } = await api.post(`/api/orders/${id}/cod-refused`);
  expect([status, body.code]).toEqual([409, 'NOT_REFUSABLE']);
  const none = await api.post('/api/orders/ORD-20200101-00001/cod-refused');
  expect([none.status, none.body.code]).toEqual([404, 'ORDER_NOT_FOUND']);
});
