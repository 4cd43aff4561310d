import { createPoller } from '../../src/lib/poller';
import { createLog } from '../../src/lib/log';

const EVERY_MS = 1000;
const log = createLog('silent');
const pollerOf = (work: () => Promise<number>) => createPoller('test', work, EVERY_MS, log);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** Work that gives these counts, one after the other, and then nothing. */
const counting = (...counts: number[]) => jest.fn(() => Promise.resolve(counts.shift() ?? 0));

/** Work that is under way until the test ends it. */
function controlled() {
  const ends: ((count: number) => Promise<void>)[] = [];
  const work = jest.fn(
    () =>
      new Promise<number>((resolve) => {
        ends.push((count) => (resolve(count), pass(0)));
      }),
  );
  return { work, ends };
}

test('the work is done at once, and then every interval', async () => {
  const work = counting();
  const poller = pollerOf(work);
  poller.start();
  expect(work).toHaveBeenCalledTimes(1);
  await pass(EVERY_MS - 1);
  expect(work).toHaveBeenCalledTimes(1);
  await pass(1);
  expect(work).toHaveBeenCalledTimes(2);
  await pass(EVERY_MS * 3);
  expect(work).toHaveBeenCalledTimes(5);
  await poller.stop();
});

test('there is no pause as long as there is work', async () => {
  const work = counting(10, 10, 3, 0);
  const poller = pollerOf(work);
  poller.start();
  await pass(0);
  expect(work).toHaveBeenCalledTimes(4);
  await poller.stop();
});

test('it works at once when it is woken, and the interval begins again', async () => {
  const work = counting();
  const poller = pollerOf(work);
  poller.start();
  await pass(EVERY_MS - 1);
  poller.wake();
  expect(work).toHaveBeenCalledTimes(2);
  await pass(EVERY_MS - 1);
  expect(work).toHaveBeenCalledTimes(2);
  await pass(1);
  expect(work).toHaveBeenCalledTimes(3);
  await poller.stop();
});

test('who wakes it while it works is not forgotten, and does not make it work twice at once', async () => {
  const { work, ends } = controlled();
  const poller = pollerOf(work);
  poller.start();
  [1, 2, 3].forEach(() => poller.wake());
  expect(work).toHaveBeenCalledTimes(1);
  await ends[0]!(0);
  expect(work).toHaveBeenCalledTimes(2);
  await ends[1]!(0);
  expect(work).toHaveBeenCalledTimes(2);
  await poller.stop();
});

test.each([0, 1, 2, 3, 4, 5, 6])(
  'a wake %d steps after the end of the work is not forgotten',
  async (steps) => {
    let seen = 0;
    let wakes = 0;
    const poller = pollerOf(async () => {
      seen = wakes;
      if (wakes === 0) {
        void (async () => {
          for (let step = 0; step < steps; step += 1) await Promise.resolve();
          wakes += 1;
          poller.wake();
        })();
      }
      return Promise.resolve(0);
    });
    poller.start();
    await pass(0);
    expect(seen).toBe(1);
    await poller.stop();
  },
);

test('a look that fails is followed by another one', async () => {
  const work = jest
    .fn<Promise<number>, []>()
    .mockRejectedValueOnce(new Error('the database is away'))
    .mockImplementationOnce(() => {
      throw new Error('at once');
    })
    .mockResolvedValue(0);
  const poller = pollerOf(work);
  poller.start();
  await pass(EVERY_MS);
  expect(work).toHaveBeenCalledTimes(2);
  await pass(EVERY_MS);
  expect(work).toHaveBeenCalledTimes(3);
  await poller.stop();
});

test('it does nothing before it is started', async () => {
  const work = counting();
  pollerOf(work).wake();
  await pass(EVERY_MS * 2);
  expect(work).not.toHaveBeenCalled();
});

test('stopping waits for the work under way and begins no other', async () => {
  const { work, ends } = controlled();
  const poller = pollerOf(work);
  poller.start();
  poller.wake();
  let isStopped = false;
  const stopped = poller.stop().then(() => (isStopped = true));
  poller.wake();
  await pass(0);
  expect(isStopped).toBe(false);
  await ends[0]!(5);
  await stopped;
  poller.wake();
  await pass(EVERY_MS * 2);
  expect(work).toHaveBeenCalledTimes(1);
  expect(jest.getTimerCount()).toBe(0);
});

test('it can be started again', async () => {
  const work = counting();
  const poller = pollerOf(work);
  poller.start();
  await pass(0);
  await poller.stop();
  poller.start();
  expect(work).toHaveBeenCalledTimes(2);
  await pass(EVERY_MS);
  expect(work).toHaveBeenCalledTimes(3);
  await poller.stop();
});
