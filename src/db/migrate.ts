import knexFactory from 'knex';
import mysql from 'mysql2/promise';
import { knexConfig } from '../../knexfile';
import { connectionOptions } from './database';
import { isUnknownDatabase } from './errors';

/** How long a second starter waits for the first one's migrations. */
const GUARD_WAIT_S = 300;

/** Creates the database of the URL when it is missing and the account may. */
export async function ensureDatabase(url: string): Promise<void> {
  const probe = await mysql.createConnection(connectionOptions(url)).catch((error: unknown) => {
    if (isUnknownDatabase(error)) return null;
    throw error;
  });
  if (probe) return alignCollation(probe).finally(() => probe.end());
  const { server, name } = splitDatabaseUrl(url);
  const connection = await mysql.createConnection(connectionOptions(server));
  try {
    await connection.query(
      'CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
      [name],
    );
  } finally {
    await connection.end();
  }
}

/**
 * Parameters and locals of procedures take the database's collation; it must be the tables'. Not a migration: MySQL waits here for
 * every open transaction of the database, and the migrator's guard is one. Asked only when it differs, so never on a live shop.
 */
async function alignCollation(connection: mysql.Connection): Promise<void> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>(
    'SELECT @@collation_database AS collation_name',
  );
  if (rows[0]?.collation_name === 'utf8mb4_unicode_ci') return;
  await connection.query('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci');
}

/** The URL of the server alone, and the name of the database. */
export function splitDatabaseUrl(url: string): { server: string; name: string } {
  const parsed = new URL(url);
  const name = decodeURIComponent(parsed.pathname.slice(1));
  parsed.pathname = '/';
  return { server: parsed.toString(), name };
}

/** Brings the schema up to date; returns the names of the migrations that ran. Safe to call from many starters at once. */
export async function migrateToLatest(url: string): Promise<string[]> {
  await ensureDatabase(url);
  return guarded(url, async (knex) => {
    const [, names] = (await knex.migrate.latest()) as [number, string[]];
    return names;
  });
}

/** Takes back every migration, for tests and for starting over. */
export async function migrateDown(url: string): Promise<string[]> {
  return guarded(url, async (knex) => {
    const [, names] = (await knex.migrate.rollback(undefined, true)) as [number, string[]];
    return names;
  });
}

/** The migrations that have not run yet: `/ready` waits for none to be left. */
export async function pendingMigrations(url: string): Promise<string[]> {
  const knex = knexFactory(knexConfig(url));
  try {
    const [, pending] = (await knex.migrate.list()) as [unknown, string[]];
    return pending;
  } finally {
    await knex.destroy();
  }
}

/**
 * One migrator at a time, by a row lock that a dead process loses with its connection. knex's own lock would outlive a
 * `kill -9`; whoever holds the guard knows that nobody else migrates, so a leftover of that one is released first.
 */
async function guarded<T>(url: string, work: (knex: knexFactory.Knex) => Promise<T>): Promise<T> {
  const guard = await mysql.createConnection(connectionOptions(url));
  const knex = knexFactory(knexConfig(url));
  try {
    await guard.query(
      'CREATE TABLE IF NOT EXISTS migration_guard (id INT NOT NULL PRIMARY KEY) ENGINE = InnoDB',
    );
    await guard.query('INSERT IGNORE INTO migration_guard (id) VALUES (1)');
    await guard.query(`SET SESSION innodb_lock_wait_timeout = ${GUARD_WAIT_S}`);
    await guard.query('START TRANSACTION');
    await guard.query('SELECT id FROM migration_guard WHERE id = 1 FOR UPDATE');
    await knex.migrate.forceFreeMigrationsLock();
    return await work(knex);
  } finally {
    await knex.destroy();
    guard.destroy();
  }
}
