import type { Transaction } from '../db/database';

export interface WatchedWrites {
  trx: Transaction;
  /** Whether something was written that somebody is to be told. */
  hasNotification(): boolean;
  /** Whether something was written into the queue of orders. */
  hasQueueItem(): boolean;
}

/**
 * Sees what a turn writes, so that only those are woken who have something to do: most turns have nothing for them, and a look in
 * vain is a transaction. Procedures may write anything.
 */
export function watchWrites(trx: Transaction): WatchedWrites {
  let notification = false;
  let queueItem = false;
  const watched: Transaction = {
    isTransaction: true,
    query: (sql, params) => trx.query(sql, params),
    execute: (sql, params) => {
      notification ||= sql.includes('notification_queue') || /^\s*CALL\b/i.test(sql);
      queueItem ||= sql.includes('order_processing_queue') || /^\s*CALL\b/i.test(sql);
      return trx.execute(sql, params);
    },
    call: (sql, params) => {
      notification = true;
      queueItem = true;
      return trx.call(sql, params);
    },
  };
  return { trx: watched, hasNotification: () => notification, hasQueueItem: () => queueItem };
}
