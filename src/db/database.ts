import { channel } from 'node:diagnostics_channel';
import mysql from 'mysql2/promise';
import { isTransient, isUnavailable, databaseUnavailable } from './errors';

export type Params = Record<string, unknown> | readonly unknown[];
export interface Changed {
  affectedRows: number;
  insertId: number;
}

/** What a statement runs on: the database itself or a transaction. `trx` as a first parameter means "inside the caller's transaction". */
export interface Queryable {
  /** Rows of one SELECT. Parameters by name (`:id`), or `?` with an array (lists of rows: `VALUES ?`). */
  query<Row>(sql: string, params?: Params): Promise<Row[]>;
  /** One INSERT, UPDATE, DELETE or CALL. */
  execute(sql: string, params?: Params): Promise<Changed>;
  /** The result sets of a procedure, without the closing status packet. */
  call<Row>(sql: string, params?: Params): Promise<Row[][]>;
}
export interface Transaction extends Queryable {
  readonly isTransaction: true;
}
export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction. Deadlocks, lock time-outs and cluster certification conflicts run it
   * again from the start (nothing of the first try remains), so `work` has no effect outside the database.
   */
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Enough for a hot row with 1,000 callers; beyond it the caller is told. */
const MAX_ATTEMPTS = 8;
/** A connection that says nothing for this long is dropped by the server, with its locks: the lane of a vanished host frees itself (G-3). */
const SERVER_WAIT_TIMEOUT_S = 30;
/** Ours are dropped before the server would. */
const IDLE_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Reads see only committed rows and take no gap locks; what must not change under us is read FOR UPDATE.
 * sql_mode is set, because the two servers' defaults differ and a truncated value must be an error.
 */
const SESSION = `SET SESSION
    time_zone = '+00:00',
    sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    innodb_lock_wait_timeout = 10,
    wait_timeout = ${SERVER_WAIT_TIMEOUT_S}`;

/** Options that every connection of the product shares; JSON columns arrive as text on both servers. */
export function connectionOptions(url: string): mysql.PoolOptions {
  return {
    uri: url,
    charset: 'utf8mb4_unicode_ci',
    timezone: 'Z',
    jsonStrings: true,
    supportBigNumbers: true,
    namedPlaceholders: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    // It would take a stack for each statement; ours is taken when one fails.
    trace: false,
  };
}

/** Opens a pool; no connection is made before the first statement. */
export function openDatabase(url: string, poolSize: number): Database {
  const pool = mysql.createPool({
    ...connectionOptions(url),
    connectionLimit: poolSize,
    // Below the limit, or the driver never drops an idle connection.
    maxIdle: poolSize - 1,
    idleTimeout: IDLE_TIMEOUT_MS,
  });
  pool.pool.on('connection', (connection) => {
    // Queued before the first statement of whoever asked for the connection.
    connection.query(SESSION, ignoreError);
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', ignoreError);
  });
  return {
    ...repeating(statements(pool)),
    transaction: (work) => withRetry(() => runTransaction(pool, work)),
    close: () => pool.end(),
  };
}

function ignoreError(): void {
  // A connection that is broken this early fails its first real statement, which reports it.
}

async function runTransaction<T>(
  pool: mysql.Pool,
  work: (trx: Transaction) => Promise<T>,
): Promise<T> {
  const connection = await pool.getConnection().catch(translate);
  let usable = false;
  try {
    await connection.query('START TRANSACTION').catch(translate);
    const result = await work({ ...statements(connection), isTransaction: true });
    await connection.query('COMMIT').catch(translate);
    usable = true;
    return result;
  } catch (error) {
    usable = await connection.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    throw error;
  } finally {
    // A connection that could not roll back goes, and its locks with it.
    if (usable) connection.release();
    else connection.destroy();
  }
}

/** Published (node:diagnostics_channel) whenever a piece of database work is run again: { errno, attempt }. */
export const RETRIES = 'tindera.database.retry';
const retries = channel(RETRIES);

/** Runs a repeatable piece of database work again while the database asks for it. */
export async function withRetry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isTransient(error)) throw error;
      retries.publish({ errno: (error as { errno?: number }).errno, attempt });
      const backoffMs = Math.random() * 5 * 2 ** Math.min(attempt, 6);
      await new Promise((resolve) => setTimeout(resolve, backoffMs));
    }
  }
}

/**
 * A statement that is a transaction of its own, and that the database has rolled back for a deadlock, runs again as a transaction
 * would. Not so a procedure: without a transaction around it, its first half may be committed.
 */
function repeating(q: Queryable): Queryable {
  return {
    query: (sql, params) => withRetry(() => q.query(sql, params)),
    execute: (sql, params) =>
      IS_CALL.test(sql) ? q.execute(sql, params) : withRetry(() => q.execute(sql, params)),
    call: (sql, params) => q.call(sql, params),
  };
}

const IS_CALL = /^\s*CALL\b/i;

function statements(on: mysql.Pool | mysql.Connection): Queryable {
  const run = async (sql: string, params: Params = []): Promise<unknown> => {
    try {
      const [result] = await on.query(sql, params as never);
      return result;
    } catch (error) {
      // Who asked: the driver knows only its socket.
      if (error instanceof Error) Error.captureStackTrace(error);
      return translate(error);
    }
  };
  return {
    query: async <Row>(sql: string, params?: Params) => (await run(sql, params)) as Row[],
    execute: async (sql, params) => {
      const result = (await run(sql, params)) as mysql.ResultSetHeader | unknown[];
      const header = (Array.isArray(result) ? result.at(-1) : result) as mysql.ResultSetHeader;
      return { affectedRows: header.affectedRows, insertId: header.insertId };
    },
    call: async <Row>(sql: string, params?: Params) => {
      const result = await run(sql, params);
      return (Array.isArray(result) ? result.filter(Array.isArray) : []) as Row[][];
    },
  };
}

function translate(error: unknown): never {
  throw isUnavailable(error) ? databaseUnavailable(error) : error;
}
