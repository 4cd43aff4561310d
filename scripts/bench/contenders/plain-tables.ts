import type mysql from 'mysql2/promise';
import { ORDER_TABLES } from './check-orders';

/** Copied with their rows: every order changes one or two of them. */
const WITH_ROWS = ['products', 'users', 'order_counters'] as const;

/**
 * Copies of the shop's tables with the same columns and indexes, without triggers, foreign keys and check constraints, so that a
 * baseline pays for nothing but storing its rows.
 */
export async function makePlainTables(connection: mysql.Connection, prefix: string): Promise<void> {
  for (const table of [...ORDER_TABLES, ...WITH_ROWS]) {
    await connection.query('CREATE TABLE ?? LIKE ??', [prefix + table, table]);
    await dropChecks(connection, prefix + table);
  }
  for (const table of WITH_ROWS)
    await connection.query('INSERT INTO ?? SELECT * FROM ??', [prefix + table, table]);
}

async function dropChecks(connection: mysql.Connection, table: string): Promise<void> {
  const [checks] = await connection.query<mysql.RowDataPacket[]>(
    `SELECT CONSTRAINT_NAME AS name FROM information_schema.TABLE_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = ? AND CONSTRAINT_TYPE = 'CHECK'`,
    [table],
  );
  const [columns] = await connection.query<mysql.RowDataPacket[]>(
    'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [table],
  );
  for (const { name } of checks) {
    // MariaDB's JSON type is a text with a check of the column's own name; it cannot be dropped by itself and belongs to the type.
    if (columns.some((column) => column.name === name)) continue;
    await connection.query('ALTER TABLE ?? DROP CONSTRAINT ??', [table, name]);
  }
}
