import { createOrder } from '../../../src/orders/create-order';
import { useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import { aCustomer, aProduct, aPromo, orderData, type TestProduct } from '../../support/factories';
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

it('compares no amount that a refused promo code would have changed', async () => {
  await aPromo(test.db, { businessId: api.businessId, code: 'TEN', limit: 1 });
  const given = await data({ promo_code: 'TEN', discount_amount: 25 });
  const discounted = { ...given, total_amount: Number(given.total_amount) - 25 };
  expect((await api.post('/api/orders', discounted)).status).toBe(201);
  const { user_id } = await data();
  expect(await codesOf({ ...discounted, user_id })).toEqual([
    409,
    'promo_code PROMO_LIMIT_REACHED',
  ]);
  expect(await codesOf({ ...discounted, promo_code: 'NONE', user_id, subtotal: 1 })).toEqual([
    400,
    'promo_code PROMO_NOT_FOUND',
    'subtotal AMOUNT_MISMATCH',
  ]);
});

describe('looking for orders', () => {
  it.each(['ñ', '😀', '\u0000', ' ', "1' OR 1=1", '1e3', '0x1', '99999999999999999999'])(
    'finds nothing by the number %j',
    async (text) => {
      await api.post('/api/orders', await data());
      const number = encodeURIComponent(text);
      for (const path of [`/api/orders/${number}`, `/api/orders/${number}/history`])
        expect((await api.get(path)).status).toBe(404);
      expect((await api.delete(`/api/orders/${number}`)).status).toBe(404);
    },
  );

  it('searches by names in any script, and takes order numbers for text', async () => {
    const given = await data();
    const named = { ...given.shipping_address, recipient_name: 'Peñafrancia 王 😀' };
    const { body } = await api.post('/api/orders', { ...given, shipping_address: named });
    const found = async (q: string) =>
      (await api.get(`/api/orders?q=${encodeURIComponent(q)}`)).body.data.length as number;
    expect(await found('王 😀')).toBe(1);
    expect(await found('Ñ')).toBe(1);
    expect(await found(body.order_number.slice(4).toLowerCase())).toBe(1);
    expect(await found('李')).toBe(0);
  });

  it.each(['after:x', 'after:-1', "after:1' OR 1=1", 'after:99999999999999999999', 'before:1'])(
    'refuses the cursor %s, which it did not give',
    async (text) => {
      const cursor = Buffer.from(text).toString('base64url');
      for (const list of ['orders', 'products', 'customers', 'errors', 'reviews', 'promo-codes']) {
        const { status, body } = await api.get(`/api/${list}?cursor=${cursor}`);
        expect([list, status, body.validation_errors?.[0]?.field]).toEqual([list, 400, 'cursor']);
      }
    },
  );

  it.each(['from=0001-01-01', 'to=9999-12-31', 'from=0001-01-01T00:00:00Z'])(
    'refuses the time %s',
    async (range) => {
      expect((await api.get(`/api/orders?${range}`)).status).toBe(400);
      expect((await api.get(`/api/orders/stats/${api.businessId}?${range}`)).status).toBe(400);
    },
  );
});
