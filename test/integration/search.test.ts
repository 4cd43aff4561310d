import { searchProducts } from '../../src/catalog/search-products';
import { useDatabase } from '../support/database';
import { aBusiness, aCategory, aProduct } from '../support/factories';

const test = useDatabase();
let businessId: number;
/** More products before the one that is looked for than anybody compares one by one. */
const BEFORE = 3_000;

beforeEach(async () => {
  businessId = (await aBusiness(test.db)).id;
  const categoryId = await aCategory(test.db, { businessId, name: 'Headwear' });
  const rows = Array.from({ length: BEFORE }, (_, n) => [
    businessId,
    `N-${n}`,
    `Notebook ${n}`,
    100,
    5,
    'active',
    n,
  ]);
  await test.db.execute(
    'INSERT INTO products (business_id, sku, name, price, stock_quantity, status, position) VALUES ?',
    [rows],
  );
  await aProduct(test.db, { businessId, sku: 'SLK-1', name: 'Salakot hat, woven', categoryId });
  await aProduct(test.db, { businessId, sku: 'BNG-7', name: 'Barong Tagalog, piña' });
  await aProduct(test.db, { businessId, name: 'Salakot of a year ago', status: 'archived' });
  await test.db.execute("UPDATE products SET position = 9999 WHERE sku NOT LIKE 'N-%'");
});

const found = async (text: string) =>
  (await searchProducts(test.db, businessId, text, 5)).map(({ name }) => name);

it.each([
  ['by a word', 'salakot'],
  ['by words in any order, of many', 'woven hats'],
  ['by its SKU', 'slk-1'],
  ['by its category', 'headwear salakot'],
  ['with a letter too few', 'salkot'],
  ['with a wrong letter', 'salacot'],
  ['with letters in the wrong order', 'saalkot hat'],
])('finds a product at the end of a large catalogue %s', async (_how, text) => {
  expect((await found(text))[0]).toBe('Salakot hat, woven');
});

it('does not mind accents', async () => {
  expect(await found('pina barong')).toEqual(['Barong Tagalog, piña']);
});

it.each(['xylophone', '%', '_', '😀', '\\', '!'])('finds nothing for %j', async (text) => {
  expect(await found(text)).toEqual([]);
});
