import { reconcileStock } from '../../../src/inventory/reconcile-stock';
import { useDatabase } from '../../support/database';
import { withoutCheck, withoutTrigger, wrongChecks } from '../../support/damage';
import {
  aBusiness,
  aCustomer,
  anOrder,
  aProduct,
  aVariant,
  type TestProduct,
} from '../../support/factories';
import { onShelf } from '../../support/stock';

const test = useDatabase();
let businessId: number;
let mug: TestProduct;
let tee: TestProduct;
let large: TestProduct;

beforeEach(async () => {
  businessId = (await aBusiness(test.db)).id;
  const userId = await aCustomer(test.db, { businessId });
  mug = await aProduct(test.db, { businessId, stock: 10 });
  tee = await aProduct(test.db, { businessId, stock: 0 });
  large = await aVariant(test.db, { businessId, productId: tee.id, stock: 10 });
  const lines = [
    { product: mug, quantity: 3 },
    { product: tee, variant: large, quantity: 2 },
  ];
  const orderId = await anOrder(test.db, { businessId, userId, lines });
  await test.db.call('CALL sp_reserve_order_inventory(?, 30)', [orderId]);
});

const look = () => reconcileStock(test.deps, { repair: false });
const repair = () => reconcileStock(test.deps, { repair: true });
const damage = (table: 'products' | 'product_variants', id: number, column: string, to: number) =>
  test.db.execute(`UPDATE ${table} SET ${column} = :to WHERE id = :id`, { id, to });
const ledger = (productId: number) =>
  test.db.query(
    `SELECT variant_id, stock_before, stock_after, reserved_before, reserved_after, actor
     FROM stock_movements WHERE product_id = :productId AND reason = 'reconciled' ORDER BY id`,
    { productId },
  );

it('finds nothing where nothing is off', async () => {
  expect(await repair()).toEqual({ problems: [], isComplete: true });
});

it.each([7, 1])('puts reserved stock of %i back to the sum of the holds', async (reserved) => {
  await damage('products', mug.id, 'reserved_stock', reserved);
  expect(await look()).toMatchObject({
    problems: [
      {
        businessId,
        productId: mug.id,
        sku: mug.sku,
        stock: 10,
        reserved,
        held: 3,
        problems: ['reserved_differs'],
        isRepaired: false,
      },
    ],
  });
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved });
  expect(await wrongChecks(test.url)).toEqual(['stock-equals-holds']);
  expect((await repair()).problems).toMatchObject([{ isRepaired: true }]);
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 3 });
  expect(await ledger(mug.id)).toMatchObject([
    { reserved_before: reserved, reserved_after: 3, actor: 'job:reconcile-stock' },
  ]);
  expect(await wrongChecks(test.url)).toEqual([]);
  expect((await repair()).problems).toEqual([]);
});

it('does the same for a variant, in the name of who asked', async () => {
  await damage('product_variants', large.id, 'reserved_stock', 9);
  const report = await reconcileStock(test.deps, { repair: true, actor: 'staff:1' });
  expect(report.problems).toMatchObject([{ productId: tee.id, variantId: large.id, held: 2 }]);
  expect(await ledger(tee.id)).toMatchObject([
    { variant_id: large.id, reserved_after: 2, actor: 'staff:1' },
  ]);
  expect(await wrongChecks(test.url)).toEqual([]);
});

it('closes the gap that a change without triggers left in the ledger', async () => {
  await withoutTrigger(test.db, 'after_product_stock_change', () =>
    damage('products', mug.id, 'stock_quantity', 25),
  );
  expect((await look()).problems).toMatchObject([{ stock: 25, problems: ['ledger_gap'] }]);
  expect((await repair()).problems).toMatchObject([{ isRepaired: true }]);
  expect(await ledger(mug.id)).toMatchObject([{ stock_before: 10, stock_after: 25 }]);
  expect(await onShelf(test.db, mug.id)).toEqual({ stock: 25, reserved: 3 });
  expect(await wrongChecks(test.url)).toEqual([]);
  expect((await repair()).problems).toEqual([]);
});

it('mends gap and reserved stock together', async () => {
  await withoutTrigger(test.db, 'after_product_stock_change', () =>
    damage('products', mug.id, 'reserved_stock', 8),
  );
  expect((await repair()).problems).toMatchObject([
    { problems: ['reserved_differs', 'ledger_gap'], isRepaired: true },
  ]);
  expect(await ledger(mug.id)).toMatchObject([
    { reserved_before: 3, reserved_after: 8 },
    { reserved_before: 8, reserved_after: 3 },
  ]);
  expect(await wrongChecks(test.url)).toEqual([]);
});

it('keeps all from sale, and says that somebody must count, when more is held than there is', async () => {
  await test.db.execute('UPDATE products SET stock_quantity = 2, reserved_stock = 0 WHERE id = ?', [
    mug.id,
  ]);
  for (const time of ['first', 'second']) {
    expect([time, (await repair()).problems]).toMatchObject([
      time,
      [{ held: 3, stock: 2, isRepaired: false }],
    ]);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 2, reserved: 2 });
  }
  expect(await ledger(mug.id)).toHaveLength(1);
});

it('raises reserved stock from below zero, and leaves a stock below zero to a person', async () => {
  const other = await aProduct(test.db, { businessId, stock: 4 });
  const client = await test.client();
  const putBack = await withoutCheck(
    client,
    'products',
    'products_stock_check',
    async () => {
      await client.query('UPDATE products SET reserved_stock = -2 WHERE id = ?', [mug.id]);
      await client.query('UPDATE products SET stock_quantity = -1 WHERE id = ?', [other.id]);
    },
    () => client.query('UPDATE products SET stock_quantity = 4 WHERE id = ?', [other.id]),
  );
  try {
    expect((await look()).problems).toMatchObject([
      { productId: mug.id, problems: ['reserved_differs', 'out_of_bounds'] },
      { productId: other.id, problems: ['out_of_bounds', 'oversold'] },
    ]);
    expect((await repair()).problems).toMatchObject([{ isRepaired: true }, { isRepaired: false }]);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 3 });
    expect(await onShelf(test.db, other.id)).toEqual({ stock: -1, reserved: 0 });
  } finally {
    await putBack();
  }
  expect(await wrongChecks(test.url)).toEqual([]);
});

it('looks at one business when asked to', async () => {
  await damage('products', mug.id, 'reserved_stock', 7);
  const { id } = await aBusiness(test.db);
  expect((await reconcileStock(test.deps, { repair: true, businessId: id })).problems).toEqual([]);
  expect((await reconcileStock(test.deps, { repair: true, businessId })).problems).toMatchObject([
    { productId: mug.id },
  ]);
});

it('writes one ledger row when two instances repair at once', async () => {
  await damage('products', mug.id, 'reserved_stock', 7);
  await damage('product_variants', large.id, 'reserved_stock', 0);
  const reports = await Promise.all([repair(), repair(), repair(), repair()]);
  expect(reports.flatMap((report) => report.problems)).toHaveLength(2);
  expect([...(await ledger(mug.id)), ...(await ledger(tee.id))]).toHaveLength(2);
  expect(await wrongChecks(test.url)).toEqual([]);
});
