import type { Business } from '../../../src/businesses/business-store';
import { createOrder } from '../../../src/orders/create-order';
import type { OrderData } from '../../../src/orders/order';
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
import {
  brokenChains,
  chainOf,
  holdsOf,
  ledgerProblems,
  letHoldsExpire,
  onShelf,
  stockProblems,
} from '../../support/stock';

const test = useDatabase();
let business: Business;
let businessId: number;
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
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

const data = (given: Partial<Parameters<typeof orderData>[1]> = {}): OrderData =>
  orderData(business, { userId, lines: [{ product: mug, quantity: 2 }], ...given });
const create = (given: OrderData | Record<string, unknown> = data()) =>
  createOrder(test.deps, given);
const placed = async (given?: OrderData) => {
  const result = await create(given);
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  return result.body;
};
const codes = async (given: OrderData | Record<string, unknown>): Promise<string[]> => {
  const result = await create(given);
  return result.status === 201
    ? []
    : result.body.validation_errors.map((problem) => `${problem.field} ${problem.code}`);
};
const count = async (table: string) =>
  (await test.db.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n;

describe('placing an order', () => {
  it('writes everything that belongs to it in one go', async () => {
    test.clock.set('2026-03-04T17:30:00Z');
    const body = await placed();

    // 1:30 in the morning of the 5th in Manila.
    expect(body.order_number).toBe('ORD-20260305-00001');
    expect(body.order).toMatchObject({
      order_status: 'pending',
      payment_status: 'unpaid',
      subtotal: 500,
      shipping_fee: 100,
      total_amount: 600,
      shipping_address: { phone: '+639171234567', country: 'PH' },
      items: [{ sku: 'MUG', unit_price: 250, quantity: 2, line_total: 500 }],
    });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 2 });
    expect(await holdsOf(test.db, body.order_id)).toEqual([{ status: 'reserved', quantity: 2 }]);
    for (const kind of ['order', 'payment', 'reservation'] as const) {
      expect(await chainOf(test.db, body.order_id, kind)).toMatch(
        /^NULL>(pending|unpaid|reserved)$/,
      );
    }
    const notifications = await test.db.query(
      'SELECT recipient_type, template, payload FROM notification_queue ORDER BY id',
    );
    expect(notifications).toMatchObject([
      { recipient_type: 'customer', template: 'order_received' },
      {
        recipient_type: 'owner',
        template: 'owner_new_order',
        payload: expect.stringContaining('2 x Blue mug') as string,
      },
    ]);
    expect(await test.db.query('SELECT queue_type, status FROM order_processing_queue')).toEqual([
      { queue_type: 'new_order', status: 'pending' },
    ]);
    expect(await test.db.query('SELECT event_type FROM outbox_events')).toEqual([
      { event_type: 'order.created' },
    ]);
    expect(await count('order_metrics')).toBe(1);
    const [entry] = await test.db.query(
      "SELECT changed_by, reason FROM order_state_history WHERE kind = 'order'",
    );
    expect(entry).toEqual({ changed_by: 'api', reason: 'order placed' });
  });

  it.each([
    ['cod', 'unpaid', 1440],
    ['bank_transfer', 'pending', 30],
    ['card', 'pending', 15],
  ])('holds stock as long as %s needs', async (method, paymentStatus, minutes) => {
    const { order } = await placed(data({ payment_method: method }));
    expect(order.payment_status).toBe(paymentStatus);
    const [row] = await test.db.query<{ minutes: number }>(
      'SELECT TIMESTAMPDIFF(MINUTE, created_at, expires_at) AS minutes FROM inventory_reservations',
    );
    expect(row?.minutes).toBe(minutes);
  });

  it('numbers the orders of a day, each shop for itself, and grows past five digits', async () => {
    test.clock.set('2026-03-05T03:00:00Z');
    await placed();
    expect((await placed(data({ confirm_duplicate: true }))).order_number).toBe(
      'ORD-20260305-00002',
    );
    await test.db.execute('UPDATE order_counters SET last_number = 99999');
    expect((await placed(data({ confirm_duplicate: true }))).order_number).toBe(
      'ORD-20260305-100000',
    );
  });

  it('ships nothing for what is picked up', async () => {
    const { order } = await placed(data({ payment_method: 'in_person' }));
    expect(order).toMatchObject({ shipping_fee: 0, total_amount: 500 });
  });

  it('sells a unit whose hold has run out, before any clean-up', async () => {
    const last = await aProduct(test.db, { businessId, stock: 1 });
    const first = await placed(data({ lines: [{ product: last }] }));
    await letHoldsExpire(test.db, first.order_id);
    const other = await aCustomer(test.db, { businessId });
    await placed(data({ userId: other, lines: [{ product: last }] }));
    expect(await holdsOf(test.db, first.order_id)).toMatchObject([{ status: 'expired' }]);
  });

  it('sells variants from their own stock', async () => {
    const tee = await aProduct(test.db, { businessId, stock: 0 });
    const large = await aVariant(test.db, {
      businessId,
      productId: tee.id,
      stock: 1,
      price: 399_00,
    });
    const { order } = await placed(data({ lines: [{ product: tee, variant: large }] }));
    expect(order.items).toMatchObject([{ sku: large.sku, unit_price: 399 }]);
  });
});

describe('refusing an order', () => {
  it('tells everything that is wrong at once and leaves one row behind', async () => {
    const tee = await aProduct(test.db, { businessId });
    const large = await aVariant(test.db, { businessId, productId: tee.id, isAvailable: false });
    const off = await aProduct(test.db, { businessId, status: 'inactive' });
    const elsewhere = await aProduct(test.db, { businessId: (await aBusiness(test.db)).id });
    const before = await count('stock_movements');

    const result = await create({
      user_id: 4711,
      items: [
        { product_id: mug.id, quantity: 11 },
        { product_id: mug.id, quantity: 0 },
        { product_id: mug.id, quantity: 101 },
        { product_id: 999_999, quantity: 1 },
        { product_id: elsewhere.id, quantity: 1 },
        { product_id: off.id, quantity: 1 },
        { product_id: tee.id, quantity: 1 },
        { product_id: tee.id, variant_id: large.id, quantity: 1 },
        { product_id: mug.id, variant_id: large.id, quantity: 1 },
      ],
      subtotal: 0,
      total_amount: 1,
      payment_method: 'cheque',
      shipping_address: { recipient_name: 'Juan', phone: '12', address: '', province: 'Cebu' },
      promo_code: 'NOPE',
    });

    expect(result.status).toBe(400);
    expect(result.body.success).toBe(false);
    const problems = result.status === 201 ? [] : result.body.validation_errors;
    expect(problems.map((problem) => `${problem.field} ${problem.code}`).sort()).toEqual(
      [
        'user_id USER_NOT_FOUND',
        'items[0].quantity INSUFFICIENT_STOCK',
        'items[1].quantity INVALID_QUANTITY',
        'items[2].quantity QUANTITY_LIMIT',
        'items[2].quantity INSUFFICIENT_STOCK',
        'items[3].product_id PRODUCT_NOT_FOUND',
        'items[4].product_id PRODUCT_NOT_FOUND',
        'items[5].product_id PRODUCT_UNAVAILABLE',
        'items[6].variant_id VARIANT_NOT_FOUND',
        'items[7].variant_id VARIANT_UNAVAILABLE',
        'items[8].variant_id VARIANT_NOT_FOUND',
        'subtotal INVALID_SUBTOTAL',
        'payment_method INVALID_PAYMENT',
        'shipping_address.phone INVALID_PHONE',
        'shipping_address.address ADDRESS_INCOMPLETE',
        'shipping_address.city ADDRESS_INCOMPLETE',
        'promo_code PROMO_NOT_FOUND',
      ].sort(),
    );
    for (const table of [
      'orders',
      'order_items',
      'inventory_reservations',
      'notification_queue',
      'outbox_events',
      'order_state_history',
    ]) {
      expect({ table, rows: await count(table) }).toEqual({ table, rows: 0 });
    }
    expect(await count('stock_movements')).toBe(before);
    expect(await count('order_errors')).toBe(1);
  });

  it.each<[string, (given: OrderData) => unknown, string[]]>([
    ['no items', (given) => ({ ...given, items: [] }), ['items ITEMS_REQUIRED']],
    ['items that are no list', (given) => ({ ...given, items: 'mug' }), ['items ITEMS_REQUIRED']],
    [
      'an amount with half a cent',
      (given) => ({ ...given, subtotal: 500.005 }),
      ['subtotal INVALID_SUBTOTAL'],
    ],
    [
      'an unknown source',
      (given) => ({ ...given, order_source: 'fax' }),
      ['order_source INVALID_FIELD'],
    ],
    ['no body at all', () => null, ['user_id USER_NOT_FOUND', 'items ITEMS_REQUIRED']],
  ])('names %s', async (_, change, expected) => {
    expect(await codes(change(data()) as OrderData)).toEqual(expect.arrayContaining(expected));
  });

  it('refuses more than 50 items', async () => {
    const items = Array.from({ length: 51 }, () => ({ product_id: mug.id, quantity: 1 }));
    expect(await codes({ ...data(), items })).toContain('items TOO_MANY_ITEMS');
  });

  it('says what the amounts should have been', async () => {
    const result = await create({ ...data(), subtotal: 499, shipping_fee: 0, total_amount: 499 });
    expect(result.body).toMatchObject({
      code: 'AMOUNT_MISMATCH',
      validation_errors: [
        { field: 'subtotal', code: 'AMOUNT_MISMATCH', expected: 500 },
        { field: 'shipping_fee', code: 'AMOUNT_MISMATCH', expected: 100 },
        { field: 'total_amount', code: 'AMOUNT_MISMATCH', expected: 600 },
      ],
    });
  });

  it('takes amounts as numbers and as decimals', async () => {
    await placed({ ...data(), subtotal: '500.00', shipping_fee: '100', total_amount: '600.0' });
  });

  it('does not sell to a customer who is blocked, or who is another shop’s', async () => {
    const blocked = await aCustomer(test.db, { businessId, status: 'blocked' });
    expect(await codes(data({ userId: blocked }))).toEqual(['user_id USER_INACTIVE']);
    const foreign = await aCustomer(test.db, { businessId: (await aBusiness(test.db)).id });
    expect(await codes(data({ userId: foreign }))).toEqual(['user_id USER_NOT_FOUND']);
  });

  it('answers 409 for a shortage and says how many are left', async () => {
    const result = await create(data({ lines: [{ product: mug, quantity: 11 }] }));
    expect(result).toMatchObject({
      status: 409,
      body: { code: 'INSUFFICIENT_STOCK', validation_errors: [{ available: 10, sku: 'MUG' }] },
    });
  });
});

describe('a duplicate', () => {
  it('is refused within minutes, whatever the order of the lines and the writing of the address', async () => {
    const plate = await aProduct(test.db, { businessId });
    await placed(data({ lines: [{ product: mug }, { product: plate }] }));
    const again = data({ lines: [{ product: plate }, { product: mug }] });
    const shipping_address = { ...again.shipping_address, address: '123 main st brgy centro' };
    expect(await codes({ ...again, shipping_address })).toEqual(['items DUPLICATE_ORDER']);
    await placed({ ...again, confirm_duplicate: true });
    test.clock.forward(30);
    await placed(again);
  });

  it('is not seen in a cancelled order', async () => {
    const { order_id } = await placed();
    await test.db.execute("UPDATE orders SET order_status = 'cancelled' WHERE id = ?", [order_id]);
    await placed();
  });
});

describe('an idempotency key', () => {
  it('gives the first order again, whatever the order of the fields', async () => {
    const given = { ...data(), idempotency_key: 'key-1' };
    const first = await placed(given);
    const shuffled = Object.fromEntries(Object.entries(given).reverse()) as OrderData;
    const second = await placed(shuffled);
    expect(second).toMatchObject({ order_id: first.order_id, order_number: first.order_number });
    expect(await count('orders')).toBe(1);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 2 });
  });

  it('is refused with other content', async () => {
    await placed({ ...data(), idempotency_key: 'key-1' });
    const result = await create({
      ...data({ lines: [{ product: mug }] }),
      idempotency_key: 'key-1',
    });
    expect(result).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_MISMATCH' } });
  });

  it('belongs to one shop', async () => {
    await placed({ ...data(), idempotency_key: 'key-1' });
    const other = await aBusiness(test.db);
    const product = await aProduct(test.db, { businessId: other.id });
    const customer = await aCustomer(test.db, { businessId: other.id });
    const result = await createOrder(
      test.deps,
      { ...orderData(other, { userId: customer, lines: [{ product }] }), business_id: other.id },
      { idempotencyKey: 'key-1' },
    );
    expect(result.status).toBe(201);
  });
});

describe('a promo code', () => {
  const withPromo = (code: string, discount: number) => {
    const given = data();
    return {
      ...given,
      promo_code: code,
      discount_amount: discount,
      total_amount: Number(given.total_amount) - discount,
    };
  };

  it('lowers the total and counts its use', async () => {
    await aPromo(test.db, { businessId, code: 'TEN', type: 'percent', value: '10', limit: 1 });
    const { order } = await placed(withPromo('ten', 50));
    expect(order).toMatchObject({ discount_amount: 50, total_amount: 550, promo_code: 'TEN' });
    const other = await aCustomer(test.db, { businessId });
    expect(await codes({ ...withPromo('TEN', 50), user_id: other })).toContain(
      'promo_code PROMO_LIMIT_REACHED',
    );
    expect(await test.db.query('SELECT used_count FROM promo_codes')).toEqual([{ used_count: 1 }]);
  });

  it.each([
    ['PROMO_INACTIVE', { isActive: false }],
    ['PROMO_EXPIRED', { endsAt: new Date('2020-01-01') }],
    ['PROMO_MINIMUM_NOT_MET', { minimum: '1000' }],
    ['PROMO_NOT_APPLICABLE', { productIds: [987] }],
  ])('is refused with %s', async (code, given) => {
    await aPromo(test.db, { businessId, code: 'X', ...given });
    expect(await codes({ ...data(), promo_code: 'X' })).toEqual([`promo_code ${code}`]);
  });

  it('is limited per customer', async () => {
    await aPromo(test.db, { businessId, code: 'ONCE', perCustomer: 1 });
    await placed(withPromo('ONCE', 50));
    expect(await codes({ ...withPromo('ONCE', 50), confirm_duplicate: true })).toContain(
      'promo_code PROMO_LIMIT_REACHED',
    );
  });
});

describe('risk', () => {
  it('lets a large COD order through with a review', async () => {
    const tv = await aProduct(test.db, { businessId, price: 60_000_00 });
    const body = await placed(data({ lines: [{ product: tv }] }));
    expect(body.warnings.map((warning) => warning.code)).toEqual(['VERIFICATION_REQUIRED']);
    expect(body.order.requires_verification).toBe(true);
    expect(await test.db.query('SELECT kind, status FROM order_reviews')).toEqual([
      { kind: 'verification', status: 'open' },
    ]);
  });

  it('trusts trusted buyers', async () => {
    const tv = await aProduct(test.db, { businessId, price: 60_000_00 });
    const trusted = await aCustomer(test.db, { businessId, isTrusted: true });
    expect((await placed(data({ userId: trusted, lines: [{ product: tv }] }))).warnings).toEqual(
      [],
    );
  });

  it('wants an approval above 500,000 however it is paid, and warns at five pending orders', async () => {
    for (let n = 0; n < 5; n += 1)
      await placed(data({ confirm_duplicate: true, lines: [{ product: mug }] }));
    const car = await aProduct(test.db, { businessId, price: 600_000_00 });
    const body = await placed(data({ payment_method: 'card', lines: [{ product: car }] }));
    expect(body.warnings.map((warning) => warning.code)).toEqual([
      'SPECIAL_APPROVAL_REQUIRED',
      'MANY_PENDING_ORDERS',
    ]);
  });
});
