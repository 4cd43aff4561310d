import { useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCategory,
  aCustomer,
  aProduct,
  aVariant,
  orderData,
} from '../../support/factories';
import { ledgerProblems, stockProblems } from '../../support/stock';

const test = useDatabase();
const api = useApi(test);
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await ledgerProblems(test.db)).toEqual([]);
});

const mug = { name: 'Blue mug', sku: 'MUG-1', price: 249.5, stock_quantity: 7 };

describe('products', () => {
  it('are created with what they have, in the shop’s terms, and leave a ledger and an audit row', async () => {
    const category = await aCategory(test.db, { businessId: api.businessId });
    const { status, body } = await api.post('/api/products', {
      ...mug,
      status: 'active',
      low_stock_threshold: 3,
      category_id: String(category),
      description: 'For coffee',
      image_url: 'https://cdn.example.com/mug.jpg',
      weight_grams: 380,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...mug,
      reserved_stock: 0,
      available: 7,
      category_id: category,
      low_stock_threshold: 3,
      weight_grams: 380,
      variants: [],
    });
    expect((await api.get(`/api/products/${body.id}`)).body).toEqual(body);
    const [movement] = await test.db.query(
      'SELECT actor, reason, stock_after FROM stock_movements',
    );
    expect(movement).toEqual({ actor: 'api', reason: 'product created', stock_after: 7 });
    const [audit] = await test.db.query('SELECT action, subject FROM audit_log');
    expect(audit).toEqual({ action: 'product.create', subject: `product ${body.id}` });
  });

  it('can do without a category, and come with variants', async () => {
    const { status, body } = await api.post('/api/products', {
      name: 'Plain tee',
      sku: 'TEE',
      price: '300.00',
      category_id: null,
      variants: [
        { sku: 'TEE-B', name: 'Black', stock_quantity: 3, options: { colour: 'Black' } },
        { sku: 'TEE-W', name: 'White', price: 320, is_available: false },
      ],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ category_id: null, stock_quantity: 0, status: 'active' });
    expect(body.variants).toMatchObject([
      {
        sku: 'TEE-B',
        price: 300,
        stock_quantity: 3,
        is_available: true,
        options: { colour: 'Black' },
      },
      { sku: 'TEE-W', price: 320, stock_quantity: 0, is_available: false, options: null },
    ]);

    const changed = await api.patch(`/api/products/${body.id}`, {
      variants: [
        { id: body.variants[1].id, is_available: true },
        { sku: 'tee-b', stock_quantity: 5 },
        { sku: 'TEE-R', name: 'Red' },
      ],
    });
    expect(changed.status).toBe(200);
    expect(changed.body.variants).toMatchObject([
      { sku: 'tee-b', stock_quantity: 5, name: 'Black' },
      { sku: 'TEE-W', is_available: true, price: 320 },
      { sku: 'TEE-R', price: 300 },
    ]);
  });

  it('answers every mistake at once', async () => {
    const { status, body } = await api.post('/api/products', {
      price: -1,
      stock_quantity: 1.5,
      status: 'gone',
      image_url: 'javascript:x',
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({ success: false, code: 'VALIDATION_FAILED' });
    expect(body.validation_errors.map((one: { field: string }) => one.field).sort()).toEqual([
      'image_url',
      'name',
      'price',
      'sku',
      'status',
      'stock_quantity',
    ]);
    const variants = await api.post('/api/products', {
      ...mug,
      variants: [{ sku: 'A', name: 'a', price: 1.234 }],
    });
    expect(variants.body.validation_errors).toMatchObject([{ field: 'variants[0].price' }]);
    const [movement] = await test.db.query('SELECT * FROM products');
    expect(movement).toBeUndefined();
  });

  it('keeps each SKU for one thing', async () => {
    await aProduct(test.db, { businessId: api.businessId, sku: 'MUG-1' });
    const tee = await aProduct(test.db, { businessId: api.businessId });
    await aVariant(test.db, { businessId: api.businessId, productId: tee.id, sku: 'TEE-V' });
    for (const [body, field] of [
      [mug, 'sku'],
      [{ ...mug, sku: 'tee-v' }, 'sku'],
      [{ ...mug, sku: 'NEW', variants: [{ sku: 'MUG-1', name: 'x' }] }, 'variants[0].sku'],
      [{ ...mug, sku: 'NEW', variants: [{ sku: 'NEW', name: 'x' }] }, 'variants[0].sku'],
    ] as const) {
      const answer = await api.post('/api/products', body);
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ code: 'SKU_TAKEN', validation_errors: [{ field }] });
    }
    // Another shop's SKUs are its own.
    const other = await aBusiness(test.db);
    await aProduct(test.db, { businessId: other.id, sku: 'THEIRS' });
    expect((await api.post('/api/products', { ...mug, sku: 'THEIRS' })).status).toBe(201);
  });

  it('refuses a category that the shop does not have, and a variant without a name', async () => {
    const other = await aBusiness(test.db);
    const theirs = await aCategory(test.db, { businessId: other.id });
    const answer = await api.post('/api/products', {
      ...mug,
      category_id: theirs,
      variants: [{ sku: 'X' }],
    });
    expect(answer.status).toBe(400);
    expect(answer.body.validation_errors).toMatchObject([
      { field: 'category_id', code: 'CATEGORY_NOT_FOUND' },
      { field: 'variants[0]', code: 'VARIANT_INCOMPLETE' },
    ]);
    const created = (await api.post('/api/products', mug)).body;
    const patched = await api.patch(`/api/products/${created.id}`, {
      variants: [{ id: 999, stock_quantity: 1 }],
    });
    expect(patched.body.validation_errors).toMatchObject([
      { field: 'variants[0].id', code: 'VARIANT_NOT_FOUND' },
    ]);
  });

  it('changes the fields that are sent, by PUT and by PATCH', async () => {
    const { id } = (await api.post('/api/products', mug)).body;
    const changed = await api.put(`/api/products/${id}`, {
      price: 199,
      stock_quantity: 20,
      unknown: 1,
    });
    expect(changed.body).toMatchObject({ ...mug, price: 199, stock_quantity: 20 });
    const [row] = await test.db.query(
      'SELECT stock_before, stock_after, reason FROM stock_movements ORDER BY id DESC LIMIT 1',
    );
    expect(row).toEqual({ stock_before: 7, stock_after: 20, reason: 'product changed' });
    expect((await api.patch(`/api/products/${id}`, { category_id: null })).body.price).toBe(199);
  });

  it('cannot have less stock than is promised to orders', async () => {
    const product = await aProduct(test.db, { businessId: api.businessId });
    const userId = await aCustomer(test.db, { businessId: api.businessId });
    await api.post(
      '/api/orders',
      orderData(api.business, { userId, lines: [{ product, quantity: 4 }] }),
    );
    const answer = await api.patch(`/api/products/${product.id}`, { stock_quantity: 3, price: 1 });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'BELOW_RESERVED',
      validation_errors: [{ field: 'stock_quantity' }],
    });
    expect((await api.get(`/api/products/${product.id}`)).body.price).toBe(100);
  });

  it('are archived, not deleted', async () => {
    const { id } = (await api.post('/api/products', mug)).body;
    const answer = await api.delete(`/api/products/${id}`);
    expect([answer.status, answer.body.status]).toEqual([200, 'archived']);
    expect((await api.get('/api/products')).body.data).toEqual([]);
    expect((await api.get('/api/products?status=archived')).body.data).toHaveLength(1);
  });

  it('are listed in pages, by state, category and words', async () => {
    const category = await aCategory(test.db, { businessId: api.businessId });
    for (let n = 1; n <= 5; n += 1) {
      await aProduct(test.db, {
        businessId: api.businessId,
        sku: `P-${n}`,
        categoryId: n > 3 ? category : undefined,
        name: n === 2 ? '100% wool' : `Thing ${n}`,
      });
    }
    const other = await aBusiness(test.db);
    await aProduct(test.db, { businessId: other.id, sku: 'THEIRS' });
    const skus: string[] = [];
    let path: string | null = '/api/products?limit=2';
    while (path) {
      const { body } = await api.get(path);
      skus.push(...body.data.map((one: { sku: string }) => one.sku));
      path = body.next_cursor && `/api/products?limit=2&cursor=${body.next_cursor}`;
    }
    expect(skus).toEqual(['P-1', 'P-2', 'P-3', 'P-4', 'P-5']);
    const list = async (query: string) =>
      (await api.get(`/api/products?${query}`)).body.data.map((one: { sku: string }) => one.sku);
    expect(await list(`category_id=${category}`)).toEqual(['P-4', 'P-5']);
    expect(await list('q=100%25 wool')).toEqual(['P-2']);
    expect(await list('q=%25')).toEqual([]);
    expect(await list('q=wol')).toEqual(['P-2']);
    expect(await list('q=p-3')).toEqual(['P-3']);
    expect(await list('status=inactive')).toEqual([]);
  });

  it.each(['limit=0', 'limit=x', 'cursor=nonsense', 'status=gone', 'category_id=x'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await api.get(`/api/products?${query}`);
      expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    },
  );

  it.each(['999', 'abc', '1e3'])('has no product %s', async (id) => {
    for (const answer of [
      await api.get(`/api/products/${id}`),
      await api.put(`/api/products/${id}`, { name: 'x' }),
      await api.patch(`/api/products/${id}`, { name: 'x' }),
      await api.delete(`/api/products/${id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'PRODUCT_NOT_FOUND']);
    }
  });

  it('are the business’s own', async () => {
    const other = await aBusiness(test.db);
    const theirs = await aProduct(test.db, { businessId: other.id });
    expect((await api.get(`/api/products/${theirs.id}`)).status).toBe(404);
    expect((await api.patch(`/api/products/${theirs.id}`, { name: 'mine' })).status).toBe(404);
  });
});
