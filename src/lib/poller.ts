import type { Log } from './log';

/** A bounded piece of work, done again and again: at once when woken, and every `intervalMs` otherwise. */
export interface Poller {
  start(): void;
  wake(): void;
  stop(): Promise<void>;
}

/** `work` returns how much it did; as long as it did something it is called again without a pause. */
export function createPoller(
  name: string,
  work: () => Promise<number>,
  intervalMs: number,
  log: Log,
): Poller {
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;
  let isStarted = false;
  let isWanted = false;

  const round = async (): Promise<void> => {
    do {
      isWanted = false;
      try {
        while (isStarted && (await work()) > 0);
      } catch (error) {
        log.warn({ err: error, poller: name }, 'a look for work failed; there will be another');
      }
    } while (isWanted && isStarted);
  };

  const run = (): void => {
    if (!isStarted) return;
    if (current) {
      isWanted = true;
      return;
    }
    clearTimeout(timer);
    current = round().finally(() => {
      current = undefined;
      // Woken between the end of the round and now.
      if (isWanted) run();
      else if (isStarted) timer = setTimeout(run, intervalMs);
    });
  };

  return {
    start: () => {
      isStarted = true;
      run();
    },
    wake: run,
    stop: async () => {
      isStarted = false;
      clearTimeout(timer);
      await current;
    },
  };
}
