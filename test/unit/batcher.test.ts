import fc from 'fast-check';
import { createBatcher } from '../../src/lib/batcher';

/** A run that is under way until the test says how it ended. */
function controlled(maxItems = 100) {
  const runs: {
    items: number[];
    succeed: () => Promise<void>;
    fail: (e: Error) => Promise<void>;
  }[] = [];
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
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
  );
  return { batcher, runs, groups: () => runs.map(({ items }) => items) };
}

test('an item goes at once when nothing is under way', async () => {
  const { batcher, runs, groups } = controlled();
  const result = batcher.add(1);
  expect(groups()).toEqual([[1]]);
  await runs[0]!.succeed();
  expect(await result).toBe('r1');
});

test('items that come while one is under way go together afterwards, in their order', async () => {
  const { batcher, runs, groups } = controlled();
  const results = [1, 2, 3, 4].map((item) => batcher.add(item));
  expect(groups()).toEqual([[1]]);
  await runs[0]!.succeed();
  expect(groups()).toEqual([[1], [2, 3, 4]]);
  await runs[1]!.succeed();
  expect(await Promise.all(results)).toEqual(['r1', 'r2', 'r3', 'r4']);
});

test('it is idle again afterwards', async () => {
  const { batcher, runs, groups } = controlled();
  void batcher.add(1);
  await runs[0]!.succeed();
  void batcher.add(2);
  expect(groups()).toEqual([[1], [2]]);
});

test('a group has at most the items that it may have', async () => {
  const { batcher, runs, groups } = controlled(2);
  [1, 2, 3, 4, 5, 6].forEach((item) => void batcher.add(item));
  for (let run = 0; run < 4; run += 1) await runs[run]!.succeed();
  expect(groups()).toEqual([[1], [2, 3], [4, 5], [6]]);
});

test('one bad item does not take the others with it', async () => {
  const { batcher, runs, groups } = controlled();
  const results = Promise.allSettled([1, 2, 3, 4].map((item) => batcher.add(item)));
  await runs[0]!.succeed();
  const bad = new Error('3 is bad');
  await runs[1]!.fail(bad);
  await runs[2]!.succeed();
  await runs[3]!.fail(bad);
  await runs[4]!.succeed();
  expect(groups()).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
  expect(await results).toEqual([
    { status: 'fulfilled', value: 'r1' },
    { status: 'fulfilled', value: 'r2' },
    { status: 'rejected', reason: bad },
    { status: 'fulfilled', value: 'r4' },
  ]);
});

test('an item that fails alone is not tried a second time', async () => {
  const { batcher, runs } = controlled();
  const result = batcher.add(1);
  const rejection = expect(result).rejects.toThrow('away');
  await runs[0]!.fail(new Error('away'));
  await rejection;
  expect(runs).toHaveLength(1);
});

test('it goes on after a failure', async () => {
  const { batcher, runs } = controlled();
  batcher.add(1).catch(() => undefined);
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

test('whatever comes when, each item has its own result, in order, one group at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ waits: fc.boolean(), isBad: fc.boolean() }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      async (scheduler, items, maxItems) => {
        const handled: number[] = [];
        let atOnce = 0;
        const batcher = createBatcher<number, number>(async (group) => {
          expect(group.length).toBeLessThanOrEqual(maxItems);
          atOnce += 1;
          expect(atOnce).toBe(1);
          await scheduler.schedule(Promise.resolve());
          atOnce -= 1;
          if (group.some((item) => items[item]!.isBad)) throw new Error(`bad ${group.join()}`);
          handled.push(...group);
          return group.map((item) => item * 2);
        }, maxItems);

        const results: Promise<number>[] = [];
        const adding = (async () => {
          for (const [index, { waits }] of items.entries()) {
            if (waits) await scheduler.schedule(Promise.resolve());
            const result = batcher.add(index);
            result.catch(() => undefined);
            results.push(result);
          }
        })();
        await scheduler.waitFor(adding.then(() => Promise.allSettled(results)));

        const outcomes = await Promise.allSettled(results);
        expect(outcomes).toEqual(
          items.map(({ isBad }, index) =>
            isBad
              ? { status: 'rejected', reason: new Error(`bad ${index}`) }
              : { status: 'fulfilled', value: index * 2 },
          ),
        );
        expect(handled).toEqual(items.flatMap(({ isBad }, index) => (isBad ? [] : [index])));
      },
    ),
  );
});
