import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../lib/log';
import type { InboundEvent } from '../inbound';

/** Keeps what the browser has told until it is in the inbox: WhatsApp Web tells it only once. */
export interface Intake {
  add(event: InboundEvent, receivedAt: Date): void;
  /** When the oldest that is not stored yet was told; undefined when all is stored. */
  oldestWaiting(): Date | undefined;
  /** Resolves when all is stored, or when the time is up. */
  drained(limitMs: number): Promise<void>;
}

interface Waiting {
  event: InboundEvent;
  receivedAt: Date;
}

const AT_ONCE = 100;
const TRY_AGAIN_MS = 500;
/** Hours of a busy shop with its database away; beyond it the process would be in danger. */
const MAX_WAITING = 20_000;

/** Stores in the order of arrival, and tries until the database takes it. */
export function createIntake(
  store: (events: InboundEvent[], receivedAt: Date) => Promise<void>,
  log: Log,
): Intake {
  const waiting: Waiting[] = [];
  let current: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    for (;;) {
      const [first] = waiting;
      if (!first) return;
      const group = waiting.slice(0, AT_ONCE);
      try {
        await store(
          group.map(({ event }) => event),
          first.receivedAt,
        );
        waiting.splice(0, group.length);
      } catch (error) {
        log.warn({ err: error, waiting: waiting.length }, 'WhatsApp Web: not stored yet');
        await delay(TRY_AGAIN_MS);
      }
    }
  };

  return {
    add: (event, receivedAt) => {
      if (waiting.length >= MAX_WAITING) {
        log.error(
          'WhatsApp Web: too much waits for the database; what comes now is asked for again later',
        );
        return;
      }
      waiting.push({ event, receivedAt });
      current ??= run().finally(() => {
        current = undefined;
      });
    },
    oldestWaiting: () => waiting[0]?.receivedAt,
    drained: async (limitMs) => {
      const timeout = new AbortController();
      await Promise.race([
        current,
        delay(limitMs, undefined, { signal: timeout.signal }).catch(() => undefined),
      ]);
      timeout.abort();
    },
  };
}
