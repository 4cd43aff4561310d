import type { Transaction } from './database';

/** Thrown inside `attempt` to take back what it has written so far and give `outcome` to its caller. */
export class TakeBack<T> extends Error {
  constructor(readonly outcome: T) {
    super('taken back');
  }
}

/** Runs a part of a transaction that may fail as a whole while the rest goes on. Parts nest only under other names. */
export async function attempt<T>(
  trx: Transaction,
  work: () => Promise<T>,
  name: 'tindera_part' | 'tindera_outer_part' = 'tindera_part',
): Promise<T> {
  await trx.execute(`SAVEPOINT ${name}`);
  try {
    const result = await work();
    await trx.execute(`RELEASE SAVEPOINT ${name}`);
    return result;
  } catch (error) {
    if (!(error instanceof TakeBack)) throw error;
    await trx.execute(`ROLLBACK TO SAVEPOINT ${name}`);
    return error.outcome as T;
  }
}
