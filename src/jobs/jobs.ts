import { purgeCarts } from '../cart/purge-carts';
import type { Database } from '../db/database';
import { cleanStuckHolds } from '../inventory/clean-stuck-holds';
import { expireReservations } from '../inventory/expire-holds';
import { reconcileStock } from '../inventory/reconcile-stock';
import {
  alertLowStock,
  alertReservationFailures,
  alertStockProblems,
} from '../inventory/stock-alerts';
import type { Clock } from '../lib/clock';
import { deleteUnusedFiles } from '../media/file-store';
import { alertUnconfirmedOrders } from '../orders/alert-unconfirmed-orders';
import { cancelExpiredOrders } from '../orders/cancel-expired-orders';
import { deleteCompleted } from '../queue/queue-store';
import { deleteTicks } from './job-store';

export interface JobDeps {
  db: Database;
  clock: Clock;
}

/** A bounded, repeatable piece of work that returns how much it did. */
export interface Job {
  name: string;
  /** When, in cron's five fields, UTC. */
  cron: string;
  run(deps: JobDeps): Promise<number>;
}

const ORDERS_PER_RUN = 1_000;
const CARTS_PER_RUN = 50_000;
const TICKS_PER_RUN = 5_000;
/** The event evt_cleanup_old_queue_items is the second line, with the same time. */
const KEEP_QUEUE_ITEMS_MS = 7 * 24 * 60 * 60_000;
const QUEUE_ITEMS_PER_BATCH = 1_000;
const QUEUE_BATCHES_PER_RUN = 500;
const FILES_PER_RUN = 500;
const KEEP_UNUSED_FILES_MS = 24 * 60 * 60_000;
const KEEP_TICKS_MS = 7 * 24 * 60 * 60_000;

/** Everything that runs by the clock. Nothing here is needed for correctness (an expired hold never blocks a sale, G-10). */
export const jobs: readonly Job[] = [
  {
    name: 'expire-holds',
    cron: '* * * * *',
    run: (deps) => expireReservations(deps, ORDERS_PER_RUN),
  },
  {
    name: 'cancel-expired-orders',
    cron: '* * * * *',
    run: (deps) => cancelExpiredOrders(deps, ORDERS_PER_RUN),
  },
  { name: 'alert-low-stock', cron: '* * * * *', run: alertLowStock },
  {
    name: 'alert-unconfirmed-orders',
    cron: '*/5 * * * *',
    run: (deps) => alertUnconfirmedOrders(deps, ORDERS_PER_RUN),
  },
  { name: 'alert-reservation-failures', cron: '*/5 * * * *', run: alertReservationFailures },
  {
    name: 'clean-stuck-holds',
    cron: '3-59/10 * * * *',
    run: (deps) => cleanStuckHolds(deps, ORDERS_PER_RUN),
  },
  { name: 'alert-stock-problems', cron: '6-59/10 * * * *', run: alertStockProblems },
  {
    // At night in Manila; the owner has been alerted of what it repairs.
    name: 'reconcile-stock',
    cron: '40 19 * * *',
    run: async (deps) => {
      const { problems } = await reconcileStock(deps, { repair: true });
      return problems.filter((problem) => problem.isRepaired).length;
    },
  },
  {
    name: 'purge-queue-items',
    cron: '37 3 * * *',
    run: ({ db, clock }) => purgeQueue(db, new Date(clock.now().getTime() - KEEP_QUEUE_ITEMS_MS)),
  },
  {
    name: 'purge-media',
    cron: '27 3 * * *',
    run: ({ db, clock }) =>
      deleteUnusedFiles(db, new Date(clock.now().getTime() - KEEP_UNUSED_FILES_MS), FILES_PER_RUN),
  },
  { name: 'purge-carts', cron: '47 3 * * *', run: (deps) => purgeCarts(deps, CARTS_PER_RUN) },
  {
    name: 'purge-job-runs',
    cron: '17 3 * * *',
    run: ({ db, clock }) =>
      deleteTicks(db, new Date(clock.now().getTime() - KEEP_TICKS_MS), TICKS_PER_RUN),
  },
];

/** In batches, so that no lock is held for long. */
async function purgeQueue(db: Database, before: Date): Promise<number> {
  let purged = 0;
  for (let batch = 0; batch < QUEUE_BATCHES_PER_RUN; batch += 1) {
    const deleted = await deleteCompleted(db, before, QUEUE_ITEMS_PER_BATCH);
    purged += deleted;
    if (deleted < QUEUE_ITEMS_PER_BATCH) break;
  }
  return purged;
}
