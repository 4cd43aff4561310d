import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { findBusiness } from '../../src/businesses/business-store';
import { islandGroupOf, PROVINCES } from '../../src/customers/ph-places';
import { loadDemoShop } from '../../src/demo/load-demo-shop';
import { projectRoot } from '../../src/lib/project-root';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const PICTURES = path.join(projectRoot, 'src', 'demo', 'pictures');
const PICTURE_LIMIT_BYTES = 25_000;
const JPEG_START = 'ffd8ff';
const now = new Date('2026-01-05T02:00:00Z');

let testDb: TestDatabase;
let businessId: number;

beforeAll(async () => {
  testDb = await createTestDatabase();
  ({ businessId } = await loadDemoShop(testDb.db, { now }));
});
afterAll(() => testDb.drop());

const count = async (table: string): Promise<number> => {
  const [row] = await testDb.db.query<{ count: number }>(`SELECT COUNT(*) AS count FROM ${table}`);
  return Number(row?.count);
};
const allCounts = async (): Promise<number[]> =>
  Promise.all(
    [
      'businesses',
      'categories',
      'products',
      'product_variants',
      'promo_codes',
      'stock_movements',
    ].map(count),
  );

describe('the demo shop', () => {
  it('has more than forty products in six to eight categories, and at least eight with variants', async () => {
    expect(await count('products')).toBeGreaterThan(40);
    expect(await count('categories')).toBeGreaterThanOrEqual(6);
    expect(await count('categories')).toBeLessThanOrEqual(8);
    expect(
      await count('(SELECT DISTINCT product_id FROM product_variants) AS with_variants'),
    ).toBeGreaterThanOrEqual(8);
  });

  it('sells the two mugs that the examples are about', async () => {
    const mugs = await testDb.db.query(
      `SELECT sku, name, price, stock_quantity FROM products WHERE sku IN ('SKU-1001', 'SKU-1002') ORDER BY sku`,
    );
    expect(mugs).toEqual([
      { sku: 'SKU-1001', name: 'Blue mug', price: '250.00', stock_quantity: 200 },
      { sku: 'SKU-1002', name: 'Green mug', price: '250.00', stock_quantity: 200 },
    ]);
  });

  it('has some products that run low and some that are sold out', async () => {
    const simple = 'id NOT IN (SELECT product_id FROM product_variants)';
    expect(
      await count(`products WHERE ${simple} AND stock_quantity BETWEEN 1 AND low_stock_threshold`),
    ).toBeGreaterThan(2);
    expect(await count(`products WHERE ${simple} AND stock_quantity = 0`)).toBeGreaterThan(0);
  });

  it('has a small JPEG for every product, and no picture of anything else', async () => {
    const rows = await testDb.db.query<{ image_url: string }>(
      'SELECT DISTINCT image_url FROM products',
    );
    const files = rows.map(
      ({ image_url }) => /^\/pictures\/([a-z0-9-]+\.jpg)$/.exec(image_url)?.[1] ?? image_url,
    );
    expect(files.sort()).toEqual(readdirSync(PICTURES).sort());
    for (const file of files) {
      const bytes = readFileSync(path.join(PICTURES, file));
      expect({ file, start: bytes.subarray(0, 3).toString('hex') }).toEqual({
        file,
        start: JPEG_START,
      });
      expect({ file, isSmall: bytes.length < PICTURE_LIMIT_BYTES }).toEqual({
        file,
        isSmall: true,
      });
    }
  });

  it('offers its three promo codes', async () => {
    expect(
      await testDb.db.query(
        'SELECT code, discount_type, discount_value, minimum_subtotal FROM promo_codes ORDER BY id',
      ),
    ).toEqual([
      {
        code: 'WELCOME10',
        discount_type: 'percent',
        discount_value: '10.00',
        minimum_subtotal: '0.00',
      },
      {
        code: 'LESS50',
        discount_type: 'fixed',
        discount_value: '50.00',
        minimum_subtotal: '500.00',
      },
      {
        code: 'FREESHIP',
        discount_type: 'free_shipping',
        discount_value: '0.00',
        minimum_subtotal: '1000.00',
      },
    ]);
  });

  it('ships to every province at the fee of its island group', async () => {
    const business = await findBusiness(testDb.db, businessId);
    const zones = business?.settings.shipping_zones ?? [];
    const zoneTo = (province: string) =>
      zones.find(({ provinces }) => provinces.includes(province));
    const feeTo = (province: string) => {
      const zone = zoneTo(province);
      return zone?.fee ?? zone?.steps?.[0]?.fee;
    };
    const fees = { metro_manila: 80_00, luzon: 120_00, visayas: 150_00, mindanao: 180_00 };
    for (const { name } of PROVINCES) {
      const group = islandGroupOf(name);
      expect({ name, fee: feeTo(name) }).toEqual({ name, fee: group && fees[group] });
    }
  });

  it('enters its opening stock in the ledger under its own name', async () => {
    expect(await testDb.db.query('SELECT DISTINCT actor, reason FROM stock_movements')).toEqual([
      { actor: 'demo shop', reason: 'opening stock' },
    ]);
  });

  it('is there once, however often it is loaded, and keeps what its owner has changed', async () => {
    await testDb.db.execute("UPDATE products SET price = 275 WHERE sku = 'SKU-1001'");
    const before = await allCounts();
    const again = await Promise.all([1, 2, 3].map(() => loadDemoShop(testDb.db, { now })));
    expect(new Set(again.map((shop) => shop.businessId))).toEqual(new Set([businessId]));
    expect(again.every(({ isNew }) => !isNew)).toBe(true);
    expect(await allCounts()).toEqual(before);
    expect(await count("products WHERE sku = 'SKU-1001' AND price = 275")).toBe(1);
  });

  it('is loaded once by many starters at the same time', async () => {
    const loads = [1, 2, 3, 4].map(() => loadDemoShop(testDb.db, { businessSlug: 'second', now }));
    const shops = await Promise.all(loads);
    expect(shops.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(shops.map((shop) => shop.products)).size).toBe(1);
  });
});
