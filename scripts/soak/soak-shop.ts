import { createBusiness, findBusiness, type Business } from '../../src/businesses/business-store';
import type { CoreDeps } from '../../src/db/core-deps';
import { openDatabase, type Database, type Queryable } from '../../src/db/database';
import { systemClock } from '../../src/lib/clock';
import { systemIds } from '../../src/lib/ids';
import { toDecimal, type Minor } from '../../src/lib/money';
import type { OrderData } from '../../src/orders/order';
import { makeDatabase } from '../bench/shop/bench-database';

/** Something that is sold: a product, or a variant of one. */
export interface StockRow {
  productId: number;
  variantId: number | null;
  sku: string;
  price: Minor;
}

/** An order that was answered with 201, and what it was asked for with. */
export interface KnownOrder {
  id: number;
  number: string;
  data: OrderData;
}

export interface SoakShop {
  /** One for each instance: a pool of its own, and with it a group commit of its own. */
  instances: CoreDeps[];
  business: Business;
  userIds: number[];
  rows: StockRow[];
  promoCodes: string[];
  /** Everything that was placed, in the order of the answers. */
  placed: KnownOrder[];
}

/** Few enough that everybody wants the same ones. */
const PRODUCTS = 12;
const VARIANTS = 6;
const USERS = 150;
const CONNECTIONS = 20;
const FIRST_STOCK = 40;

/** Makes the database anew, and a small shop in it whose holds run out quickly. */
export async function openSoakShop(url: string, instances: number): Promise<SoakShop> {
  await makeDatabase(url);
  const databases = Array.from({ length: instances }, () => openDatabase(url, CONNECTIONS));
  const [q] = databases as [Database];
  const settings = { hold_minutes: { prepaid: 1, transfer: 2, cod: 60 } };
  const businessId = await createBusiness(q, { slug: 'soak', name: 'Soak', settings });
  return {
    instances: databases.map((db) => ({ db, clock: systemClock, ids: systemIds })),
    business: (await findBusiness(q, businessId)) as Business,
    userIds: await makeUsers(q, businessId),
    rows: await makeRows(q, businessId),
    promoCodes: await makePromoCodes(q, businessId),
    placed: [],
  };
}

export const closeSoakShop = ({ instances }: SoakShop): Promise<unknown> =>
  Promise.all(instances.map(({ db }) => db.close()));

/** Every fifth one is new to the shop: their orders are scored, and some of them wait for a person. */
async function makeUsers(q: Queryable, businessId: number): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < USERS; n += 1) {
    const phone = `+63917${String(1_000_000 + n)}`;
    const { insertId } = await q.execute(
      'INSERT INTO users (business_id, name, phone, is_trusted_buyer) VALUES (?, ?, ?, ?)',
      [businessId, `Customer ${n}`, phone, n % 5 > 0],
    );
    ids.push(insertId);
  }
  return ids;
}

async function makeRows(q: Queryable, businessId: number): Promise<StockRow[]> {
  const rows: StockRow[] = [];
  const product = async (n: number, stock: number): Promise<StockRow> => {
    const sku = `SOAK-${n}`;
    const price = 100_00 + 25_50 * n;
    const { insertId } = await q.execute(
      'INSERT INTO products (business_id, sku, name, price, stock_quantity) VALUES (?, ?, ?, ?, ?)',
      [businessId, sku, `Thing ${n}`, toDecimal(price), stock],
    );
    return { productId: insertId, variantId: null, sku, price };
  };
  for (let n = 0; n < PRODUCTS; n += 1) rows.push(await product(n, FIRST_STOCK));
  const parent = await product(PRODUCTS, 0);
  for (let n = 0; n < VARIANTS; n += 1) {
    const sku = `${parent.sku}-${n}`;
    const { insertId } = await q.execute(
      'INSERT INTO product_variants (business_id, product_id, sku, name, price, stock_quantity) VALUES (?, ?, ?, ?, ?, ?)',
      [businessId, parent.productId, sku, `Kind ${n}`, toDecimal(parent.price), FIRST_STOCK],
    );
    rows.push({ ...parent, variantId: insertId, sku });
  }
  return rows;
}

/** What each takes off, whichever it is. */
export const PROMO_OFF: Minor = 20_00;

async function makePromoCodes(q: Queryable, businessId: number): Promise<string[]> {
  const limits = { OPEN: [null, null], FEW: [40, null], EACH: [null, 3] } as const;
  for (const [code, [all, each]] of Object.entries(limits)) {
    await q.execute(
      `INSERT INTO promo_codes (business_id, code, discount_type, discount_value, usage_limit, usage_limit_per_customer)
       VALUES (?, ?, 'fixed', ?, ?, ?)`,
      [businessId, code, toDecimal(PROMO_OFF), all, each],
    );
  }
  return Object.keys(limits);
}
