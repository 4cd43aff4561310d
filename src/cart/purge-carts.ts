import type { CoreDeps } from '../db/core-deps';
import { deleteExpiredCarts } from './cart-store';

/** With 50 lines each, the rows of a batch are still few enough to be gone in a moment. */
const CARTS_PER_BATCH = 200;

/**
 * Forgets carts that have expired (CRT-1), oldest first, at most `limit`; returns how many. Nothing depends on it: a cart that has
 * expired is empty for whoever opens it. One that a turn has open is passed over: it is about to be extended.
 */
export async function purgeCarts(
  { db, clock }: Pick<CoreDeps, 'db' | 'clock'>,
  limit: number,
): Promise<number> {
  const now = clock.now();
  let purged = 0;
  while (purged < limit) {
    const most = Math.min(CARTS_PER_BATCH, limit - purged);
    const deleted = await db.transaction((trx) => deleteExpiredCarts(trx, now, most));
    purged += deleted;
    if (deleted < most) break;
  }
  return purged;
}
