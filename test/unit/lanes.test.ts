import fc from 'fast-check';
import type { LaneOutcome } from '../../src/conversation/lane-outcome';
import { createLanes, type LaneWork } from '../../src/conversation/lanes';
import { createLog } from '../../src/lib/log';

const log = createLog('silent');

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());
/** Lets everything go on that waits for no timer. */
const settle = () => jest.advanceTimersByTimeAsync(0);

/** Every lane wants a transaction of its own. */
const everybodyAlone: LaneWork['handleTogether'] = (lanes) =>
  Promise.resolve(new Map(lanes.map((lane) => [lane, 'alone'])));

/** Looks at single lanes that are under way until the test says what became of them. */
function controlled(maxAlone = 10) {
  const looks: { lane: string; end: (outcome: LaneOutcome | Error) => Promise<void> }[] = [];
  const handleNext = (lane: string) =>
    new Promise<LaneOutcome>((resolve, reject) => {
      looks.push({
        lane,
        end: (outcome) => {
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
          return settle();
        },
      });
    });
  const lanes = createLanes({ handleTogether: everybodyAlone, handleNext }, maxAlone, log);
  return { lanes, looks, seen: () => looks.map(({ lane }) => lane) };
}

/** Looks that end at once, with these outcomes one after the other, and then with the last one. */
function scripted(...outcomes: LaneOutcome[]) {
  const look = jest.fn((lanes: readonly string[]) => {
    const outcome = outcomes.length > 1 ? outcomes.shift()! : outcomes[0]!;
    return Promise.resolve(new Map(lanes.map((lane) => [lane, outcome])));
  });
  const handleNext = () => Promise.reject(new Error('nothing is to be done alone'));
  return { lanes: createLanes({ handleTogether: look, handleNext }, 10, log), look };
}

/** Groups that are under way until the test ends them. */
function grouped() {
  const groups: { lanes: readonly string[]; end: (outcome: LaneOutcome) => Promise<void> }[] = [];
  const handleTogether: LaneWork['handleTogether'] = (lanes) =>
    new Promise((resolve) => {
      groups.push({
        lanes,
        end: (outcome) => {
          resolve(new Map(lanes.map((lane) => [lane, outcome])));
          return settle();
        },
      });
    });
  const handleNext = () => Promise.reject(new Error('nothing is to be done alone'));
  return { lanes: createLanes({ handleTogether, handleNext }, 10, log), groups };
}

test('a lane is looked at as soon as it is woken', async () => {
  const { lanes, look } = scripted('idle');
  lanes.wake('a');
  await settle();
  expect(look.mock.calls).toEqual([[['a']]]);
});

test('a lane is looked at again until it has nothing more to do', async () => {
  const { lanes, look } = scripted('more', 'more', 'handled');
  lanes.wake('a');
  await settle();
  expect(look).toHaveBeenCalledTimes(3);
});

test('lanes that are woken together are handled together', async () => {
  const { lanes, groups } = grouped();
  ['a', 'b', 'c', 'a'].forEach((lane) => lanes.wake(lane));
  await settle();
  expect(groups.map((group) => group.lanes)).toEqual([['a', 'b', 'c']]);
});

test('what comes while groups are under way is gathered, and goes together', async () => {
  const { lanes, groups } = grouped();
  for (const lane of ['a', 'b', 'c', 'd']) {
    lanes.wake(lane);
    await settle();
  }
  expect(groups.map((group) => group.lanes)).toEqual([['a'], ['b']]);
  await groups[0]!.end('handled');
  expect(groups.map((group) => group.lanes)).toEqual([['a'], ['b'], ['c', 'd']]);
});

test('a lane that wants to be alone is handled beside the groups', async () => {
  const { lanes, seen } = controlled();
  ['a', 'b', 'c'].forEach((lane) => lanes.wake(lane));
  await settle();
  expect(seen()).toEqual(['a', 'b', 'c']);
});

test('a lane that is woken while it runs does not run twice at once, but once more', async () => {
  const { lanes, looks, seen } = controlled();
  lanes.wake('a');
  await settle();
  ['a', 'a'].forEach((lane) => lanes.wake(lane));
  await settle();
  expect(seen()).toEqual(['a']);
  await looks[0]!.end('idle');
  expect(seen()).toEqual(['a', 'a']);
  await looks[1]!.end('idle');
  expect(seen()).toEqual(['a', 'a']);
});

test('a lane that is found while somebody is at it is not looked at once more', async () => {
  const { lanes, looks, seen } = controlled();
  lanes.find('a');
  await settle();
  expect(seen()).toEqual(['a']);
  lanes.find('a');
  await looks[0]!.end('handled');
  expect(seen()).toEqual(['a']);
  lanes.find('a');
  await settle();
  expect(seen()).toEqual(['a', 'a']);
});

test('no more lanes run alone at once than may, and the others follow in order', async () => {
  const { lanes, looks, seen } = controlled(2);
  ['a', 'b', 'c', 'd', 'c'].forEach((lane) => lanes.wake(lane));
  await settle();
  expect(seen()).toEqual(['a', 'b']);
  await looks[1]!.end('idle');
  expect(seen()).toEqual(['a', 'b', 'c']);
  await looks[0]!.end('idle');
  expect(seen()).toEqual(['a', 'b', 'c', 'd']);
  await looks[2]!.end('idle');
  await looks[3]!.end('idle');
  expect(seen()).toHaveLength(4);
});

test('a lane that has failed waits for the poller, even when it was woken', async () => {
  const { lanes, looks, seen } = controlled();
  lanes.wake('a');
  await settle();
  lanes.wake('a');
  await looks[0]!.end('failed');
  expect(seen()).toEqual(['a']);
  lanes.wake('a');
  await settle();
  expect(seen()).toEqual(['a', 'a']);
});

test('a look that throws ends only its lane', async () => {
  const { lanes, looks, seen } = controlled(1);
  ['a', 'b'].forEach((lane) => lanes.wake(lane));
  await settle();
  await looks[0]!.end(new Error('unexpected'));
  expect(seen()).toEqual(['a', 'b']);
  await looks[1]!.end('idle');
  lanes.wake('a');
  await settle();
  expect(seen()).toEqual(['a', 'b', 'a']);
});

describe('a lane that another instance holds', () => {
  test('is looked at again a little later', async () => {
    const { lanes, look } = scripted('busy', 'idle');
    lanes.wake('a');
    await settle();
    expect(look).toHaveBeenCalledTimes(1);
    await jest.runAllTimersAsync();
    expect(look).toHaveBeenCalledTimes(2);
  });

  test('is left to the poller when it stays busy', async () => {
    const { lanes, look } = scripted('busy');
    lanes.wake('a');
    await jest.runAllTimersAsync();
    const looks = look.mock.calls.length;
    expect(looks).toBeGreaterThan(1);
    expect(looks).toBeLessThanOrEqual(20);
    expect(jest.getTimerCount()).toBe(0);
    lanes.wake('a');
    await settle();
    expect(look.mock.calls.length).toBeGreaterThan(looks);
    await jest.runAllTimersAsync();
  });

  test('is not looked at any more after stop', async () => {
    const { lanes, look } = scripted('busy');
    lanes.wake('a');
    await settle();
    const stopped = lanes.stop();
    await jest.runAllTimersAsync();
    await stopped;
    expect(look).toHaveBeenCalledTimes(1);
  });
});

describe('stopping', () => {
  test('is immediate when nothing runs', async () => {
    await expect(controlled().lanes.stop()).resolves.toBeUndefined();
  });

  test('waits for the looks under way, and takes no more work', async () => {
    const { lanes, looks, seen } = controlled(2);
    ['a', 'b', 'waiting'].forEach((lane) => lanes.wake(lane));
    await settle();
    let isStopped = false;
    const stopped = lanes.stop().then(() => (isStopped = true));
    ['a', 'new'].forEach((lane) => lanes.wake(lane));
    await looks[0]!.end('handled');
    expect(isStopped).toBe(false);
    await looks[1]!.end('idle');
    await stopped;
    expect(seen()).toEqual(['a', 'b']);
  });
});

test('whoever wakes what and when, no lane runs twice at once and no wake is lost', async () => {
  jest.useRealTimers();
  const lane = fc.constantFrom('a', 'b', 'c', 'd');
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(lane, { minLength: 1, maxLength: 25 }),
      // What a look itself wakes: at its beginning and at its end.
      fc.array(fc.tuple(fc.option(lane), fc.option(lane)), { maxLength: 10 }),
      fc.integer({ min: 1, max: 4 }),
      async (scheduler, wakes, fromInside, maxAlone) => {
        const loners = new Set(['b', 'd']);
        const running = new Set<string>();
        /** Work that has come in and that no look has begun to see. */
        const open = new Map<string, number>();
        let total = 0;
        const wake = (name: string) => {
          open.set(name, (open.get(name) ?? 0) + 1);
          total += 1;
          lanes.wake(name);
        };
        let alone = 0;
        const handle = async (name: string): Promise<LaneOutcome> => {
          expect(running.has(name)).toBe(false);
          running.add(name);
          const [atStart, atEnd] = fromInside.shift() ?? [];
          if (atStart) wake(atStart);
          const mine = open.get(name) ?? 0;
          await scheduler.schedule(Promise.resolve());
          if (atEnd) wake(atEnd);
          running.delete(name);
          if (mine === 0) return 'idle';
          open.set(name, open.get(name)! - 1);
          return mine > 1 ? 'more' : 'handled';
        };
        const lanes = createLanes(
          {
            handleTogether: async (names) => {
              const outcomes = names.map(
                async (name) =>
                  [name, loners.has(name) ? ('alone' as const) : await handle(name)] as const,
              );
              return new Map(await Promise.all(outcomes));
            },
            handleNext: async (name) => {
              alone += 1;
              expect(alone).toBeLessThanOrEqual(maxAlone);
              const outcome = await handle(name);
              alone -= 1;
              return outcome;
            },
          },
          maxAlone,
          log,
        );
        await scheduler.waitFor(
          (async () => {
            for (const name of wakes) {
              await scheduler.schedule(Promise.resolve());
              wake(name);
            }
          })(),
        );
        for (;;) {
          await scheduler.waitIdle();
          await new Promise((resolve) => setImmediate(resolve));
          if (scheduler.count() === 0) break;
        }
        expect(total).toBeGreaterThan(0);
        expect([...open.values()].every((count) => count === 0)).toBe(true);
        await lanes.stop();
      },
    ),
  );
});
