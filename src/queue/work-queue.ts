import type { Database, Transaction } from '../db/database';
import type { Clock } from '../lib/clock';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/log';
import {
  completeLocked,
  completeOwn,
  giveBack,
  lease,
  lockDue,
  lockLapsed,
  type QueueItem,
  type QueueType,
} from './queue-store';

/** Who does the work of one type of item. */
export interface QueueHandler {
  type: QueueType;
  /** What comes after this priority is left to people. */
  lastPriority: number;
  /** Which of many items need work at all, by one look; the others are completed at once. Without it, all of them. */
  needWork?: (trx: Transaction, items: readonly QueueItem[]) => Promise<ReadonlySet<number>>;
  /** Does it, in one transaction with its completion; a text says what is in the way, and it is tried again later. */
  work: (trx: Transaction, item: QueueItem) => Promise<string | null>;
  /** An item that failed and is tried again then, in the transaction that gives it back. */
  postponed: (trx: Transaction, item: QueueItem, until: Date) => Promise<void>;
  /** An item that has failed for the last time, in the transaction that sets it aside. */
  setAside: (trx: Transaction, item: QueueItem, error: string) => Promise<void>;
}

export interface QueueDeps {
  db: Database;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** The name under which this process leases items. */
  owner: string;
}

/** Far longer than any work takes: a lease that runs out means that its worker is dead. */
export const LEASE_MS = 30_000;
const PER_LOOK = 100;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/** One look at the queue (QUE-1): takes up what dead workers left, then what is due, type by type. Returns how much was done. */
export async function workQueue(
  deps: QueueDeps,
  handlers: readonly QueueHandler[],
): Promise<number> {
  let done = await reapLapsed(deps, handlers);
  for (const handler of handlers) {
    const { items, completed } = await claim(deps, handler);
    for (const item of items) await workOne(deps, handler, item);
    done += items.length + completed;
  }
  return done;
}

/** Begins what is due. What needs nothing is completed in the same transaction. */
async function claim(
  { db, clock, owner }: QueueDeps,
  { type, lastPriority, needWork }: QueueHandler,
): Promise<{ items: QueueItem[]; completed: number }> {
  return db.transaction(async (trx) => {
    const now = clock.now();
    const due = await lockDue(trx, { type, lastPriority, now, limit: PER_LOOK });
    if (due.length === 0) return { items: [], completed: 0 };
    const wanted = needWork ? await needWork(trx, due) : new Set(due.map(({ id }) => id));
    const items = due.filter(({ id }) => wanted.has(id));
    const idle = due.filter(({ id }) => !wanted.has(id)).map(({ id }) => id);
    await completeLocked(trx, idle, now);
    const until = new Date(now.getTime() + LEASE_MS);
    await lease(trx, items.map(({ id }) => id), { owner, until, now }); // prettier-ignore
    return {
      items: items.map((item) => ({ ...item, attempts: item.attempts + 1 })),
      completed: idle.length,
    };
  });
}

/** The lease was lost while the work was done: whoever has it now does it again, and this one's is taken back. */
class LeaseLost extends Error {}

async function workOne(deps: QueueDeps, handler: QueueHandler, item: QueueItem): Promise<void> {
  const { db, clock, owner, log } = deps;
  try {
    const obstacle = await db.transaction(async (trx) => {
      const text = await handler.work(trx, item);
      if (text !== null) return text;
      if (!(await completeOwn(trx, item.id, { owner, now: clock.now() }))) throw new LeaseLost();
      return null;
    });
    if (obstacle !== null) await fail(deps, handler, item, obstacle, owner);
  } catch (error) {
    if (error instanceof LeaseLost) return;
    log.warn({ err: error, queueItem: item.id, type: item.type }, 'work from the queue failed');
    await fail(deps, handler, item, error instanceof Error ? error.message : String(error), owner);
  }
}

/** Tried again after a growing pause, or set aside after its last attempt. */
async function fail(
  deps: QueueDeps,
  handler: QueueHandler,
  item: QueueItem,
  error: string,
  owner: string | null,
): Promise<void> {
  await deps.db.transaction((trx) => failIn(trx, deps, handler, item, { error, owner }));
}

async function failIn(
  trx: Transaction,
  { clock, ids }: Pick<QueueDeps, 'clock' | 'ids'>,
  handler: QueueHandler,
  item: QueueItem,
  { error, owner }: { error: string; owner: string | null },
): Promise<void> {
  const isLast = item.attempts >= item.maxAttempts;
  const retryAt = new Date(clock.now().getTime() + pauseMs(item.attempts, ids.random()));
  const isOurs = await giveBack(trx, item.id, { owner, error, retryAt: isLast ? null : retryAt });
  if (!isOurs) return;
  if (isLast) await handler.setAside(trx, item, error);
  else await handler.postponed(trx, item, retryAt);
}

/** Doubles with each attempt; half of it is jitter, so that what failed together does not come back together. */
export const pauseMs = (attempts: number, random: number): number => {
  const whole = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  return Math.round(whole / 2 + (whole / 2) * random);
};

/** An item that kills its worker each time has its attempts counted, too, and is set aside in the end. */
async function reapLapsed(deps: QueueDeps, handlers: readonly QueueHandler[]): Promise<number> {
  return deps.db.transaction(async (trx) => {
    const lapsed = await lockLapsed(trx, deps.clock.now(), PER_LOOK);
    for (const item of lapsed) {
      const handler = handlers.find(({ type }) => type === item.type);
      const failure = { error: 'the worker that had it did not come back', owner: null };
      if (handler) await failIn(trx, deps, handler, item, failure);
    }
    return lapsed.length;
  });
}
