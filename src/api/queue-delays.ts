import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';
import { queueHeads, QUEUES, type QueueName } from './queue-heads-store';

/** Whoever asks more often gets the same answer: balancers ask each instance every second or so. */
const KEEP_MS = 5_000;
/** Work is begun within seconds; what waits this long is waiting for somebody to work, or for a platform. */
const LATE_FROM_SECONDS = 120;

export interface QueueDelay {
  queue: QueueName;
  /** How long that has been due which comes next; 0 when nothing is. */
  overdue_seconds: number;
  is_late: boolean;
}

/**
 * How late the queues are, read at most every 5 s. Null when this instance cannot read them, which is asked anew each time. A late
 * queue is no reason for an instance to be taken out: all of them would go at once, and with them those who could work it off.
 */
export function queueDelays(deps: {
  db: Database;
  clock: Clock;
}): () => Promise<QueueDelay[] | null> {
  let kept: { at: number; delays: Promise<QueueDelay[] | null> } | undefined;
  return async () => {
    const at = deps.clock.now().getTime();
    if (!kept || Math.abs(at - kept.at) >= KEEP_MS) kept = { at, delays: look(deps) };
    const asked = kept;
    const delays = await asked.delays;
    if (delays === null && kept === asked) kept = undefined;
    return delays;
  };
}

async function look({ db, clock }: { db: Database; clock: Clock }): Promise<QueueDelay[] | null> {
  const now = clock.now();
  const heads = await queueHeads(db, now).catch(() => null);
  if (heads === null) return null;
  return QUEUES.map((queue) => {
    const since = heads[queue];
    const overdue = since === null ? 0 : Math.floor((now.getTime() - since.getTime()) / 1_000);
    return { queue, overdue_seconds: overdue, is_late: overdue >= LATE_FROM_SECONDS };
  });
}
