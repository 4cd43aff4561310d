import { useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, aProduct, aVariant, orderData } from '../../support/factories';
import { ledgerProblems, letHoldsExpire, stockProblems } from '../../support/stock';

const test = useDatabase();
const api = useApi(test);
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await ledgerProblems(test.db)).toEqual([]);
});

describe('categories', () => {
  it('are created, listed, changed and archived', async () => {
    const { status, body } = await api.post('/api/categories', {
      name: 'Home & Living',
      description: 'x',
      position: 2,
    });
    expect([status, body.slug, body.status]).toEqual([201, 'home-living', 'active']);
    expect((await api.get(`/api/categories/${body.id}`)).body).toEqual(body);
    expect((await api.patch(`/api/categories/${body.id}`, { name: 'Home' })).body).toMatchObject({
      name: 'Home',
      slug: 'home-living',
    });
    expect((await api.put(`/api/categories/${body.id}`, { status: 'inactive' })).body.status).toBe(
      'inactive',
    );
    expect((await api.get('/api/categories')).body.data).toHaveLength(1);
    expect((await api.delete(`/api/categories/${body.id}`)).body.status).toBe('archived');
    expect((await api.get('/api/categories')).body.data).toEqual([]);
    expect((await api.get('/api/categories?status=archived')).body.data).toHaveLength(1);
  });

  it('have a name of their own', async () => {
    await api.post('/api/categories', { name: 'Mugs' });
    const again = await api.post('/api/categories', { name: 'MUGS!' });
    expect([again.status, again.body.code]).toEqual([409, 'CATEGORY_EXISTS']);
    const { body } = await api.post('/api/categories', { name: 'Tees' });
    expect((await api.patch(`/api/categories/${body.id}`, { slug: 'mugs' })).status).toBe(409);
    expect(
      (await api.post('/api/categories', { slug: 'A B' })).body.validation_errors,
    ).toHaveLength(2);
  });

  it.each(['999', 'x'])('are not %s', async (id) => {
    for (const answer of [
      await api.get(`/api/categories/${id}`),
      await api.put(`/api/categories/${id}`, { name: 'x' }),
      await api.patch(`/api/categories/${id}`, { name: 'x' }),
      await api.delete(`/api/categories/${id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'CATEGORY_NOT_FOUND']);
    }
  });
});

describe('customers', () => {
  const maria = { name: 'Maria Santos', phone: '0917 123 4567', email: 'maria@example.com' };

  it('are created with a phone in its one form, listed and changed', async () => {
    const { status, body } = await api.post('/api/customers', maria);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...maria,
      phone: '+639171234567',
      status: 'active',
      total_orders: 0,
      total_spent: 0,
    });
    expect((await api.get(`/api/customers/${body.id}`)).body).toEqual(body);
    const changed = await api.patch(`/api/customers/${body.id}`, {
      is_trusted_buyer: true,
      id_verified: true,
      email: null,
    });
    expect(changed.body).toMatchObject({
      is_trusted_buyer: true,
      email: null,
      name: 'Maria Santos',
    });
    expect(changed.body.id_verified_at).not.toBeNull();
    expect(
      (await api.put(`/api/customers/${body.id}`, { status: 'blocked', id_verified: false })).body,
    ).toMatchObject({
      status: 'blocked',
      id_verified_at: null,
    });
    await api.post('/api/customers', { name: 'Juan' });
    const names = async (query: string) =>
      (await api.get(`/api/customers?${query}`)).body.data.map((one: { name: string }) => one.name);
    expect(await names('')).toEqual(['Juan', 'Maria Santos']);
    expect(await names('q=1234567')).toEqual(['Maria Santos']);
    expect(await names('status=active')).toEqual(['Juan']);
    const page = await api.get('/api/customers?limit=1');
    expect(await names(`limit=1&cursor=${page.body.next_cursor}`)).toEqual(['Maria Santos']);
  });

  it('cannot order when they are blocked', async () => {
    const { body } = await api.post('/api/customers', maria);
    const product = await aProduct(test.db, { businessId: api.businessId });
    await api.patch(`/api/customers/${body.id}`, { status: 'inactive' });
    const answer = await api.post(
      '/api/orders',
      orderData(api.business, { userId: body.id, lines: [{ product }] }),
    );
    expect(answer.body.code).toBe('USER_INACTIVE');
  });

  it('are refused with every mistake', async () => {
    const answer = await api.post('/api/customers', { email: 'x', phone: 5 });
    expect(answer.body.validation_errors.map((one: { field: string }) => one.field).sort()).toEqual(
      ['email', 'name', 'phone'],
    );
    const phone = await api.post('/api/customers', { name: 'x', phone: '123' });
    expect([phone.status, phone.body.code]).toEqual([400, 'INVALID_PHONE']);
  });

  it('are the business’s own', async () => {
    const other = await aBusiness(test.db);
    const theirs = await aCustomer(test.db, { businessId: other.id });
    for (const answer of [
      await api.get(`/api/customers/${theirs}`),
      await api.patch(`/api/customers/${theirs}`, { name: 'x' }),
      await api.put(`/api/customers/${theirs}`, { name: 'x' }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'CUSTOMER_NOT_FOUND']);
    }
    expect((await api.get('/api/customers')).body.data).toEqual([]);
  });
});

describe('promo codes', () => {
  const ten = { code: 'save10', discount_type: 'percent', discount_value: 10 };

  it('are created, listed, changed and switched off', async () => {
    const { status, body } = await api.post('/api/promo-codes', {
      ...ten,
      minimum_subtotal: 100,
      maximum_discount: '50.00',
      starts_at: '2026-01-01T00:00:00+08:00',
      usage_limit: 5,
      product_ids: ['1', 2],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      code: 'SAVE10',
      discount_value: 10,
      minimum_subtotal: 100,
      maximum_discount: 50,
      starts_at: '2025-12-31T16:00:00.000Z',
      product_ids: [1, 2],
      used_count: 0,
      is_active: true,
    });
    expect((await api.get(`/api/promo-codes/${body.id}`)).body).toEqual(body);
    expect(
      (await api.patch(`/api/promo-codes/${body.id}`, { discount_value: 12.5, product_ids: null }))
        .body,
    ).toMatchObject({
      discount_value: 12.5,
      product_ids: null,
    });
    expect(
      (await api.put(`/api/promo-codes/${body.id}`, { usage_limit: null })).body.usage_limit,
    ).toBeNull();
    expect((await api.delete(`/api/promo-codes/${body.id}`)).body.is_active).toBe(false);
    expect((await api.get('/api/promo-codes?is_active=true')).body.data).toEqual([]);
    expect((await api.get('/api/promo-codes')).body.data).toHaveLength(1);
  });

  it('are used in an order', async () => {
    await api.post('/api/promo-codes', { code: 'FREE', discount_type: 'free_shipping' });
    const product = await aProduct(test.db, { businessId: api.businessId });
    const userId = await aCustomer(test.db, { businessId: api.businessId });
    const data = orderData(api.business, { userId, lines: [{ product }] });
    const answer = await api.post('/api/orders', {
      ...data,
      promo_code: 'free',
      shipping_fee: 0,
      total_amount: 100,
    });
    expect(answer.status).toBe(201);
    const { body } = await api.get('/api/promo-codes');
    expect(body.data).toMatchObject([{ used_count: 1 }]);
    await api.post('/api/promo-codes', { ...ten, usage_limit: 5 });
    await test.db.execute("UPDATE promo_codes SET used_count = 3 WHERE code = 'SAVE10'");
    const saved = (await api.get('/api/promo-codes')).body.data[1];
    expect(
      (await api.patch(`/api/promo-codes/${saved.id}`, { usage_limit: 2 })).body
        .validation_errors[0].field,
    ).toBe('usage_limit');
  });

  it.each([
    ['discount_value', { ...ten, discount_value: 101 }],
    ['discount_value', { ...ten, discount_value: 0 }],
    ['discount_value', { code: 'X1', discount_type: 'fixed' }],
    ['ends_at', { ...ten, starts_at: '2026-02-01T00:00:00Z', ends_at: '2026-01-01T00:00:00Z' }],
    ['code', { ...ten, code: 'a b' }],
    ['discount_type', { ...ten, discount_type: 'magic' }],
  ])('are refused for their %s', async (field, body) => {
    const answer = await api.post('/api/promo-codes', body);
    expect(answer.status).toBe(400);
    expect(answer.body.validation_errors).toMatchObject([{ field }]);
  });

  it('are there once, and not where they are not', async () => {
    await api.post('/api/promo-codes', ten);
    const again = await api.post('/api/promo-codes', { ...ten, code: 'Save10' });
    expect([again.status, again.body.code]).toEqual([409, 'PROMO_CODE_EXISTS']);
    for (const answer of [
      await api.get('/api/promo-codes/999'),
      await api.patch('/api/promo-codes/999', { is_active: false }),
      await api.put('/api/promo-codes/x', { is_active: false }),
      await api.delete('/api/promo-codes/999'),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'PROMO_CODE_NOT_FOUND']);
    }
  });
});

describe('inventory', () => {
  it('lists what is sold, by state, in pages', async () => {
    const { businessId } = api;
    await aProduct(test.db, { businessId, sku: 'B', stock: 3 });
    await aProduct(test.db, { businessId, sku: 'A', stock: 0 });
    const tee = await aProduct(test.db, { businessId, sku: 'TEE', name: 'Tee' });
    await aVariant(test.db, {
      businessId,
      productId: tee.id,
      sku: 'TEE-B',
      name: 'Black',
      stock: 50,
    });
    const list = async (query: string) =>
      (await api.get(`/api/inventory?${query}`)).body.data.map(
        (one: { sku: string; stock_status: string }) => `${one.sku} ${one.stock_status}`,
      );
    expect(await list('')).toEqual(['A OUT_OF_STOCK', 'B LOW_STOCK', 'TEE-B IN_STOCK']);
    expect(await list('stock_status=LOW_STOCK')).toEqual(['B LOW_STOCK']);
    expect(await list('q=tee')).toEqual(['TEE-B IN_STOCK']);
    const { body } = await api.get('/api/inventory?limit=2');
    expect(await list(`cursor=${body.next_cursor}`)).toEqual(['TEE-B IN_STOCK']);
    expect((await api.get('/api/inventory/tee-b')).body).toMatchObject({
      name: 'Tee Black',
      available: 50,
    });
    expect((await api.get('/api/inventory?stock_status=NONE')).status).toBe(400);
  });

  it('is corrected with a reason and a line in the ledger', async () => {
    await aProduct(test.db, { businessId: api.businessId, sku: 'MUG', stock: 5 });
    const more = await api.post('/api/inventory/MUG/adjust', { change: 10, reason: 'delivery' });
    expect([more.status, more.body.stock_before, more.body.stock_quantity]).toEqual([200, 5, 15]);
    const counted = await api.post('/api/inventory/mug/adjust', { set: 4, reason: 'count' });
    expect(counted.body).toMatchObject({
      stock_before: 15,
      stock_quantity: 4,
      stock_status: 'LOW_STOCK',
    });
    const { body } = await api.get('/api/inventory/MUG/explain');
    expect(body.ledger).toMatchObject([
      { stock_before: 15, stock_after: 4, reason: 'count', changed_by: 'api' },
      { stock_before: 5, stock_after: 15, reason: 'delivery' },
      { stock_before: 0, stock_after: 5 },
    ]);
  });

  it.each([
    [400, 'VALIDATION_FAILED', { change: 1 }],
    [400, 'VALIDATION_FAILED', { reason: 'x' }],
    [400, 'VALIDATION_FAILED', { change: 1, set: 1, reason: 'x' }],
    [400, 'VALIDATION_FAILED', { set: -1, reason: 'x' }],
    [400, 'STOCK_TOO_LARGE', { set: 99_999_999, reason: 'x' }],
    [409, 'BELOW_RESERVED', { change: -6, reason: 'x' }],
  ])('answers %i %s to %j', async (status, code, body) => {
    await aProduct(test.db, { businessId: api.businessId, sku: 'MUG', stock: 5 });
    const answer = await api.post('/api/inventory/MUG/adjust', body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('explains where every unit is', async () => {
    const { businessId } = api;
    const product = await aProduct(test.db, { businessId, sku: 'MUG', stock: 6 });
    const userId = await aCustomer(test.db, { businessId });
    const place = async (quantity: number) =>
      (
        await api.post('/api/orders', {
          ...orderData(api.business, { userId, lines: [{ product, quantity }] }),
          confirm_duplicate: true,
        })
      ).body.order_id as number;
    const sold = await place(1);
    await api.post(`/api/orders/${sold}/confirm`);
    const expired = await place(2);
    await letHoldsExpire(test.db, expired);
    const held = await place(3);
    const { body } = await api.get('/api/inventory/MUG/explain');
    expect(body).toMatchObject({
      on_hand: 5,
      reserved_stock: 5,
      available: 0,
      sellable: 2,
      can_be_sold: true,
      reasons: [],
      reserved: {
        total: 5,
        expired: 2,
        is_consistent: true,
        orders: [
          { order_id: expired, quantity: 2, is_expired: true },
          { order_id: held, quantity: 3, is_expired: false },
        ],
      },
      committed: { total: 1, orders: [{ order_id: sold, quantity: 1, order_status: 'confirmed' }] },
    });
    expect(body.ledger).toHaveLength(5);
    await place(2);
    const full = (await api.get('/api/inventory/MUG/explain')).body;
    expect([full.can_be_sold, full.reasons[0].code]).toEqual([false, 'ALL_RESERVED']);
  });

  it.each([
    ['OUT_OF_STOCK', { stock: 0 }],
    ['PRODUCT_INACTIVE', { status: 'inactive' }],
    ['PRODUCT_ARCHIVED', { status: 'archived' }],
  ])('says that something cannot be sold for %s', async (code, given) => {
    await aProduct(test.db, { businessId: api.businessId, sku: 'MUG', ...given });
    const { body } = await api.get('/api/inventory/MUG/explain');
    expect(body.reasons.map((one: { code: string }) => one.code)).toEqual([code]);
  });

  it('says so for variants and for what has them', async () => {
    const { businessId } = api;
    const tee = await aProduct(test.db, { businessId, sku: 'TEE' });
    await aVariant(test.db, { businessId, productId: tee.id, sku: 'TEE-B', isAvailable: false });
    expect((await api.get('/api/inventory/TEE/explain')).body.reasons).toMatchObject([
      { code: 'HAS_VARIANTS' },
    ]);
    expect((await api.get('/api/inventory/TEE-B/explain')).body.reasons).toMatchObject([
      { code: 'VARIANT_UNAVAILABLE' },
    ]);
  });

  it('knows its own SKUs only', async () => {
    const other = await aBusiness(test.db);
    await aProduct(test.db, { businessId: other.id, sku: 'THEIRS' });
    for (const answer of [
      await api.get('/api/inventory/THEIRS'),
      await api.get('/api/inventory/THEIRS/explain'),
      await api.post('/api/inventory/THEIRS/adjust', { set: 1, reason: 'x' }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'SKU_NOT_FOUND']);
    }
  });
});
