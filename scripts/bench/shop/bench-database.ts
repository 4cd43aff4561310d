import mysql from 'mysql2/promise';
import { connectionOptions } from '../../../src/db/database';
import { migrateToLatest, splitDatabaseUrl } from '../../../src/db/migrate';

/** The table by which a database is known to be ours to drop. */
const MARKER = 'bench_marker';

/** An empty, migrated database. Refuses one that holds anything that no benchmark has made. */
export async function makeDatabase(url: string): Promise<void> {
  await dropDatabase(url);
  await onServer(url, async (connection, name) => {
    await connection.query('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [
      name,
    ]);
    // Before the schema: a run that is broken off in the middle of it leaves a database that the next one may drop.
    await connection.query(`CREATE TABLE ??.${MARKER} (made_at DATETIME NOT NULL PRIMARY KEY)`, [
      name,
    ]);
  });
  await migrateToLatest(url);
}

export async function dropDatabase(url: string): Promise<void> {
  await onServer(url, async (connection, name) => {
    const [tables] = await connection.query<mysql.RowDataPacket[]>(
      'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?',
      [name],
    );
    if (tables.length > 0 && !tables.some((table) => table.name === MARKER)) {
      throw new Error(
        `The database ${name} holds data that is not the benchmark's. It was left alone; choose another one.`,
      );
    }
    await connection.query('DROP DATABASE IF EXISTS ??', [name]);
  });
}

async function onServer(
  url: string,
  work: (connection: mysql.Connection, name: string) => Promise<void>,
): Promise<void> {
  const { server, name } = splitDatabaseUrl(url);
  const connection = await mysql.createConnection(connectionOptions(server));
  try {
    await work(connection, name);
  } finally {
    await connection.end();
  }
}
