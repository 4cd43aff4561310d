import { piecesOf } from '../../../src/catalog/word-pieces';
import { useDatabase } from '../../support/database';
import { aBusiness, aProduct } from '../../support/factories';

const test = useDatabase();
let businessId: number;
let id: number;

beforeEach(async () => {
  businessId = (await aBusiness(test.db)).id;
  ({ id } = await aProduct(test.db, { businessId, sku: 'SLK-1', name: "Nena's Salakot, piña" }));
});

const change = (sql: string) => test.db.execute(`UPDATE products SET ${sql} WHERE id = ?`, [id]);
/** "0 salakot": the place and the word. */
const words = async () =>
  (
    await test.db.query<{ place: number; word: string }>(
      'SELECT place, word FROM product_search_words WHERE product_id = ? ORDER BY place, word',
      [id],
    )
  ).map(({ place, word }) => `${place} ${word}`);
const states = () =>
  test.db.query('SELECT DISTINCT status FROM product_search_words WHERE product_id = ?', [id]);

it('a new product is found by the words of its name and its SKU', async () => {
  expect(await words()).toEqual(['0 nena', '0 piña', '0 s', '0 salakot', '1 1', '1 slk']);
});

it('a change by hand of name, SKU or description changes its words', async () => {
  await change(
    "name = 'Straw hat', sku = 'HAT/2', description = 'A hat of straw, made in Bulacan.'",
  );
  expect(await words()).toEqual(['0 hat', '0 straw', '1 2', '2 a', '2 bulacan', '2 in', '2 made', '2 of']); // prettier-ignore
});

it('a change of state changes that of its words', async () => {
  await change("status = 'archived'");
  expect(await states()).toEqual([{ status: 'archived' }]);
});

it('a product that is deleted leaves no words', async () => {
  await test.db.execute('DELETE FROM products WHERE id = ?', [id]);
  expect(await words()).toEqual([]);
});

it('a change of stock, price or order writes no word', async () => {
  await test.db.execute('DELETE FROM product_search_words');
  await change('stock_quantity = 7, reserved_stock = 1, price = 5, position = 9');
  expect(await words()).toEqual([]);
});

it('a call repairs what was changed past the triggers', async () => {
  await test.db.execute(
    "UPDATE product_search_words SET status = 'inactive', word = CONCAT(word, 'x')",
  );
  await test.db.call('CALL sp_index_product(?)', [id]);
  expect([(await words()).length, await states()]).toEqual([6, [{ status: 'active' }]]);
});

it('a call for a product that is not there does nothing', async () => {
  await test.db.call('CALL sp_index_product(?)', [id + 1]);
  expect(await words()).toHaveLength(6);
});

it.each(['salakot', 'mug', 'hats', 'pasalubong', 'tumbler'])(
  'the database knows the pieces of "%s" that the program looks for',
  async (word) => {
    await change(`name = '${word}'`);
    const rows = await test.db.query<{ piece: string }>(
      'SELECT piece FROM search_word_pieces WHERE business_id = ? AND word = ?',
      [businessId, word],
    );
    const known = rows.map(({ piece }) => piece);
    expect(known).toEqual(expect.arrayContaining(piecesOf(word)));
  },
);

it('words with digits, and short ones, are not learned', async () => {
  await change("name = 'M16 XL 500ml'");
  const rows = await test.db.query<{ word: string }>(
    'SELECT DISTINCT word FROM search_word_pieces WHERE business_id = ? ORDER BY word',
    [businessId],
  );
  expect(rows.map(({ word }) => word)).toEqual(['nena', 'piña', 'salakot']);
});

it('two products with the same new words may be written at the same time, in any order', async () => {
  const [one, two] = [await test.client(), await test.client()];
  const insert = (sku: string, name: string) =>
    `INSERT INTO products (business_id, sku, name, price, stock_quantity) VALUES (${businessId}, '${sku}', '${name}', 1, 1)`;
  await one.query('START TRANSACTION');
  await one.query(insert('A', 'Banig'));
  const waiting = two.query(insert('B', 'Banig'));
  await one.query('COMMIT');
  await waiting;
  const found = await test.db.query(
    "SELECT product_id FROM product_search_words WHERE word = 'banig'",
  );
  expect(found).toHaveLength(2);
});
