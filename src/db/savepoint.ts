import type { Transaction } from './database';

/** Thrown inside `attempt` to take back what it has written so far and give `outcome` to its caller. */
export class TakeBack<T> extends Error {
  constructor(readonly outcome: T) {
    super('taken back');
  }
}

/** Runs a part of a transaction that may fail as a whole while the rest goes on. Parts do not nest. */
export async function attempt<T>(trx: Transaction, work: () => Promise<T>): Promise<T> {
  await trx.execute('SAVEPOINT tindera_part');
  try {
    const result = await work();
    await trx.execute('RELEASE SAVEPOINT tindera_part');
    return result;
  } catch (error) {
    if (!(error instanceof TakeBack)) throw error;
    await trx.execute('ROLLBACK TO SAVEPOINT tindera_part');
    return error.outcome as T;
  }
}
