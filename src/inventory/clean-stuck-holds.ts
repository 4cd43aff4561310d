import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { commitOrder, releaseOrder } from './inventory-store';
import { lockOrderAndStock, markHeldLines, ordersWithStuckHolds } from './stuck-hold-store';

/** States in which the stock of an order is sold, not held. */
const SOLD = ['confirmed', 'processing', 'ready', 'shipped', 'delivered', 'completed'];

/**
 * Puts the holds of at most `limit` orders right that contradict their order (INV-5), each in a transaction of its own. The product
 * leaves none behind; a change by hand does. Safe to run anywhere, any number of times at once. Returns the orders put right.
 */
export async function cleanStuckHolds(deps: Pick<CoreDeps, 'db'>, limit: number): Promise<number> {
  let cleaned = 0;
  for (const orderId of await ordersWithStuckHolds(deps.db, limit)) {
    const act = { actor: 'job:clean-stuck-holds', reason: 'stuck hold', orderId };
    const isChanged = await deps.db.transaction((trx) =>
      actingAs(trx, act, () => cleanOrder(trx, orderId, act.reason)),
    );
    if (isChanged) cleaned += 1;
  }
  return cleaned;
}

/** The order's state decides: a cancelled one gives back, a confirmed one buys, a pending one keeps what it holds. */
async function cleanOrder(trx: Transaction, orderId: number, reason: string): Promise<boolean> {
  const status = await lockOrderAndStock(trx, orderId);
  if (status === null) return false;
  // First, because releasing and selling go by the marks.
  const marked = await markHeldLines(trx, orderId);
  if (status === 'cancelled') {
    const released = await releaseOrder(trx, orderId, reason);
    return released.ok && released.outcome === 'released';
  }
  if (SOLD.includes(status)) {
    const sold = await commitOrder(trx, orderId);
    return sold.ok && sold.outcome === 'committed';
  }
  return marked > 0;
}
