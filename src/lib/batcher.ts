/**
 * Group commit: while one group is with the database, whoever comes next is gathered, and goes as one group when it is
 * back. Idle, an item goes at the end of this turn of the event loop, with whatever came in the same turn; busy, one round trip and
 * one disk write serve many. Order of arrival is kept.
 */
export interface Batcher<Item, Result> {
  add(item: Item): Promise<Result>;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * `run` handles a group and gives one result per item, in order; if it throws, the items are run one by one, unless the error
 * is nobody's in particular (`isEverybodys`): with the database away, one after the other would only wait longer.
 * With `maxRuns` above 1, a group that is full does not wait for the one under way.
 */
export function createBatcher<Item, Result>(
  run: (items: Item[]) => Promise<Result[]>,
  maxItems: number,
  isEverybodys: (error: unknown) => boolean = () => false,
  maxRuns = 1,
): Batcher<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let isLookDue = false;
  let runs = 0;

  const mayStart = () =>
    runs === 0 ? waiting.length > 0 : runs < maxRuns && waiting.length >= maxItems;

  const start = () => {
    isLookDue = false;
    while (mayStart()) {
      const group = waiting.slice(0, maxItems);
      waiting = waiting.slice(group.length);
      runs += 1;
      void settle(group, run, isEverybodys).finally(() => {
        runs -= 1;
        look();
      });
    }
  };
  // At the end of the turn: results that come back together often bring their successors together.
  const look = () => {
    if (isLookDue || !mayStart()) return;
    isLookDue = true;
    setImmediate(start);
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        look();
      }),
  };
}

async function settle<Item, Result>(
  group: Waiting<Item, Result>[],
  run: (items: Item[]) => Promise<Result[]>,
  isEverybodys: (error: unknown) => boolean,
): Promise<void> {
  try {
    const results = await run(group.map(({ item }) => item));
    group.forEach(({ resolve }, index) => resolve(results[index] as Result));
  } catch (error) {
    if (group.length === 1 || isEverybodys(error))
      return group.forEach(({ reject }) => reject(error));
    // One bad item must not take the others with it.
    for (const one of group) await settle([one], run, isEverybodys);
  }
}
