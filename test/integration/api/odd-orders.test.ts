import { createOrder } from '../../../src/orders/create-order';
import { useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import { aCustomer, aProduct, orderData, type TestProduct } from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

/** Half of an emoji: legal in JavaScript and in JSON, an error for both databases. */
const HALF = '\ud83d';

const test = useDatabase();
const api = useApi(test);
let mug: TestProduct;

beforeEach(async () => {
  mug = await aProduct(test.db, { businessId: api.businessId, price: 250_00, stock: 500 });
});
afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

const data = async (given: object = {}, quantity = 1) => ({
  ...orderData(api.business, {
    userId: await aCustomer(test.db, { businessId: api.businessId }),
    lines: [{ product: mug, quantity }],
  }),
  ...given,
});
const codesOf = async (body: object) => {
  const answer = await api.post('/api/orders', body);
  const problems = (answer.body.validation_errors ?? []) as { field: string; code: string }[];
  return [answer.status, ...problems.map(({ field, code }) => `${field} ${code}`)];
};

it.each(['notes', 'idempotency_key'])('reads %s that ends within an emoji', async (field) => {
  const { status, body } = await api.post('/api/orders', await data({ [field]: `cut ${HALF}` }));
  expect(status).toBe(201);
  if (field === 'notes') expect(body.order.notes).toBe('cut \ufffd');
});

it('does not let such a text spoil the orders of others in its group', async () => {
  const all = await Promise.all(
    ['a', `cut ${HALF}`, 'b', `${HALF}`, 'c'].map(async (notes) => data({ notes })),
  );
  const results = await Promise.all(all.map((one) => createOrder(test.deps, one)));
  expect(results.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
});

it('writes such a reason down when an order is cancelled', async () => {
  const { body } = await api.post('/api/orders', await data());
  const reason = `no money ${HALF}`;
  const { status } = await api.post(`/api/orders/${body.order_id}/cancel`, { reason });
  expect(status).toBe(200);
});

it('ignores nothing that it cannot read', async () => {
  const odd = {
    notes: {},
    promo_code: [],
    idempotency_key: true,
    draft: 'yes',
    confirm_duplicate: 1,
  };
  expect(await codesOf(await data(odd))).toEqual([
    400,
    'notes INVALID_FIELD',
    'idempotency_key INVALID_FIELD',
    'promo_code INVALID_FIELD',
    'confirm_duplicate INVALID_FIELD',
    'draft INVALID_FIELD',
  ]);
});

it('takes a key or a phone that was written as a number', async () => {
  const given = await data({ idempotency_key: 12345 });
  const first = await api.post('/api/orders', given);
  const again = await api.post('/api/orders', { ...given, idempotency_key: '12345' });
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body.order_id).toBe(first.body.order_id);
  const phone = 123;
  const shipping_address = { ...given.shipping_address, phone };
  expect(await codesOf(await data({ shipping_address }))).toEqual([
    400,
    'shipping_address.phone INVALID_PHONE',
  ]);
});

it('does not compare amounts while items or the place are missing', async () => {
  const items = Array.from({ length: 51 }, () => ({ product_id: mug.id, quantity: 1 }));
  expect(await codesOf(await data({ items }))).toEqual([400, 'items TOO_MANY_ITEMS']);
  const { shipping_address } = await data();
  expect(
    await codesOf(await data({ shipping_address: { ...shipping_address, province: ' ' } })),
  ).toEqual([400, 'shipping_address.province ADDRESS_INCOMPLETE']);
});
