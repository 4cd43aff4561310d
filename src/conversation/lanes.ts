import type { Log } from '../lib/log';
import type { GroupOutcomes, LaneOutcome } from './lane-outcome';

export interface Lanes {
  /** Says that something new has come for this lane. Cheap, and harmless when wrong. */
  wake(lane: string): void;
  /** Says that this lane has work, new or old: one that somebody is at already needs no second look. */
  find(lane: string): void;
  /** Takes no more work and waits for the turns in flight. */
  stop(): Promise<void>;
}

export interface LaneWork {
  /** Handles the next messages of several lanes together, as far as they can be. */
  handleTogether(lanes: readonly string[]): Promise<GroupOutcomes>;
  /** Handles the next message of one lane. */
  handleNext(lane: string): Promise<LaneOutcome>;
}

/** A lane that another instance holds is looked at again this soon; after the last look the poller takes over. */
const BUSY_RETRY_MS = 30;
const BUSY_RETRIES = 10;
/** Lanes in one group: beyond that the statements that they share are no longer what costs. */
const GROUP_SIZE = 24;
/** While one group waits for the disk, another one computes. */
const GROUPS_AT_ONCE = 2;

/** A lane that somebody of this process is at. */
interface Active {
  /** It was woken meanwhile. */
  again: boolean;
  busyLooks: number;
}

/**
 * Runs lanes side by side, each lane one message at a time (G-3). Within an instance this map does it; across instances the
 * row lock that the turn takes. Nothing here is needed for correctness: it may be lost at any instant, and polling finds
 * the work again. A lane that is woken goes into the next group; what has to have a transaction of its own gets one, `maxAlone` at once.
 */
export function createLanes(work: LaneWork, maxAlone: number, log: Log): Lanes {
  const active = new Map<string, Active>();
  const ready = new Set<string>();
  const alone = new Set<string>();
  let groups = 0;
  let singles = 0;
  let isStartDue = false;
  let isStopping = false;
  let whenQuiet: (() => void) | undefined;

  const wake = (lane: string): void => {
    const own = active.get(lane);
    if (own) own.again = true;
    else find(lane);
  };

  const find = (lane: string): void => {
    if (isStopping || active.has(lane)) return;
    active.set(lane, { again: false, busyLooks: 0 });
    enqueue(lane);
  };

  const enqueue = (lane: string): void => {
    ready.add(lane);
    if (isStartDue) return;
    isStartDue = true;
    // At the end of this turn of the event loop: messages that were stored together are woken together.
    setImmediate(start);
  };

  const start = (): void => {
    isStartDue = false;
    while (!isStopping && ready.size > 0 && groups < GROUPS_AT_ONCE) {
      const lanes = take(ready, GROUP_SIZE);
      groups += 1;
      void runGroup(lanes).finally(() => {
        groups -= 1;
        goOn();
      });
    }
    while (!isStopping && alone.size > 0 && singles < maxAlone) {
      const [lane = ''] = take(alone, 1);
      singles += 1;
      void runAlone(lane).finally(() => {
        singles -= 1;
        goOn();
      });
    }
  };

  const goOn = (): void => {
    start();
    if (isStopping && groups + singles === 0) whenQuiet?.();
  };

  const runGroup = async (lanes: readonly string[]): Promise<void> => {
    for (const lane of lanes) active.get(lane)!.again = false;
    const outcomes = await work.handleTogether(lanes).catch(stopped);
    for (const lane of lanes) settle(lane, outcomes?.get(lane) ?? 'failed');
  };

  const runAlone = async (lane: string): Promise<void> => {
    active.get(lane)!.again = false;
    settle(lane, (await work.handleNext(lane).catch(stopped)) ?? 'failed');
  };

  const stopped = (error: unknown): undefined => {
    log.error({ err: error }, 'a lane stopped unexpectedly; polling will take it up again');
  };

  const settle = (lane: string, outcome: LaneOutcome | 'alone'): void => {
    const own = active.get(lane)!;
    if (outcome === 'alone') alone.add(lane);
    else if (outcome === 'busy' && own.busyLooks < BUSY_RETRIES && !isStopping) {
      own.busyLooks += 1;
      setTimeout(() => enqueue(lane), BUSY_RETRY_MS);
    } else if (outcome === 'more' || (own.again && outcome !== 'failed')) {
      own.busyLooks = 0;
      enqueue(lane);
    } else active.delete(lane);
  };

  return {
    wake,
    find,
    stop: () => {
      isStopping = true;
      return groups + singles === 0
        ? Promise.resolve()
        : new Promise((resolve) => (whenQuiet = resolve));
    },
  };
}

function take(from: Set<string>, count: number): string[] {
  const taken: string[] = [];
  for (const lane of from) {
    if (taken.length >= count) break;
    taken.push(lane);
  }
  for (const lane of taken) from.delete(lane);
  return taken;
}
