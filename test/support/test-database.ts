import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { connectionOptions, openDatabase, type Database } from '../../src/db/database';
import { migrateToLatest } from '../../src/db/migrate';

export interface TestDatabase {
  url: string;
  db: Database;
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
}

/** An address for a database of this test's own, on the server that `npm test` provides. */
export function newDatabaseUrl(): string {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set: run the tests with "npm test"');
  const url = new URL(server);
  url.pathname = `/tindera_test_${randomBytes(6).toString('hex')}`;
  return url.href;
}

/** A migrated, empty database. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = newDatabaseUrl();
  await migrateToLatest(url);
  const db = openDatabase(url, 5);
  return {
    url,
    db,
    drop: async () => {
      await db.close();
      await dropDatabase(url);
    },
  };
}

export async function dropDatabase(url: string): Promise<void> {
  const server = new URL(url);
  const name = server.pathname.slice(1);
  server.pathname = '/';
  const connection = await mysql.createConnection(connectionOptions(server.href));
  try {
    await connection.query('DROP DATABASE IF EXISTS ??', [name]);
  } finally {
    await connection.end();
  }
}
