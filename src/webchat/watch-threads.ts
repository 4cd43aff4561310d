import type { Database } from '../db/database';
import type { Log } from '../lib/log';
import { newestShown } from './thread-store';

export interface ThreadWatch {
  /** Waits until the shop has said something after `outgoingId`, the time is over, or the signal comes. */
  wait(thread: string, outgoingId: number, maxMs: number, signal: AbortSignal): Promise<void>;
  /** How many wait. */
  size(): number;
}

interface Waiter {
  thread: string;
  outgoingId: number;
  end(): void;
}

/** Quick enough to feel like a chat. */
const LOOK_MS = 250;
/** After a failed look the database is away: it is not asked as often. */
const LOOK_AFTER_FAILURE_MS = 2_000;
const THREADS_PER_QUERY = 500;

/**
 * One look at the database for all visitors of this instance who wait, whichever instance answers them. Nobody waiting:
 * nothing is asked.
 */
export function createThreadWatch(db: Database, log: Log): ThreadWatch {
  const waiters = new Set<Waiter>();
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    let pause = LOOK_MS;
    try {
      const threads = [...new Set([...waiters].map(({ thread }) => thread))];
      for (let at = 0; at < threads.length; at += THREADS_PER_QUERY) {
        const newest = await newestShown(db, threads.slice(at, at + THREADS_PER_QUERY));
        for (const waiter of waiters)
          if ((newest.get(waiter.thread) ?? 0) > waiter.outgoingId) waiter.end();
      }
    } catch (error) {
      log.warn({ err: error }, 'a look for answers to web visitors failed; there will be another');
      pause = LOOK_AFTER_FAILURE_MS;
    }
    timer = undefined;
    schedule(pause);
  };
  const schedule = (pause: number): void => {
    if (timer || waiters.size === 0) return;
    timer = setTimeout(() => void look(), pause);
    timer.unref();
  };

  return {
    size: () => waiters.size,
    wait: (thread, outgoingId, maxMs, signal) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(over);
          signal.removeEventListener('abort', end);
          waiters.delete(waiter);
          resolve();
        };
        const waiter: Waiter = { thread, outgoingId, end };
        const over = setTimeout(end, maxMs);
        over.unref();
        if (signal.aborted) return end();
        signal.addEventListener('abort', end);
        waiters.add(waiter);
        schedule(LOOK_MS);
      }),
  };
}
