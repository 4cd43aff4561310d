import { searchProductIds, searchProducts } from '../../src/catalog/search-products';
import type { Queryable } from '../../src/db/database';
import { aBusiness, aCategory, aProduct } from '../support/factories';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let test: TestDatabase;
let businessId: number;
/** More products than any search may look at. */
const PRODUCTS = 20_000;
const PER_INSERT = 2_000;

beforeAll(async () => {
  test = await createTestDatabase();
  businessId = (await aBusiness(test.db)).id;
  const categoryId = await aCategory(test.db, { businessId, name: 'Headwear' });
  for (let from = 0; from < PRODUCTS; from += PER_INSERT) {
    const rows = Array.from({ length: PER_INSERT }, (_, n) => from + n);
    await test.db.execute(
      'INSERT INTO products (business_id, sku, name, price, stock_quantity, status, position) VALUES ?',
      [rows.map((n) => [businessId, `N-${n}`, `Notebook ${n} ${n % 2 ? 'odd' : 'plain'}`, 100, 5, 'active', n])], // prettier-ignore
    );
  }
  await aProduct(test.db, { businessId, sku: 'SLK-1', name: 'Salakot hat, woven', categoryId });
  await aProduct(test.db, { businessId, sku: 'BNG-7', name: 'Barong Tagalog, piña' });
  await aProduct(test.db, { businessId, sku: 'OLD', name: 'Salakot of a year ago', status: 'archived' }); // prettier-ignore
  await test.db.execute(
    "UPDATE products SET position = 99999, description = 'From Bulacan.' WHERE sku NOT LIKE 'N-%'",
  );
  await test.db.query('ANALYZE TABLE products, product_search_words, search_word_pieces');
}, 300_000);
afterAll(() => test?.drop());

const search = (q: Queryable, text: string, inDescriptions = false) =>
  searchProducts(q, { businessId, text, limit: 5, inDescriptions });
const found = async (text: string) => (await search(test.db, text)).map(({ name }) => name);

it.each([
  ['by a word', 'salakot'],
  ['by the beginning of a word', 'sala'],
  ['by the end of a word', 'lakot'],
  ['by words in any order, of many', 'woven hats'],
  ['by its SKU', 'slk-1'],
  ['by its category', 'headwear salakot'],
  ['by its category alone', 'headwear'],
  ['with a letter too few', 'salkot'],
  ['with a wrong letter', 'salacot'],
  ['with two wrong letters', 'zalacot'],
  ['with letters in the wrong order', 'saalkot hat'],
  ['with a wrong letter and words in another order', 'wovem salakot'],
  ['with a space in a word', 'sala kot'],
  ['with a number that is in no name', '300 salakot hats'],
])('finds a product at the end of a large catalogue %s', async (_how, text) => {
  expect((await found(text))[0]).toBe('Salakot hat, woven');
});

it('does not mind accents', async () => {
  expect(await found('pina barong')).toEqual(['Barong Tagalog, piña']);
  expect(await found('piñá')).toEqual(['Barong Tagalog, piña']);
});

it('finds the one product that has this very name', async () => {
  expect(await found('notebook 12345 odd')).toEqual(['Notebook 12345 odd']);
});

it('looks into descriptions only for those who search, and only when no name has the words', async () => {
  expect(await found('bulacan')).toEqual([]);
  const names = (await search(test.db, 'bulacan hat', true)).map(({ name }) => name);
  expect(names).toEqual(['Salakot hat, woven']);
});

it('leaves archived products to those who ask for them', async () => {
  expect(await found('salakot')).toEqual(['Salakot hat, woven']);
  const ids = await searchProductIds(test.db, { businessId, statuses: ['archived'], text: 'salakot' }); // prettier-ignore
  const rows = await test.db.query('SELECT sku FROM products WHERE id IN (?)', [ids]);
  expect(rows).toEqual([{ sku: 'OLD' }]);
});

it.each(['xylophone', '%', '_', '😀', '\\', '!', "' OR 1=1 --"])('finds nothing for %j', async (text) => {
  expect(await found(text)).toEqual([]);
}); // prettier-ignore

/** Rows and index entries that the server reads for a search. */
async function readsOf(text: string): Promise<number> {
  return test.db.transaction(async (trx) => {
    const reads = async () => {
      const rows = await trx.query<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler_read%'");
      return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
    };
    await search(trx, text, true);
    const before = await reads();
    await search(trx, text, true);
    return (await reads()) - before;
  });
}

it.each([
  ['a rare word', 'salakot', 1_000],
  ['a mistyped word', 'zalacot', 1_000],
  ['a rare and a common word', 'notebook 12345', 15_000],
  ['a word of every product', 'notebook', 12_000],
  ['a mistyped word of every product', 'notebok', 12_000],
  ['a word of no product', 'xylophone', 1_000],
])('reads few rows of 20,000 products for %s', async (_what, text, most) => {
  expect(await readsOf(text)).toBeLessThan(most);
});
