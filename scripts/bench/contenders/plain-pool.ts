import mysql from 'mysql2/promise';
import { connectionOptions } from '../../../src/db/database';
import { withRetry } from '../../../src/db/database';

export interface PlainPool {
  /** Sends all of it in one packet; a deadlock runs it again. */
  send(sql: string): Promise<void>;
  /** `work` has a connection of its own; a deadlock runs it again. */
  use<T>(work: (connection: mysql.PoolConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** As the product's pool, and with several statements a packet. */
export function plainPool(url: string, size: number): PlainPool {
  const pool = mysql.createPool({
    ...connectionOptions(url),
    connectionLimit: size,
    multipleStatements: true,
  });
  pool.pool.on('connection', (connection) => {
    connection.query(
      "SET SESSION time_zone = '+00:00'; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    );
  });
  const use = <T>(work: (connection: mysql.PoolConnection) => Promise<T>): Promise<T> =>
    withRetry(async () => {
      const connection = await pool.getConnection();
      try {
        return await work(connection);
      } catch (error) {
        await connection.query('ROLLBACK');
        throw error;
      } finally {
        connection.release();
      }
    });
  return {
    send: async (sql) => {
      await use((connection) => connection.query(sql));
    },
    use,
    close: () => pool.end(),
  };
}
