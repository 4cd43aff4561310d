import type { Log } from '../lib/log';

/** What became of one look at a lane. */
export type LaneOutcome =
  /** A message was handled; there may be another. */
  | 'handled'
  /** Nothing (more) to do, or not yet due. */
  | 'idle'
  /** Another instance holds the lane. */
  | 'busy'
  /** The database is away, or the turn failed and will be tried again when it is due. */
  | 'failed';

export interface Lanes {
  /** Says that this lane may have work. Cheap, and harmless when wrong. */
  wake(lane: string): void;
  /** Takes no more work and waits for the turns in flight. */
  stop(): Promise<void>;
}

/** A lane that another instance holds is looked at again this soon; after the last look the poller takes over. */
const BUSY_RETRY_MS = 30;
const BUSY_RETRIES = 10;

/**
 * Runs lanes side by side, each lane one message at a time (G-3). Within an instance this map does it; across instances the
 * row lock that the turn takes. Nothing here is needed for correctness: it may be lost at any instant, and polling finds
 * the work again.
 */
export function createLanes(
  handleNext: (lane: string) => Promise<LaneOutcome>,
  maxAtOnce: number,
  log: Log,
): Lanes {
  const running = new Map<string, { again: boolean }>();
  const waiting = new Set<string>();
  let isStopping = false;
  let whenQuiet: (() => void) | undefined;

  const wake = (lane: string): void => {
    const active = running.get(lane);
    if (active) active.again = true;
    else if (isStopping) return;
    else if (running.size >= maxAtOnce) waiting.add(lane);
    else void run(lane);
  };

  const run = async (lane: string): Promise<void> => {
    const active = { again: false };
    waiting.delete(lane);
    running.set(lane, active);
    let busy = 0;
    try {
      while (!isStopping) {
        active.again = false;
        const outcome = await handleNext(lane);
        if (outcome === 'handled') continue;
        if (outcome === 'busy' && busy < BUSY_RETRIES) {
          busy += 1;
          await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS));
          continue;
        }
        if (!active.again || outcome === 'failed') break;
      }
    } catch (error) {
      log.error({ err: error }, 'a lane stopped unexpectedly; polling will take it up again');
    } finally {
      running.delete(lane);
      startWaiting();
    }
  };

  const startWaiting = (): void => {
    for (const lane of waiting) {
      if (isStopping || running.size >= maxAtOnce) break;
      void run(lane);
    }
    if (isStopping && running.size === 0) whenQuiet?.();
  };

  return {
    wake,
    stop: () => {
      isStopping = true;
      waiting.clear();
      return running.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => (whenQuiet = resolve));
    },
  };
}
