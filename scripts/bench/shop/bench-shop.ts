import mysql from 'mysql2/promise';
import {
  createBusiness,
  findBusiness,
  type Business,
} from '../../../src/businesses/business-store';
import type { CoreDeps } from '../../../src/db/core-deps';
import { connectionOptions, openDatabase } from '../../../src/db/database';
import { systemClock } from '../../../src/lib/clock';
import { systemIds } from '../../../src/lib/ids';
import { toMinor, type Minor } from '../../../src/lib/money';
import { dropDatabase, makeDatabase } from './bench-database';

export interface BenchProduct {
  id: number;
  sku: string;
  name: string;
  price: Minor;
}

/** A shop in a database of its own, and what it takes to place orders in it. */
export interface BenchShop {
  url: string;
  deps: CoreDeps;
  business: Business;
  products: BenchProduct[];
  userIds: number[];
  /** A connection with several statements in one packet, for baselines and for making data. */
  connect(): Promise<mysql.Connection>;
  close(): Promise<void>;
}

export interface ShopSize {
  products: number;
  users: number;
  poolSize: number;
}

/** Rows of bench_numbers (0, 1, 2 …): as many as one INSERT … SELECT makes. */
export const NUMBERS = 10_000;
/** More than any run can sell. */
const STOCK = 50_000_000;

/** Makes the database anew. */
export async function makeShop(url: string, size: ShopSize): Promise<BenchShop> {
  await makeDatabase(url);
  const connect = () =>
    mysql.createConnection({ ...connectionOptions(url), multipleStatements: true });
  const deps: CoreDeps = {
    db: openDatabase(url, size.poolSize),
    clock: systemClock,
    ids: systemIds,
  };
  const businessId = await createBusiness(deps.db, { slug: 'bench', name: 'Bench' });
  const business = (await findBusiness(deps.db, businessId)) as Business;
  const connection = await connect();
  try {
    await makeNumbers(connection);
    await makeProducts(connection, businessId, size.products);
    await makeUsers(connection, businessId, size.users);
    const [products] = await connection.query<mysql.RowDataPacket[]>(
      'SELECT id, sku, name, price FROM products ORDER BY id',
    );
    const [users] = await connection.query<mysql.RowDataPacket[]>(
      'SELECT id FROM users ORDER BY id',
    );
    return {
      url,
      deps,
      business,
      products: products.map((row) => ({
        id: Number(row.id),
        sku: String(row.sku),
        name: String(row.name),
        price: toMinor(String(row.price)),
      })),
      userIds: users.map((row) => Number(row.id)),
      connect,
      close: () => deps.db.close(),
    };
  } finally {
    await connection.end();
  }
}

/** Closes a shop and drops its database. */
export async function removeShop(shop: BenchShop): Promise<void> {
  await shop.close();
  await dropDatabase(shop.url);
}

async function makeNumbers(connection: mysql.Connection): Promise<void> {
  const digits =
    'SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9';
  await connection.query('CREATE TABLE bench_numbers (n INT UNSIGNED NOT NULL PRIMARY KEY)');
  await connection.query(
    `INSERT INTO bench_numbers (n)
     SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d FROM (${digits}) AS a, (${digits}) AS b, (${digits}) AS c, (${digits}) AS e`,
  );
}

async function makeProducts(
  connection: mysql.Connection,
  businessId: number,
  count: number,
): Promise<void> {
  await inBatches(count, (first, size) =>
    connection.query(
      `INSERT INTO products (business_id, sku, name, price, stock_quantity, position)
       SELECT :businessId, CONCAT('BENCH-', :first + n), CONCAT('Thing number ', :first + n), 100 + 10 * (n % 40), :stock, :first + n
       FROM bench_numbers WHERE n < :size ORDER BY n`,
      { businessId, first, size, stock: STOCK },
    ),
  );
}

/** Ids without gaps, so that grown orders can be given to customers by reckoning. */
async function makeUsers(
  connection: mysql.Connection,
  businessId: number,
  count: number,
): Promise<void> {
  await inBatches(count, (first, size) =>
    connection.query(
      `INSERT INTO users (id, business_id, name, phone)
       SELECT :first + n + 1, :businessId, CONCAT('Customer ', :first + n), CONCAT('+63917', LPAD(:first + n, 7, '0'))
       FROM bench_numbers WHERE n < :size ORDER BY n`,
      { businessId, first, size },
    ),
  );
}

/** Calls `make` for every 10,000 of `count`, with the first number of the batch and its size. */
export async function inBatches(
  count: number,
  make: (first: number, size: number) => Promise<unknown>,
): Promise<void> {
  for (let first = 0; first < count; first += NUMBERS)
    await make(first, Math.min(NUMBERS, count - first));
}
