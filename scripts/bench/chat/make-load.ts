import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../statistics';
import type { Customers } from './customers';
import { postWebhook } from './post-webhook';
import type { LoadOrder, LoadResult } from './protocol';

/** Replies that are still on their way when the time is over are waited for; what has not come by then is lost. */
const LAST_REPLIES_MS = 30_000;
const LOOK_EVERY_MS = 20;

/** A message that waits for its first reply. */
interface Open {
  dueAt: number;
  resolve: () => void;
}

/** What is measured while it happens. */
interface Watch {
  order: LoadOrder;
  url: URL;
  ackMs: number[];
  turnMs: number[];
  offered: number;
  refused: number;
  lastReplyAt: number;
}

export interface Load {
  run: (order: LoadOrder) => Promise<LoadResult>;
  /** The platform has a message for this person. */
  replied: (psid: string) => void;
}

/** Customers who write, and what the platform sees of the answers. `overlaps` counts requests that met at one person. */
export function createLoad(customers: Customers, overlaps: () => number): Load {
  const open = new Map<string, Open[]>();
  let watch: Watch | undefined;

  const replied = (psid: string): void => {
    const waiting = open.get(psid);
    const first = waiting?.shift();
    if (!first || !watch) return;
    if (waiting?.length === 0) open.delete(psid);
    watch.lastReplyAt = performance.now();
    watch.turnMs.push(watch.lastReplyAt - first.dueAt);
    first.resolve();
  };

  const send = async (to: Watch, dueAt: number): Promise<void> => {
    const { psid, message } = customers.next(to.order.mix, (one) => open.has(one));
    to.offered += 1;
    const reply = new Promise<void>((resolve) => {
      const waiting = open.get(psid) ?? [];
      waiting.push({ dueAt, resolve });
      open.set(psid, waiting);
    });
    const status = await postWebhook(to.url, psid, message);
    if (status === 200) to.ackMs.push(performance.now() - dueAt);
    else to.refused += 1;
    if (status === 200) await reply;
    else open.delete(psid);
  };

  const run = async (order: LoadOrder): Promise<LoadResult> => {
    const to: Watch = {
      order,
      url: new URL('/webhooks/messenger', order.url),
      ackMs: [],
      turnMs: [],
      offered: 0,
      refused: 0,
      lastReplyAt: 0,
    };
    watch = to;
    open.clear();
    const overlapsBefore = overlaps();
    const startedAt = performance.now();
    const { pace } = order;
    if ('perSecond' in pace)
      await openLoop(pace.perSecond, order.ms, (dueAt) => void send(to, dueAt));
    else await closedLoop(pace.customers, order.ms, () => send(to, performance.now()));
    const until = performance.now() + LAST_REPLIES_MS;
    while (open.size > 0 && performance.now() < until) await delay(LOOK_EVERY_MS);
    return {
      offered: to.offered,
      acknowledged: to.ackMs.length,
      answered: to.turnMs.length,
      refused: to.refused,
      overlaps: overlaps() - overlapsBefore,
      elapsedMs: to.lastReplyAt - startedAt,
      ackMs: spread(to.ackMs),
      turnMs: spread(to.turnMs),
    };
  };
  return { run, replied };
}

/**
 * Each message is sent when it is due, whether or not earlier ones are answered, and its time counts from when it was due: a
 * product that stalls is charged for everybody who had to wait.
 */
async function openLoop(
  perSecond: number,
  ms: number,
  send: (dueAt: number) => void,
): Promise<void> {
  const startedAt = performance.now();
  const total = Math.round((perSecond * ms) / 1_000);
  for (let sent = 0; sent < total;) {
    const dueAt = startedAt + (sent * 1_000) / perSecond;
    if (dueAt > performance.now()) await delay(1);
    else {
      send(dueAt);
      sent += 1;
    }
  }
}

/** Each customer writes again when the first reply has come: what can be handled at most. */
async function closedLoop(customers: number, ms: number, send: () => Promise<void>): Promise<void> {
  const endsAt = performance.now() + ms;
  const one = async (): Promise<void> => {
    while (performance.now() < endsAt) await send();
  };
  const all = Promise.all(Array.from({ length: customers }, one));
  // A reply that never comes must not hold the benchmark.
  await Promise.race([all, delay(ms + LAST_REPLIES_MS, undefined, { ref: false })]);
}

const spread = (values: readonly number[]) => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: values.reduce((most, value) => Math.max(most, value), 0),
});
