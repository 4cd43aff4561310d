import fc from 'fast-check';
import { createBatcher } from '../../src/lib/batcher';

/** A run that is under way until the test says how it ended. */
function controlled(maxItems = 100, maxRuns = 1) {
  const runs: {
    items: number[];
    succeed: () => Promise<void>;
    fail: (e: Error) => Promise<void>;
  }[] = [];
  // Two turns of the event loop: in the first a result comes back, in the second the next group begins.
  const settled = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  const batcher = createBatcher<number, string>(
    (items) =>
      new Promise((resolve, reject) => {
        runs.push({
          items,
          succeed: () => (resolve(items.map((item) => `r${item}`)), settled()),
          fail: (error) => (reject(error), settled()),
        });
      }),
    maxItems,
    undefined,
    maxRuns,
  );
  return { batcher, runs, settled, groups: () => runs.map(({ items }) => items) };
}

test('an item goes at the end of the turn in which it came when nothing is under way', async () => {
  const { batcher, runs, settled, groups } = controlled();
  const result = batcher.add(1);
  await settled();
  expect(groups()).toEqual([[1]]);
  await runs[0]!.succeed();
  expect(await result).toBe('r1');
});

test('items that come while one is under way go together afterwards, in their order', async () => {
  const { batcher, runs, settled, groups } = controlled();
  const first = batcher.add(1);
  await settled();
  const later = [2, 3, 4].map((item) => batcher.add(item));
  await settled();
  expect(groups()).toEqual([[1]]);
  await runs[0]!.succeed();
  expect(groups()).toEqual([[1], [2, 3, 4]]);
  await runs[1]!.succeed();
  expect(await Promise.all([first, ...later])).toEqual(['r1', 'r2', 'r3', 'r4']);
});

test('items that come in the same turn go together', async () => {
  const { batcher, settled, groups } = controlled();
  [1, 2, 3].forEach((item) => void batcher.add(item));
  await settled();
  expect(groups()).toEqual([[1, 2, 3]]);
});

test('where several may be under way, a full group does not wait, one that is not full does', async () => {
  const { batcher, runs, settled, groups } = controlled(2, 2);
  [1, 2, 3].forEach((item) => void batcher.add(item));
  await settled();
  expect(groups()).toEqual([[1, 2]]);
  [4, 5, 6].forEach((item) => void batcher.add(item));
  await settled();
  expect(groups()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  await runs[1]!.succeed();
  expect(groups()).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
});

test('it is idle again afterwards', async () => {
  const { batcher, runs, settled, groups } = controlled();
  void batcher.add(1);
  await settled();
  await runs[0]!.succeed();
  void batcher.add(2);
  await settled();
  expect(groups()).toEqual([[1], [2]]);
});

test('a group has at most the items that it may have', async () => {
  const { batcher, runs, settled, groups } = controlled(2);
  [1, 2, 3, 4, 5].forEach((item) => void batcher.add(item));
  await settled();
  for (let run = 0; run < 3; run += 1) await runs[run]!.succeed();
  expect(groups()).toEqual([[1, 2], [3, 4], [5]]);
});

test('one bad item does not take the others with it', async () => {
  const { batcher, runs, settled, groups } = controlled();
  const results = Promise.allSettled([2, 3, 4].map((item) => batcher.add(item)));
  await settled();
  const bad = new Error('3 is bad');
  await runs[0]!.fail(bad);
  await runs[1]!.succeed();
  await runs[2]!.fail(bad);
  await runs[3]!.succeed();
  expect(groups()).toEqual([[2, 3, 4], [2], [3], [4]]);
  expect(await results).toEqual([
    { status: 'fulfilled', value: 'r2' },
    { status: 'rejected', reason: bad },
    { status: 'fulfilled', value: 'r4' },
  ]);
});

test('an item that fails alone is not tried a second time', async () => {
  const { batcher, runs, settled } = controlled();
  const result = batcher.add(1);
  const rejection = expect(result).rejects.toThrow('away');
  await settled();
  await runs[0]!.fail(new Error('away'));
  await rejection;
  expect(runs).toHaveLength(1);
});

test('it goes on after a failure', async () => {
  const { batcher, runs, settled } = controlled();
  batcher.add(1).catch(() => undefined);
  await settled();
  const second = batcher.add(2);
  await runs[0]!.fail(new Error('away'));
  await runs[1]!.succeed();
  expect(await second).toBe('r2');
});

test('a run that throws before it waits is a failure like any other', async () => {
  const batcher = createBatcher<number, number>(() => {
    throw new Error('at once');
  }, 10);
  await expect(batcher.add(1)).rejects.toThrow('at once');
  await expect(batcher.add(2)).rejects.toThrow('at once');
});

test('whatever comes when, each item has its own result, in order, no more groups at a time than may be', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ waits: fc.boolean(), isBad: fc.boolean() }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 3 }),
      async (scheduler, items, maxItems, maxRuns) => {
        const handled: number[] = [];
        const begun: number[] = [];
        let atOnce = 0;
        const batcher = createBatcher<number, number>(
          async (group) => {
            expect(group.length).toBeLessThanOrEqual(maxItems);
            atOnce += 1;
            expect(atOnce).toBeLessThanOrEqual(maxRuns);
            begun.push(...group.filter((item) => !begun.includes(item)));
            await scheduler.schedule(Promise.resolve());
            atOnce -= 1;
            if (group.some((item) => items[item]!.isBad)) throw new Error(`bad ${group.join()}`);
            handled.push(...group);
            return group.map((item) => item * 2);
          },
          maxItems,
          undefined,
          maxRuns,
        );

        const results: Promise<number>[] = [];
        const adding = (async () => {
          for (const [index, { waits }] of items.entries()) {
            if (waits) await new Promise(setImmediate);
            const result = batcher.add(index);
            result.catch(() => undefined);
            results.push(result);
          }
        })();
        await runToEnd(
          scheduler,
          adding.then(() => Promise.allSettled(results)),
        );

        const outcomes = await Promise.allSettled(results);
        expect(outcomes).toEqual(
          items.map(({ isBad }, index) =>
            isBad
              ? { status: 'rejected', reason: new Error(`bad ${index}`) }
              : { status: 'fulfilled', value: index * 2 },
          ),
        );
        expect(begun).toEqual(items.map((_, index) => index));
        expect(handled.sort((a, b) => a - b)).toEqual(
          items.flatMap(({ isBad }, index) => (isBad ? [] : [index])),
        );
      },
    ),
  );
});

/** The scheduler decides what ends first; groups begin in turns of the event loop of their own. */
async function runToEnd(scheduler: fc.Scheduler, all: Promise<unknown>): Promise<void> {
  let isOver = false;
  void all.then(() => (isOver = true));
  while (!isOver) {
    if (scheduler.count() > 0) await scheduler.waitOne();
    await new Promise(setImmediate);
  }
}
