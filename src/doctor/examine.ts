import mysql from 'mysql2/promise';
import { connectionOptions } from '../db/database';
import { isUnavailable } from '../db/errors';
import { MAX_COUNTED, type Check, type FoundRow, type Level, type Look } from './check';
import { allChecks } from './checks/all-checks';

export interface ExamineOptions {
  /** How long one check may take; a statement of it no longer than that either. */
  secondsPerCheck?: number;
  /** How many rows of a large table one statement reads. */
  rowsPerRange?: number;
  checks?: readonly Check[];
}

export interface Examined {
  id: string;
  name: string;
  claim: string;
  why: string;
  remedy: string;
  /** `unchecked`: it could not be looked at, `problem` says why. */
  outcome: 'ok' | Level | 'unchecked';
  problem: string | null;
  /** Set when time ran out: what was looked at until then. */
  cutShort: string | null;
  count: number;
  isCountCapped: boolean;
  rows: FoundRow[];
  durationMs: number;
}

export interface Diagnosis {
  server: string;
  database: string;
  startedAt: Date;
  durationMs: number;
  checks: Examined[];
}

/** More would not help a reader. */
const MAX_SHOWN = 20;
/** A range of orders with its history is read in a fraction of a second. */
const ROWS_PER_RANGE = 10_000;
/** With it a shop of a million orders is read whole; the doctor can be given more. */
export const SECONDS_PER_CHECK = 30;
/** Beyond the server's own limit: for a server that no longer answers. */
const GRACE_MS = 10_000;
/** A table that is being altered is waited for this long. */
const METADATA_WAIT_S = 5;
/** The server ended the statement: MySQL's and MariaDB's time limit. */
const OUT_OF_TIME = new Set([3024, 1969]);

class OutOfTime extends Error {}

/** Looks at a live database without changing anything. Throws when the database cannot be reached. */
export async function examine(url: string, options: ExamineOptions = {}): Promise<Diagnosis> {
  const startedAt = new Date();
  const seconds = Math.max(0, options.secondsPerCheck ?? SECONDS_PER_CHECK);
  const connection = await mysql.createConnection(connectionOptions(url));
  // A connection that breaks between two statements is reported by the next one.
  connection.on('error', () => undefined);
  try {
    const server = await prepareSession(connection, Math.max(1, seconds));
    const checks: Examined[] = [];
    for (const check of options.checks ?? allChecks) {
      checks.push(
        await examineOne(connection, check, seconds, options.rowsPerRange ?? ROWS_PER_RANGE),
      );
    }
    return { ...server, startedAt, durationMs: Date.now() - startedAt.getTime(), checks };
  } finally {
    connection.destroy();
  }
}

/** The server itself refuses to write in this session. */
async function prepareSession(
  connection: mysql.Connection,
  seconds: number,
): Promise<{ server: string; database: string }> {
  await connection.query(
    `SET SESSION time_zone = '+00:00', lock_wait_timeout = ${METADATA_WAIT_S}, group_concat_max_len = 10000`,
  );
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  const [[about]] = await connection.query<
    (mysql.RowDataPacket & { version: string; name: string | null })[]
  >('SELECT VERSION() AS version, DATABASE() AS name');
  const version = about?.version ?? '';
  const isMariaDb = version.includes('MariaDB');
  await connection.query(
    isMariaDb ? 'SET SESSION max_statement_time = ?' : 'SET SESSION max_execution_time = ?',
    [isMariaDb ? seconds : seconds * 1_000],
  );
  if (!about?.name) throw new Error('DATABASE_URL names no database');
  return { server: isMariaDb ? version : `MySQL ${version}`, database: about.name };
}

async function examineOne(
  connection: mysql.Connection,
  check: Check,
  seconds: number,
  rowsPerRange: number,
): Promise<Examined> {
  const startedAt = Date.now();
  const deadline = startedAt + seconds * 1_000;
  const rows: FoundRow[] = [];
  let count = 0;
  let coverage = 'nothing';
  const look: Look = {
    rowsPerRange,
    query: async <Row>(sql: string, params?: Record<string, unknown>) =>
      (await ask(connection, sql, params, seconds * 1_000 + GRACE_MS)) as Row[],
    found: (more) => {
      count += more.length;
      rows.push(...more.slice(0, MAX_SHOWN - rows.length));
    },
    isFull: () => count > MAX_COUNTED,
    covered: (what) => {
      coverage = what;
      if (Date.now() >= deadline) throw new OutOfTime();
    },
  };
  const examined = (outcome: Examined['outcome'], rest: Partial<Examined> = {}): Examined => {
    const { id, name, claim, why, remedy } = check;
    const isCountCapped = count > MAX_COUNTED;
    const about = { id, name, claim, why, remedy, outcome, problem: null, cutShort: null };
    const found = { count: Math.min(count, MAX_COUNTED), isCountCapped, rows };
    return { ...about, ...found, durationMs: Date.now() - startedAt, ...rest };
  };
  const verdict = (): Level | 'ok' => (count > 0 ? check.level : 'ok');

  // One snapshot for the whole check: what is committed together is seen together, however busy the shop is.
  await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  try {
    await check.find(look);
    return examined(verdict());
  } catch (error) {
    if (error instanceof OutOfTime && coverage !== 'nothing')
      return examined(verdict(), { cutShort: coverage });
    if (error instanceof OutOfTime)
      return examined('unchecked', { problem: `not done in ${seconds} s` });
    if (isUnavailable(error)) throw error;
    return examined(count > 0 ? check.level : 'unchecked', { problem: (error as Error).message });
  } finally {
    await connection.query('ROLLBACK').catch(() => undefined);
  }
}

async function ask(
  connection: mysql.Connection,
  sql: string,
  params: Record<string, unknown> | undefined,
  timeoutMs: number,
): Promise<unknown> {
  try {
    const [rows] = await connection.query({ sql, timeout: timeoutMs }, (params ?? []) as never);
    return rows;
  } catch (error) {
    if (OUT_OF_TIME.has((error as { errno?: number }).errno ?? 0)) throw new OutOfTime();
    throw error;
  }
}
