import type { Database, Params, Transaction } from '../db/database';

/** Thrown in a turn that wants to write, where it may not. */
export class WantsToWrite extends Error {}

const LOCKS = /\bFOR\s+(UPDATE|SHARE)\b|\bLOCK\s+IN\s+SHARE\b/i;

/**
 * What turns of one group have read, by the question: nobody writes between them, so who asks the same gets the same answer. It
 * lives as long as the group, which is milliseconds.
 */
export type SharedReads = Map<string, Promise<object[]>>;

/** A transaction in which a turn may read and nothing else. */
export interface ReadingOnly {
  trx: Transaction;
  db: Database;
  /** Whether anything was refused, even if the turn went on without it. */
  hasRefused(): boolean;
}

/**
 * Lends a transaction that belongs to several turns: whoever wants to write, or to lock, is refused before anything has
 * happened, and has the turn in a transaction of its own.
 */
export function readingOnly(trx: Transaction, reads: SharedReads = new Map()): ReadingOnly {
  let isRefused = false;
  const refuse = (): never => {
    isRefused = true;
    throw new WantsToWrite('this turn needs a transaction of its own');
  };
  const refuseLater = () => Promise.resolve().then(refuse);
  return {
    trx: {
      isTransaction: true,
      query: (sql, params) => (LOCKS.test(sql) ? refuseLater() : read(trx, reads, sql, params)),
      execute: refuseLater,
      call: refuseLater,
    },
    db: {
      query: refuseLater,
      execute: refuseLater,
      call: refuseLater,
      transaction: refuseLater,
      close: refuseLater,
    },
    hasRefused: () => isRefused,
  };
}

async function read<Row>(
  trx: Transaction,
  reads: SharedReads,
  sql: string,
  params?: Params,
): Promise<Row[]> {
  const question = JSON.stringify([sql, params]);
  const answer = reads.get(question) ?? trx.query<Row & object>(sql, params);
  reads.set(question, answer);
  // Rows of their own: whoever reads them may change them.
  return (await answer).map((row) => ({ ...row }) as Row);
}
