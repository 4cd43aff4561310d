import type { CoreDeps } from '../db/core-deps';
import { actingAs } from '../db/acting-as';
import { expireOrder, ordersWithExpiredHolds } from './inventory-store';

/**
 * Gives back the stock of at most `limit` orders whose hold has run out, each in a transaction of its own. Sales do not wait for
 * it: a reservation takes back what it needs itself (G-10). Safe to run anywhere, any number of times at once. Returns the orders.
 */
export async function expireReservations(
  deps: Pick<CoreDeps, 'db'>,
  limit: number,
): Promise<number> {
  let expired = 0;
  for (const orderId of await ordersWithExpiredHolds(deps.db, limit)) {
    const lines = await deps.db.transaction((trx) =>
      actingAs(trx, { actor: 'job:expire-holds', reason: 'hold expired', orderId }, () =>
        expireOrder(trx, orderId),
      ),
    );
    if (lines > 0) expired += 1;
  }
  return expired;
}
