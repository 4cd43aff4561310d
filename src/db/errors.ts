import { AppError } from '../lib/errors';

/** Server error numbers that the product reacts to; names differ between MySQL and MariaDB, numbers do not. */
const DUPLICATE_KEY = 1062;
const SIGNALLED = 1644;
const UNKNOWN_DATABASE = 1049;
/** Deadlock or Galera certification conflict; lock wait time-out; MySQL group replication's own conflict. */
const TRANSIENT = new Set([1213, 1205, 3101]);
const CHECK_CONSTRAINT = new Set([3819, 4025]);
/**
 * Too many connections, shutdown in progress, node not ready (Galera), read-only after a fail-over, connection killed or
 * silent for too long.
 */
const UNAVAILABLE_ERRNO = new Set([1040, 1053, 1047, 1290, 1836, 1927, 3169, 4031]);
/** Wrong account, wrong database: the server is there, and it will say the same again. */
const REFUSED = new Set([1044, 1045, UNKNOWN_DATABASE, 1698]);
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_ENQUEUE_AFTER_QUIT',
  'PROTOCOL_ENQUEUE_AFTER_DESTROY',
  'POOL_CLOSED',
]);

interface DriverError {
  errno?: number;
  code?: string;
  sqlMessage?: string;
  fatal?: boolean;
}

const driver = (error: unknown): DriverError =>
  typeof error === 'object' && error !== null ? error : {};

export const isDuplicateKey = (error: unknown): boolean => driver(error).errno === DUPLICATE_KEY;
export const isUnknownDatabase = (error: unknown): boolean =>
  driver(error).errno === UNKNOWN_DATABASE;
export const isCheckViolation = (error: unknown): boolean =>
  CHECK_CONSTRAINT.has(driver(error).errno ?? 0);

/** The whole transaction may be run again: the server has rolled it back. */
export const isTransient = (error: unknown): boolean => TRANSIENT.has(driver(error).errno ?? 0);

/** The database is away, not the statement wrong. */
export function isUnavailable(error: unknown): boolean {
  const { errno, code, fatal } = driver(error);
  if (REFUSED.has(errno ?? 0)) return false;
  return fatal === true || UNAVAILABLE_ERRNO.has(errno ?? 0) || UNAVAILABLE_CODES.has(code ?? '');
}

/** The reason that a procedure or trigger gave with SIGNAL, or null. */
export function signalledReason(error: unknown): string | null {
  const { errno, sqlMessage } = driver(error);
  return errno === SIGNALLED ? (sqlMessage ?? null) : null;
}

export function databaseUnavailable(cause: unknown): AppError {
  return new AppError(
    'DATABASE_UNAVAILABLE',
    503,
    'The database cannot be reached just now. Try again in a moment.',
    { cause },
  );
}

export const isDatabaseUnavailable = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE';
