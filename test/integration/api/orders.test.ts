import { sendTo, useApi, ADMIN_API_KEY } from '../../support/api';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  aPromo,
  aVariant,
  orderData,
  type TestProduct,
} from '../../support/factories';
import { brokenChains, holdsOf, ledgerProblems, onShelf, stockProblems } from '../../support/stock';

const test = useDatabase();
const api = useApi(test);
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  const { businessId } = api;
  userId = await aCustomer(test.db, { businessId });
  mug = await aProduct(test.db, {
    businessId,
    name: 'Blue mug',
    price: 250_00,
    stock: 10,
    sku: 'MUG',
  });
});
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await brokenChains(test.db)).toEqual([]);
  expect(await ledgerProblems(test.db)).toEqual([]);
});

type Given = Partial<Parameters<typeof orderData>[1]>;
const data = (given: Given = {}) =>
  orderData(api.business, { userId, lines: [{ product: mug, quantity: 2 }], ...given });
const place = async (given: Given = {}) => {
  const { status, body } = await api.post('/api/orders', {
    confirm_duplicate: true,
    ...data(given),
  });
  expect([status, body.code]).toEqual([201, undefined]);
  return body;
};
const codesOf = (body: { validation_errors?: { field: string; code: string }[] }) =>
  body.validation_errors?.map((one) => `${one.field} ${one.code}`);

describe('placing', () => {
  it('answers the order, and keeps who asked', async () => {
    const { status, body } = await api.post('/api/orders', data(), { 'user-agent': 'shop-app/2' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      success: true,
      order_id: body.order.id,
      order_number: body.order.order_number,
      warnings: [],
      order: {
        order_status: 'pending',
        payment_status: 'unpaid',
        total_amount: 600,
        order_source: 'messenger',
      },
    });
    const { body: detail } = await api.get(`/api/orders/${body.order_id}`);
    expect(detail).toMatchObject({ ...body.order, user_agent: 'shop-app/2', cancelled_at: null });
    expect(detail.ip_address).toMatch(/127\.0\.0\.1$/);
    expect(new Date(detail.hold_expires_at).getTime()).toBeGreaterThan(Date.now());
  });

  it('takes ids and amounts as text', async () => {
    const order = data();
    const { status } = await api.post('/api/orders', {
      ...order,
      business_id: String(api.businessId),
      user_id: String(userId),
      items: [{ product_id: String(mug.id), quantity: 2 }],
      subtotal: '500.00',
      total_amount: '600.00',
    });
    expect(status).toBe(201);
  });

  it.each([
    ['nothing', {}],
    ['a list', []],
  ])('answers all that is missing when it is sent %s', async (_name, body) => {
    const answer = await api.post('/api/orders', body);
    expect(answer.status).toBe(400);
    if (Array.isArray(body)) return expect(answer.body.code).toBe('VALIDATION_FAILED');
    expect(codesOf(answer.body)).toEqual(
      expect.arrayContaining([
        'user_id USER_NOT_FOUND',
        'items ITEMS_REQUIRED',
        'subtotal INVALID_SUBTOTAL',
        'payment_method INVALID_PAYMENT',
        'shipping_address.city ADDRESS_INCOMPLETE',
      ]),
    );
  });

  it.each([
    ['USER_NOT_FOUND', 400, () => ({ user_id: 999_999 })],
    ['ITEMS_REQUIRED', 400, () => ({ items: [] })],
    ['TOO_MANY_ITEMS', 400, () => ({ items: Array(51).fill({ product_id: mug.id, quantity: 1 }) })],
    ['INVALID_SUBTOTAL', 400, () => ({ subtotal: 0 })],
    ['AMOUNT_MISMATCH', 400, () => ({ total_amount: 599.99 })],
    ['INVALID_PAYMENT', 400, () => ({ payment_method: 'shells' })],
    ['PRODUCT_NOT_FOUND', 400, () => ({ items: [{ product_id: 999_999, quantity: 2 }] })],
    ['INVALID_QUANTITY', 400, () => ({ items: [{ product_id: mug.id, quantity: 0 }] })],
    ['QUANTITY_LIMIT', 400, () => ({ items: [{ product_id: mug.id, quantity: 101 }] })],
    [
      'INSUFFICIENT_STOCK',
      409,
      () => ({ items: [{ product_id: mug.id, quantity: 11 }], subtotal: 2750, total_amount: 2850 }),
    ],
    [
      'VARIANT_NOT_FOUND',
      400,
      () => ({ items: [{ product_id: mug.id, variant_id: 999_999, quantity: 2 }] }),
    ],
    ['PROMO_NOT_FOUND', 400, () => ({ promo_code: 'NOPE' })],
  ])('refuses with %s', async (code, status, change) => {
    const answer = await api.post('/api/orders', { ...data(), ...(change() as object) });
    expect(answer.status).toBe(status);
    expect(answer.body.validation_errors.map((one: { code: string }) => one.code)).toContain(code);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 0 });
    const [error] = await test.db.query('SELECT COUNT(*) AS n FROM order_errors');
    expect(error).toEqual({ n: 1 });
  });

  it('says what an amount should have been, and how many there are', async () => {
    const amount = await api.post('/api/orders', { ...data(), total_amount: 1 });
    expect(amount.body.validation_errors).toMatchObject([{ field: 'total_amount', expected: 600 }]);
    const stock = await api.post('/api/orders', data({ lines: [{ product: mug, quantity: 11 }] }));
    expect(stock.body.validation_errors).toMatchObject([{ available: 10, sku: 'MUG' }]);
  });

  it('answers a repeat with the first order, whatever the order of its fields', async () => {
    const key = { 'Idempotency-Key': 'k-1' };
    const order = data();
    const first = await api.post('/api/orders', order, key);
    const turned = Object.fromEntries(Object.entries(order).reverse());
    // The header wins over the field.
    const again = await api.post('/api/orders', { ...turned, idempotency_key: 'k-2' }, key);
    expect([again.status, again.body.order_id, again.body.order_number]).toEqual([
      201,
      first.body.order_id,
      first.body.order_number,
    ]);
    const other = await api.post(
      '/api/orders',
      data({ lines: [{ product: mug, quantity: 3 }] }),
      key,
    );
    expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_MISMATCH']);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 2 });
  });

  it('answers repeats at the same time with one order', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        api.post('/api/orders', data(), { 'Idempotency-Key': 'race' }),
      ),
    );
    expect(new Set(answers.map((one) => `${one.status} ${one.body.order_number}`)).size).toBe(1);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 2 });
  });

  it('asks before it places the same again', async () => {
    await api.post('/api/orders', data());
    const again = await api.post('/api/orders', data());
    expect([again.status, again.body.code]).toEqual([409, 'DUPLICATE_ORDER']);
    expect((await api.post('/api/orders', { ...data(), confirm_duplicate: true })).status).toBe(
      201,
    );
  });

  it('is for the key’s own business', async () => {
    const other = await aBusiness(test.db);
    const theirs = await api.post('/api/orders', { ...data(), business_id: other.id });
    expect([theirs.status, theirs.body.code]).toEqual([400, 'BUSINESS_NOT_FOUND']);
    const stranger = await aCustomer(test.db, { businessId: other.id });
    const answer = await api.post('/api/orders', { ...data(), user_id: stranger });
    expect(codesOf(answer.body)).toEqual(['user_id USER_NOT_FOUND']);
  });

  it('refuses what is no JSON, and what is too large', async () => {
    const headers = { 'x-api-key': ADMIN_API_KEY };
    const broken = await sendTo(api.app, 'post', '/api/orders', { body: '{"a":', headers });
    expect([broken.status, broken.body.code]).toEqual([400, 'INVALID_JSON']);
    const large = await sendTo(api.app, 'post', '/api/orders', {
      body: `"${'x'.repeat(1_100_000)}"`,
      headers,
    });
    expect([large.status, large.body.code]).toEqual([413, 'BODY_TOO_LARGE']);
  });
});

describe('drafts', () => {
  it('hold nothing and tell nobody until they are placed', async () => {
    const promo = await aPromo(test.db, {
      businessId: api.businessId,
      code: 'TEN',
      value: '10',
      limit: 1,
    });
    const given = {
      ...data(),
      draft: true,
      promo_code: 'TEN',
      discount_amount: 50,
      total_amount: 550,
    };
    const { status, body } = await api.post('/api/orders', given);
    expect([status, body.order.order_status]).toEqual([201, 'draft']);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 0 });
    expect(await test.db.query('SELECT * FROM notification_queue')).toEqual([]);
    const uses = async () =>
      (
        await test.db.query<{ used_count: number }>(
          'SELECT used_count FROM promo_codes WHERE id = ?',
          [promo],
        )
      )[0]?.used_count;
    expect(await uses()).toBe(0);

    const placed = await api.patch(`/api/orders/${body.order_id}/status`, { status: 'pending' });
    expect([placed.status, placed.body.order.order_status]).toEqual([200, 'pending']);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 2 });
    expect(await uses()).toBe(1);
    const told = await test.db.query<{ template: string }>(
      'SELECT template FROM notification_queue ORDER BY id',
    );
    expect(told.map((one) => one.template)).toEqual(['order_received', 'owner_new_order']);
    await api.post(`/api/orders/${body.order_id}/cancel`);
    expect(await uses()).toBe(0);
  });

  it('are no duplicates of an order, and are not placed twice', async () => {
    const { body } = await api.post('/api/orders', { ...data(), draft: true });
    expect((await api.post('/api/orders', data())).status).toBe(201);
    await api.patch(`/api/orders/${body.order_id}/status`, { status: 'pending' });
    const again = await api.patch(`/api/orders/${body.order_id}/status`, { status: 'pending' });
    expect([again.status, again.body.code]).toEqual([409, 'INVALID_TRANSITION']);
  });

  it('are compared with the prices and the stock of the day on which they are placed', async () => {
    const { body } = await api.post('/api/orders', { ...data(), draft: true });
    const path = `/api/orders/${body.order_id}`;
    await test.db.execute('UPDATE products SET price = 260 WHERE id = ?', [mug.id]);
    const dearer = await api.patch(`${path}/status`, { status: 'pending' });
    expect(dearer.status).toBe(400);
    expect(dearer.body.validation_errors).toMatchObject([
      { code: 'AMOUNT_MISMATCH', field: 'subtotal', expected: 520 },
      { code: 'AMOUNT_MISMATCH', field: 'total_amount', expected: 620 },
    ]);
    expect((await api.put(path, {})).body.order).toMatchObject({
      total_amount: 620,
      order_status: 'draft',
    });
    await test.db.execute("SET @tindera_reason = 'count'").catch(() => undefined);
    await api.post('/api/inventory/MUG/adjust', { set: 1, reason: 'count' });
    const gone = await api.patch(`${path}/status`, { status: 'pending' });
    expect([gone.status, gone.body.code]).toEqual([409, 'INSUFFICIENT_STOCK']);
    expect((await api.delete(path)).body.order.order_status).toBe('cancelled');
    expect(
      await test.db.query("SELECT * FROM notification_queue WHERE status <> 'skipped'"),
    ).toEqual([]);
  });

  it('are not paid for', async () => {
    const { body } = await api.post('/api/orders', { ...data(), draft: true });
    const paid = await api.patch(`/api/orders/${body.order_id}/payment`, {
      payment_status: 'paid',
    });
    expect([paid.status, paid.body.code]).toEqual([409, 'INVALID_TRANSITION']);
  });
});

describe('looking at orders', () => {
  it('finds one by its id and by its number, its own only', async () => {
    const { order_id, order_number } = await place();
    for (const ref of [order_id, order_number, order_number.toLowerCase()]) {
      expect((await api.get(`/api/orders/${ref}`)).body.id).toBe(order_id);
    }
    for (const ref of [999_999, 'ORD-20200101-00001', 'x%20y']) {
      for (const path of [`/api/orders/${ref}`, `/api/orders/${ref}/history`]) {
        const { status, body } = await api.get(path);
        expect([status, body.code]).toEqual([404, 'ORDER_NOT_FOUND']);
      }
    }
    await test.db.execute('UPDATE orders SET business_id = business_id + 1000');
    expect((await api.get(`/api/orders/${order_id}`)).status).toBe(404);
    await test.db.execute('UPDATE orders SET business_id = business_id - 1000');
  });

  it('tells the history in order, one chain for each kind', async () => {
    const { order_id } = await place();
    await api.post(`/api/orders/${order_id}/confirm`, { notes: 'called the customer' });
    const { body } = await api.get(`/api/orders/${order_id}/history`);
    expect(body).toMatchObject({ order_id, next_cursor: null });
    expect(
      body.data.map(
        (one: { kind: string; from: string; to: string }) => `${one.kind} ${one.from}>${one.to}`,
      ),
    ).toEqual([
      'order null>pending',
      'payment null>unpaid',
      'reservation null>reserved',
      'reservation reserved>committed',
      'order pending>confirmed',
    ]);
    expect(body.data.at(-1)).toMatchObject({ changed_by: 'api', reason: 'called the customer' });
  });

  it('lists by every filter', async () => {
    const other = await aCustomer(test.db, { businessId: api.businessId, phone: '+639180000000' });
    const first = await place();
    await place({
      userId: other,
      order_source: 'sms',
      payment_method: 'bank_transfer',
      shipping_address: { recipient_name: '50% Ana' } as never,
    });
    await place({ lines: [{ product: mug, quantity: 1 }] });
    await api.post(`/api/orders/${first.order_id}/cancel`, { reason: 'x' });
    const numbers = async (query: string) =>
      (await api.get(`/api/orders?${query}`)).body.data.map((one: { order_number: string }) =>
        Number(one.order_number.slice(-5)),
      );
    expect(await numbers('')).toEqual([3, 2, 1]);
    expect(await numbers('status=cancelled')).toEqual([1]);
    expect(await numbers('payment_status=pending')).toEqual([2]);
    expect(await numbers(`customer=${other}`)).toEqual([2]);
    expect(await numbers(`user_id=${userId}`)).toEqual([3, 1]);
    expect(await numbers('channel=sms')).toEqual([2]);
    expect(await numbers('q=50%25')).toEqual([2]);
    expect(await numbers('q=00003')).toEqual([3]);
    expect(await numbers('status=pending&channel=messenger')).toEqual([3]);
    const { body } = await api.get('/api/orders?limit=1');
    expect(body.data[0].items).toMatchObject([{ sku: 'MUG', quantity: 1 }]);
    const next = await api.get(`/api/orders?limit=2&cursor=${body.next_cursor}`);
    expect(next.body.data).toHaveLength(2);
    expect(next.body.next_cursor).toBeNull();
  });

  it('takes days of the shop and instants for a range', async () => {
    // 23:30 of the 4th in Manila.
    test.clock.set('2026-03-04T15:30:00Z');
    await place();
    // 0:30 of the 5th.
    test.clock.set('2026-03-04T16:30:00Z');
    await place();
    const count = async (query: string) => (await api.get(`/api/orders?${query}`)).body.data.length;
    expect(await count('from=2026-03-04&to=2026-03-04')).toBe(1);
    expect(await count('from=2026-03-05')).toBe(1);
    expect(await count('to=2026-03-05')).toBe(2);
    expect(await count('from=2026-03-04T16:00:00Z&to=2026-03-04T17:00:00Z')).toBe(1);
    expect(await count('from=2026-03-05T00:00:00%2B08:00')).toBe(1);
  });

  it.each([
    'status=flying',
    'payment_status=x',
    'customer=x',
    'channel=fax',
    'from=yesterday',
    'limit=-1',
    'cursor=1',
  ])('refuses ?%s', async (query) => {
    const { status, body } = await api.get(`/api/orders?${query}`);
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('changing a pending order', () => {
  it('moves holds with the items and works the amounts out anew', async () => {
    const cap = await aProduct(test.db, { businessId: api.businessId, price: 100_00, stock: 5 });
    const { order_id } = await place({ lines: [{ product: mug, quantity: 10 }] });
    const { status, body } = await api.put(`/api/orders/${order_id}`, {
      items: [
        { product_id: mug.id, quantity: 9 },
        { product_id: cap.id, quantity: 5 },
      ],
      notes: 'ring twice',
    });
    expect(status).toBe(200);
    expect(body.order).toMatchObject({ subtotal: 2750, total_amount: 2850, notes: 'ring twice' });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 9 });
    expect(await onShelf(test.db, cap.id)).toEqual({ stock: 5, reserved: 5 });
    expect(
      (await holdsOf(test.db, order_id)).filter((one) => one.status === 'reserved'),
    ).toHaveLength(2);
    const [event] = await test.db.query(
      'SELECT event_type FROM outbox_events ORDER BY id DESC LIMIT 1',
    );
    expect(event).toEqual({ event_type: 'order.changed' });
  });

  it('leaves everything as it was when the change is refused', async () => {
    const { order_id, order } = await place();
    for (const [change, status, code] of [
      [{ items: [{ product_id: mug.id, quantity: 11 }] }, 409, 'INSUFFICIENT_STOCK'],
      [{ items: [] }, 400, 'ITEMS_REQUIRED'],
      [{ items: [{ product_id: mug.id, quantity: 3 }], total_amount: 600 }, 400, 'AMOUNT_MISMATCH'],
      [{ shipping_address: { phone: 'x' } }, 400, 'INVALID_PHONE'],
      [{ shipping_address: { city: '' } }, 400, 'ADDRESS_INCOMPLETE'],
      [{ promo_code: 'NOPE' }, 400, 'PROMO_NOT_FOUND'],
    ] as const) {
      const answer = await api.put(`/api/orders/${order_id}`, change);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
    const { body } = await api.get(`/api/orders/${order_id}`);
    expect(body).toMatchObject({ ...order, updated_at: body.updated_at });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 2 });
  });

  it('changes a part of the address, and the fee with the province', async () => {
    const { order_id } = await place();
    const { body } = await api.put(`/api/orders/${order_id}`, {
      shipping_address: { province: 'Cebu', city: 'Cebu City' },
    });
    expect(body.order).toMatchObject({
      shipping_fee: 150,
      total_amount: 650,
      shipping_address: { recipient_name: 'Juan Dela Cruz', city: 'Cebu City', province: 'Cebu' },
    });
    expect((await holdsOf(test.db, order_id)).map((one) => one.status)).toEqual(['reserved']);
  });

  it('keeps the price at which a line was ordered, and what is off the shelf by now', async () => {
    const { order_id } = await place();
    await test.db.execute("UPDATE products SET price = 999, status = 'inactive' WHERE id = ?", [
      mug.id,
    ]);
    const { status, body } = await api.put(`/api/orders/${order_id}`, { notes: 'x' });
    expect([status, body.order.total_amount]).toEqual([200, 600]);
    const more = await api.put(`/api/orders/${order_id}`, {
      items: [{ product_id: mug.id, quantity: 3 }],
    });
    expect([more.status, more.body.code]).toEqual([400, 'PRODUCT_UNAVAILABLE']);
  });

  it('uses, keeps and gives back promo codes', async () => {
    const { businessId } = api;
    await aPromo(test.db, { businessId, code: 'TEN', value: '10', limit: 1, perCustomer: 1 });
    await aPromo(test.db, { businessId, code: 'HALF', value: '50', limit: 1 });
    const uses = async () =>
      (
        await test.db.query<{ code: string; used_count: number }>(
          'SELECT code, used_count FROM promo_codes ORDER BY code',
        )
      ).map((one) => `${one.code} ${one.used_count}`);
    const { order_id } = await place();
    const path = `/api/orders/${order_id}`;
    expect((await api.put(path, { promo_code: 'ten' })).body.order).toMatchObject({
      discount_amount: 50,
      total_amount: 550,
    });
    expect(await uses()).toEqual(['HALF 0', 'TEN 1']);
    expect(
      (await api.put(path, { items: [{ product_id: mug.id, quantity: 4 }] })).body.order
        .discount_amount,
    ).toBe(100);
    expect((await api.put(path, { promo_code: 'HALF' })).body.order.discount_amount).toBe(500);
    expect(await uses()).toEqual(['HALF 1', 'TEN 0']);
    expect((await api.put(path, { promo_code: null })).body.order).toMatchObject({
      discount_amount: 0,
      promo_code: null,
    });
    expect(await uses()).toEqual(['HALF 0', 'TEN 0']);
  });

  it('asks again for an approval that was for less', async () => {
    const gold = await aProduct(test.db, {
      businessId: api.businessId,
      price: 30_000_00,
      stock: 10,
    });
    const { order_id, order } = await place({ lines: [{ product: gold, quantity: 2 }] });
    expect(order.requires_verification).toBe(true);
    const [review] = (await api.get('/api/reviews')).body.data;
    await api.post(`/api/reviews/${review.id}/approve`, { note: 'known' });
    const path = `/api/orders/${order_id}`;
    expect((await api.put(path, { notes: 'x' })).body.order.requires_verification).toBe(false);
    const more = await api.put(path, { items: [{ product_id: gold.id, quantity: 3 }] });
    expect(more.body.order.requires_verification).toBe(true);
    expect((await api.get('/api/reviews')).body.data).toMatchObject([
      { id: review.id, status: 'open', note: null },
    ]);
    const less = await api.put(path, { items: [{ product_id: gold.id, quantity: 1 }] });
    expect(less.body.order.requires_verification).toBe(false);
    expect((await api.get('/api/reviews')).body.data).toEqual([]);
  });

  it('is over once it is confirmed or paid for', async () => {
    const first = await place();
    await api.post(`/api/orders/${first.order_id}/confirm`);
    const second = await place();
    await api.patch(`/api/orders/${second.order_id}/payment`, {
      payment_status: 'paid',
      amount: 600,
    });
    for (const id of [first.order_id, second.order_id]) {
      const answer = await api.put(`/api/orders/${id}`, { notes: 'x' });
      expect([answer.status, answer.body.code]).toEqual([409, 'INVALID_TRANSITION']);
    }
    expect((await api.put('/api/orders/999999', { notes: 'x' })).status).toBe(404);
  });

  it('exchanges variants', async () => {
    const tee = await aProduct(test.db, { businessId: api.businessId, name: 'Tee' });
    const { businessId } = api;
    const black = await aVariant(test.db, {
      businessId,
      productId: tee.id,
      price: 300_00,
      stock: 1,
    });
    const white = await aVariant(test.db, {
      businessId,
      productId: tee.id,
      price: 320_00,
      stock: 1,
    });
    const { order_id } = await place({ lines: [{ product: tee, variant: black }] });
    const items = [{ product_id: tee.id, variant_id: white.id, quantity: 1 }];
    expect((await api.put(`/api/orders/${order_id}`, { items })).body.order).toMatchObject({
      subtotal: 320,
    });
    const free = await place({ lines: [{ product: tee, variant: black }] });
    expect(free.order.subtotal).toBe(300);
  });
});
