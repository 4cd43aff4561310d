import type { Database } from '../db/database';
import { expireReservations } from '../inventory/expire-holds';
import type { Clock } from '../lib/clock';
import { deleteTicks } from './job-store';

export interface JobDeps {
  db: Database;
  clock: Clock;
}

/** A bounded, repeatable piece of work that returns how much it did. */
export interface Job {
  name: string;
  /** When, in cron's five fields. */
  cron: string;
  run(deps: JobDeps): Promise<number>;
}

const HOLDS_PER_RUN = 1_000;
const TICKS_PER_RUN = 5_000;
const KEEP_TICKS_MS = 7 * 24 * 60 * 60_000;

/** Everything that runs by the clock. Nothing here is needed for correctness (an expired hold never blocks a sale, G-10). */
export const jobs: readonly Job[] = [
  { name: 'expire-holds', cron: '* * * * *', run: (deps) => expireReservations(deps, HOLDS_PER_RUN) },
  {
    name: 'purge-job-runs',
    cron: '17 3 * * *',
    run: ({ db, clock }) => deleteTicks(db, new Date(clock.now().getTime() - KEEP_TICKS_MS), TICKS_PER_RUN),
  },
];
