import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import type { CoreDeps } from '../../src/db/core-deps';
import { connectionOptions, openDatabase, type Database } from '../../src/db/database';
import { systemIds } from '../../src/lib/ids';
import { dropDatabase } from './test-database';

/** A clock that stands still until it is told otherwise. */
export interface TestClock {
  now(): Date;
  set(to: Date | string): void;
  forward(minutes: number): void;
}

export interface TestDatabase {
  db: Database;
  url: string;
  clock: TestClock;
  deps: CoreDeps;
  /** A connection as a person's client has it: the server's defaults, autocommit, no pool. Closed after the test. */
  client(): Promise<mysql.Connection>;
}

/** Enough for a hundred callers on connections of their own. */
const POOL_SIZE = 110;
const PROJECT = path.join(__dirname, '..', '..');
const MIGRATIONS = path.join(PROJECT, 'migrations');

/**
 * A database of this jest worker's own, with the schema of the migrations: made once, emptied before each test. Call at the top of
 * a describe block or file; the fields are there from the first test on.
 */
export function useDatabase(): TestDatabase {
  const url = workerUrl();
  const clock = testClock();
  const clients: mysql.Connection[] = [];
  let db: Database | undefined;
  const test: TestDatabase = {
    get db(): Database {
      if (!db) throw new Error('the database is there from the first test on');
      return db;
    },
    url,
    clock,
    get deps(): CoreDeps {
      return { db: test.db, clock, ids: systemIds };
    },
    client: async () => {
      const connection = await mysql.createConnection({
        ...connectionOptions(url),
        multipleStatements: true,
      });
      clients.push(connection);
      return connection;
    },
  };
  beforeAll(async () => {
    await migrateWhenChanged(url);
    db = openDatabase(url, POOL_SIZE);
  });
  beforeEach(async () => {
    clock.set(new Date());
    await emptyTables(test.db);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((connection) => connection.end()));
  });
  afterAll(() => db?.close());
  return test;
}

function workerUrl(): string {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set: run the tests with "npm test"');
  const url = new URL(server);
  // Runs side by side on one server must not empty each other's tables.
  const run = process.env.TINDERA_TEST_RUN ?? String(process.ppid);
  url.pathname = `/tindera_test_${run}_${process.env.JEST_WORKER_ID ?? '1'}`;
  return url.href;
}

function testClock(): TestClock {
  let now = new Date();
  return {
    now: () => now,
    set: (to) => {
      now = new Date(to);
    },
    forward: (minutes) => {
      now = new Date(now.getTime() + minutes * 60_000);
    },
  };
}

/** Migrating takes a second; a database that has this schema already is kept between runs. */
async function migrateWhenChanged(url: string): Promise<void> {
  const wanted = fingerprint();
  if ((await fingerprintOf(url)) === wanted) return;
  await dropDatabase(url);
  // In a process of its own: migrations are loaded by import(), which jest's modules do not have.
  const program = "void require('./src/db/migrate.ts').migrateToLatest(process.argv[1])";
  await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', program, url], {
    cwd: PROJECT,
  });
  const connection = await mysql.createConnection(connectionOptions(url));
  await connection.query('CREATE TABLE test_schema (fingerprint CHAR(64) NOT NULL PRIMARY KEY)');
  await connection.query('INSERT INTO test_schema VALUES (?)', [wanted]);
  await connection.end();
}

async function fingerprintOf(url: string): Promise<string | null> {
  try {
    const connection = await mysql.createConnection(connectionOptions(url));
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      'SELECT fingerprint FROM test_schema',
    );
    await connection.end();
    return (rows[0]?.fingerprint as string | undefined) ?? null;
  } catch {
    return null;
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const files = readdirSync(MIGRATIONS, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(ts|sql)$/.test(file),
  );
  for (const file of files.sort())
    hash.update(file).update(readFileSync(path.join(MIGRATIONS, file)));
  return hash.digest('hex');
}

const KEPT = new Set([
  'schema_migrations',
  'schema_migrations_lock',
  'migration_guard',
  'test_schema',
]);

/** Their triggers refuse a DELETE; elsewhere it is ten times faster than TRUNCATE. */
const IMMUTABLE = new Set(['order_state_history', 'stock_movements', 'consents']);

async function emptyTables(db: Database): Promise<void> {
  const tables = await db.query<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
  );
  const names = tables.map((table) => table.name).filter((name) => !KEPT.has(name));
  const filled = await db.query<{ name: string }>(
    names
      .map((name) => `SELECT '${name}' AS name FROM DUAL WHERE EXISTS (SELECT 1 FROM ${name})`)
      .join(' UNION ALL '),
  );
  await db.transaction(async (trx) => {
    await trx.execute('SET foreign_key_checks = 0');
    // What is held cannot be deleted. Without its ledger row, which could not be deleted either.
    await trx.execute('SET @tindera_group = 1');
    for (const table of ['products', 'product_variants'])
      await trx.execute(`UPDATE ${table} SET reserved_stock = 0 WHERE reserved_stock <> 0`);
    await trx.execute('SET @tindera_group = NULL');
    for (const { name } of filled.filter((one) => !IMMUTABLE.has(one.name)))
      await trx.execute(`DELETE FROM ${name}`);
    await trx.execute('SET foreign_key_checks = 1');
  });
  for (const { name } of filled.filter((one) => IMMUTABLE.has(one.name)))
    await db.execute(`TRUNCATE TABLE ${name}`);
}
