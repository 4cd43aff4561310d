import request from 'supertest';
import { ADMIN_API_KEY, useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import { aCategory, aProduct, aVariant, orderData, aCustomer } from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

const test = useDatabase();
const api = useApi(test);
afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

const send = async (file: string | Buffer, type = 'text/csv') =>
  request(api.app)
    .post('/api/products/import')
    .set({ 'x-api-key': ADMIN_API_KEY, 'content-type': type })
    .send(file);
const products = async () => (await api.get('/api/products?limit=200')).body.data;
const exported = async () => (await api.get('/api/products/export')).text;

it('creates products and variants, and changes only what a row says', async () => {
  const categoryId = await aCategory(test.db, { businessId: api.businessId });
  const [category] = await test.db.query<{ slug: string }>('SELECT slug FROM categories');
  const first = await send(
    `sku,name,price,stock_quantity,category,variant_of,low_stock_threshold,weight_grams\nMUG,"Mug, blue",250.50,5,${category?.slug},,2,380\nTEE,Tee,400,,,,,\nTEE-B,Black,410,7,,TEE,,\n`,
  );
  expect([first.status, first.body]).toEqual([
    200,
    { success: true, rows: 3, created: 3, updated: 0, failed: 0, errors: [] },
  ]);
  const second = await send('sku;price;variant_of\nmug;260;\nTEE-B;420;TEE\n');
  expect(second.body).toMatchObject({ success: true, created: 0, updated: 2 });
  expect(await products()).toMatchObject([
    {
      sku: 'MUG',
      name: 'Mug, blue',
      price: 260,
      stock_quantity: 5,
      category_id: categoryId,
      weight_grams: 380,
    },
    { sku: 'TEE', variants: [{ sku: 'TEE-B', name: 'Black', price: 420, stock_quantity: 7 }] },
  ]);
});

it('takes over the good rows and reports every mistake of the bad ones', async () => {
  await aProduct(test.db, { businessId: api.businessId, sku: 'OLD' });
  const { status, body } = await send(
    [
      'sku,name,price,stock_quantity,variant_of,category,status',
      'GOOD,Good,10,1,,,',
      ',No sku,10,1,,,',
      'NEW,,,,,,',
      'BAD,Bad,1.005,-3,,,sold',
      'V,Kind,10,1,NOPE,,',
      'OLD,Kind,10,1,GOOD,,',
      'C,Cat,10,1,,nowhere,',
      'MANY,Many,10,1,,,,,extra',
    ].join('\r\n'),
  );
  expect([status, body.success, body.created, body.failed]).toEqual([200, false, 1, 7]);
  expect(
    body.errors.map((one: { line: number; field: string; code: string }) =>
      [one.line, one.field, one.code].join(' '),
    ),
  ).toEqual([
    '3 sku INVALID',
    '4 name REQUIRED',
    '5 price INVALID',
    '5 stock_quantity INVALID',
    '5 status INVALID',
    '6 variant_of PRODUCT_NOT_FOUND',
    '7 sku SKU_TAKEN',
    '8 category CATEGORY_NOT_FOUND',
    '9 sku INVALID',
  ]);
});

it('does not take away what is promised to orders', async () => {
  const mug = await aProduct(test.db, { businessId: api.businessId, sku: 'MUG', stock: 5 });
  const userId = await aCustomer(test.db, { businessId: api.businessId });
  await api.post('/api/orders', orderData(api.business, { userId, lines: [{ product: mug, quantity: 3 }] })); // prettier-ignore
  const { body } = await send('sku,stock_quantity\nMUG,2');
  expect(body.errors).toMatchObject([{ line: 2, field: 'stock_quantity', code: 'BELOW_RESERVED' }]);
});

it.each([
  ['nothing', ''],
  ['no SKU column', 'name,price\nA,1'],
  ['a column that it does not know', 'sku,colour\nA,red'],
  ['a column twice', 'sku,name,name\nA,b,c'],
  ['a quote that is never closed', 'sku,name\nA,"b'],
  ['another encoding', Buffer.from('sku,name\nA,Ni\xf1o', 'latin1')],
])('refuses a file with %s as a whole', async (_what, file) => {
  const { status, body } = await send(file);
  expect([status, body.code]).toEqual([400, 'INVALID_FILE']);
  expect(await products()).toEqual([]);
});

it('wants the file as a file', async () => {
  expect((await send('{"sku":"A"}', 'application/json')).status).toBe(400);
});

it('imports what it has exported, and nothing changes', async () => {
  const { businessId } = api;
  const tee = await aProduct(test.db, {
    businessId,
    sku: '=TEE',
    name: 'Tee "Ñ", 😀',
    weightGrams: 210,
  });
  await aVariant(test.db, { businessId, productId: tee.id, sku: 'TEE-1', isAvailable: false });
  await aProduct(test.db, { businessId, sku: 'MUG', price: 99_95, status: 'inactive' });
  const [before, file] = [await products(), await exported()];
  expect(file.split('\r\n')[0]).toMatch(/^\ufeff?sku,variant_of,name,price/);
  const { body } = await send(file);
  expect(body).toMatchObject({ success: true, created: 0, updated: 3 });
  const still = (list: object[]) => JSON.parse(JSON.stringify(list, (key, value: unknown) => (['version', 'updated_at'].includes(key) ? 0 : value))) as unknown; // prettier-ignore
  expect(still(await products())).toEqual(still(before));
  expect(await exported()).toBe(file);
});
