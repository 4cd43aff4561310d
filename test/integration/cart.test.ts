import type { Business } from '../../src/businesses/business-store';
import {
  addToCart,
  clearCart,
  removeLine,
  setQuantity,
  usePromoCode,
  viewCart,
  type CartView,
} from '../../src/cart/cart-actions';
import type { Transaction } from '../../src/db/database';
import { adjustStock } from '../../src/inventory/adjust-stock';
import { useDatabase } from '../support/database';
import { aBusiness, aCustomer, aProduct, aPromo, aVariant } from '../support/factories';

const test = useDatabase();
let business: Business;
let businessId: number;
let userId: number;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
  userId = await aCustomer(test.db, { businessId });
});

const context = () => ({ business, userId, now: test.clock.now(), province: 'Metro Manila' });
const inside = <T>(work: (trx: Transaction) => Promise<T>) => test.db.transaction(work);
const add = (sku: string, quantity = 1) =>
  inside((trx) => addToCart(trx, context(), sku, quantity));
const view = (): Promise<CartView> => inside((trx) => viewCart(trx, context()));

it('adds up what is put into it', async () => {
  await aProduct(test.db, { businessId, sku: 'MUG', price: 250_00 });
  await add('MUG');
  expect(await add('mug', 2)).toMatchObject({ ok: true, quantity: 3 });
  expect(await view()).toMatchObject({
    lines: [{ sku: 'MUG', quantity: 3, lineTotal: 750_00 }],
    changes: [],
    totals: { subtotal: 750_00, shipping: 100_00, total: 850_00 },
  });
});

it('says a new price once, and what is no longer there', async () => {
  const mug = await aProduct(test.db, { businessId, sku: 'MUG', price: 250_00 });
  const plate = await aProduct(test.db, { businessId, sku: 'PLATE', stock: 10 });
  const bowl = await aProduct(test.db, { businessId, sku: 'BOWL', name: 'Bowl' });
  for (const sku of ['MUG', 'PLATE', 'BOWL']) await add(sku, 4);
  await test.db.execute('UPDATE products SET price = 260 WHERE id = ?', [mug.id]);
  await test.db.execute('UPDATE products SET stock_quantity = 3 WHERE id = ?', [plate.id]);
  await test.db.execute("UPDATE products SET status = 'archived' WHERE id = ?", [bowl.id]);
  expect((await view()).changes).toEqual([
    { kind: 'price', sku: 'MUG', name: expect.any(String) as string, from: 250_00, to: 260_00 },
    { kind: 'less', sku: 'PLATE', name: expect.any(String) as string, from: 4, to: 3 },
    { kind: 'gone', sku: 'BOWL', name: 'Bowl' },
  ]);
  expect(await view()).toMatchObject({ changes: [], lines: [{ price: 260_00 }, { quantity: 3 }] });
});

it.each([
  ['a thing that does not exist', 'NOPE', 1, { code: 'PRODUCT_NOT_FOUND' }],
  ['more than there is', 'MUG', 11, { code: 'INSUFFICIENT_STOCK', available: 10 }],
  ['none', 'MUG', 0, { code: 'INVALID_QUANTITY' }],
  ['half a piece', 'MUG', 0.5, { code: 'INVALID_QUANTITY' }],
  ['more than a hundred', 'MUG', 101, { code: 'QUANTITY_LIMIT' }],
  ['a product whose variant is not chosen', 'TEE', 1, { code: 'VARIANT_REQUIRED' }],
  ['a variant that is not offered', 'TEE-L', 1, { code: 'PRODUCT_UNAVAILABLE' }],
])('does not take %s', async (_, sku, quantity, expected) => {
  await aProduct(test.db, { businessId, sku: 'MUG', stock: 10 });
  const tee = await aProduct(test.db, { businessId, sku: 'TEE', stock: 10 });
  await aVariant(test.db, { businessId, productId: tee.id, sku: 'TEE-L', isAvailable: false });
  expect(await add(sku, quantity)).toMatchObject({ ok: false, ...expected });
  expect((await view()).lines).toEqual([]);
});

it('changes, removes and empties', async () => {
  for (const sku of ['A', 'B', 'C']) await aProduct(test.db, { businessId, sku });
  for (const sku of ['A', 'B']) await add(sku);
  await inside((trx) => setQuantity(trx, context(), 'A', 5));
  await inside((trx) => removeLine(trx, context(), 'B'));
  expect((await view()).lines.map((line) => [line.sku, line.quantity])).toEqual([['A', 5]]);
  expect(await inside((trx) => setQuantity(trx, context(), 'C', 1))).toMatchObject({
    code: 'NOT_IN_CART',
  });
  await inside((trx) => clearCart(trx, context()));
  expect((await view()).totals.total).toBe(0);
});

it('is one per customer and shop, and starts empty when it has expired', async () => {
  await aProduct(test.db, { businessId, sku: 'A' });
  await add('A');
  const other = await aCustomer(test.db, { businessId });
  expect((await inside((trx) => viewCart(trx, { ...context(), userId: other }))).lines).toEqual([]);
  test.clock.forward(31 * 24 * 60);
  expect((await view()).lines).toEqual([]);
});

it('takes a promo code that gives something', async () => {
  await aProduct(test.db, { businessId, sku: 'A', price: 500_00 });
  await aPromo(test.db, { businessId, code: 'TEN', value: '10' });
  await aPromo(test.db, { businessId, code: 'SHIP', type: 'free_shipping', value: '0' });
  await add('A');
  expect(await inside((trx) => usePromoCode(trx, context(), 'nope'))).toEqual({
    ok: false,
    code: 'PROMO_NOT_FOUND',
  });
  expect(await inside((trx) => usePromoCode(trx, context(), 'ten'))).toEqual({
    ok: true,
    code: 'TEN',
  });
  expect((await view()).totals).toMatchObject({ discount: 50_00, total: 550_00 });
  await inside((trx) => usePromoCode(trx, context(), 'SHIP'));
  expect((await view()).totals).toMatchObject({ discount: 0, shipping: 0, total: 500_00 });
});

describe('adjusting stock', () => {
  const adjust = (given: { sku?: string; change?: number; set?: number }) =>
    inside((trx) =>
      adjustStock(trx, { businessId, sku: 'A', reason: 'counted', actor: 'staff:1', ...given }),
    );

  it('enters the change into the ledger with who and why', async () => {
    await aProduct(test.db, { businessId, sku: 'A', stock: 5 });
    expect(await adjust({ change: 10 })).toMatchObject({
      ok: true,
      before: 5,
      stock: { stock: 15 },
    });
    expect(await adjust({ set: 3 })).toMatchObject({ ok: true, before: 15, stock: { stock: 3 } });
    const rows = await test.db.query(
      'SELECT stock_after, actor, reason FROM stock_movements ORDER BY id DESC LIMIT 2',
    );
    expect(rows).toEqual([
      { stock_after: 3, actor: 'staff:1', reason: 'counted' },
      { stock_after: 15, actor: 'staff:1', reason: 'counted' },
    ]);
  });

  it('does not take away what is promised, or more than there is', async () => {
    const { id } = await aProduct(test.db, { businessId, sku: 'A', stock: 5 });
    await test.db.execute('UPDATE products SET reserved_stock = 2 WHERE id = ?', [id]);
    expect(await adjust({ set: 1 })).toMatchObject({
      ok: false,
      code: 'BELOW_RESERVED',
      reserved: 2,
    });
    expect(await adjust({ change: -6 })).toMatchObject({ ok: false, code: 'BELOW_RESERVED' });
    expect(await adjust({ sku: 'X', set: 1 })).toEqual({ ok: false, code: 'SKU_NOT_FOUND' });
  });
});
