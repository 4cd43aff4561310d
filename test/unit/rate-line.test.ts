import { CHUNK_MS, createRateLine, SHARE, type RateLineDeps } from '../../src/outgoing/rate-line';

/** A time line that instances share, and a clock that only the test moves. */
function world() {
  let now = 1_000_000;
  let busyUntil = 0;
  let statements = 0;
  const timers: { at: number; then: () => void }[] = [];
  const deps: RateLineDeps = {
    now: () => now,
    reserve: (ms) => {
      statements += 1;
      busyUntil = Math.max(busyUntil, now) + ms;
      return Promise.resolve(busyUntil);
    },
    later: (ms, then) => timers.push({ at: now + ms, then }),
  };
  const settle = async () => {
    for (let n = 0; n < 20; n += 1) await Promise.resolve();
  };
  const forward = async (ms: number) => {
    const end = now + ms;
    for (;;) {
      const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      timers.splice(timers.indexOf(next), 1);
      now = Math.max(now, next.at);
      next.then();
      await settle();
    }
    now = end;
  };
  return { deps, settle, forward, statements: () => statements, now: () => now };
}

const MS = 1000 / 300 / SHARE;

test('the first messages go at once and cost no statement', () => {
  const { deps, statements } = world();
  const line = createRateLine(deps, 0);
  for (let n = 0; n < 4; n += 1) expect(line.take(MS)).toBe(true);
  expect(statements()).toBe(0);
});

test('whoever sends now and then never waits', async () => {
  const { deps, forward, settle, statements } = world();
  const line = createRateLine(deps, 0);
  for (let n = 0; n < 500; n += 1) {
    expect(line.take(MS)).toBe(true);
    await settle();
    await forward(50);
  }
  // One for each chunk of about eight messages.
  expect(statements()).toBeLessThan(100);
});

test.each([1, 2, 3, 8])('%d instances keep together to the 300 a second', async (count) => {
  const { deps, forward, settle, now } = world();
  const sent: number[] = [];
  const lines = Array.from({ length: count }, () => createRateLine(deps, 0));
  for (let n = 0; n < 4_000; n += 1) {
    const taken = lines[n % count]!.take(MS);
    if (taken === true) sent.push(now());
    else void taken.then((mayGo) => mayGo && sent.push(now()));
  }
  for (let second = 0; second < 10; second += 1) {
    await settle();
    await forward(1_000);
  }
  const start = 1_000_000;
  const within = (from: number, to: number) =>
    sent.filter((at) => at >= start + from && at < start + to).length;
  // In each second the limit, at the beginning what each instance has in hand more.
  const inHand = count * 2 * Math.ceil(CHUNK_MS / MS);
  expect(within(0, 1_000)).toBeLessThanOrEqual(300 * SHARE + inHand + 1);
  for (let from = 1_000; from < 9_000; from += 500)
    expect(within(from, from + 1_000)).toBeLessThanOrEqual(300);
  expect(within(0, 10_000)).toBeGreaterThan(300 * SHARE * 10 * 0.95);
});

test('those who wait go in the order in which they came', async () => {
  const { deps, forward, settle } = world();
  const line = createRateLine(deps, 0);
  const order: number[] = [];
  for (let n = 0; n < 50; n += 1) {
    const taken = line.take(MS);
    if (taken === true) order.push(n);
    else void taken.then(() => order.push(n));
  }
  await settle();
  await forward(1_000);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).toHaveLength(50);
});

test('a long queue says that it is one', async () => {
  const { deps, settle } = world();
  const line = createRateLine(deps, 0);
  expect(line.isReady()).toBe(true);
  for (let n = 0; n < 400; n += 1) void line.take(MS);
  await settle();
  expect(line.isReady()).toBe(false);
});

test('where the platform has a queue of its own, a minute of messages goes at once', async () => {
  const { deps, settle } = world();
  const line = createRateLine(deps, 60_000);
  const second = 1_000;
  let atOnce = 0;
  for (let n = 0; n < 100; n += 1) {
    void Promise.resolve(line.take(second)).then(() => (atOnce += 1));
    await settle();
  }
  expect(atOnce).toBeGreaterThanOrEqual(60);
  expect(atOnce).toBeLessThanOrEqual(62);
});

test('who waits when we stop does not send', async () => {
  const { deps } = world();
  const line = createRateLine(deps, 0);
  const taken = Array.from({ length: 20 }, () => line.take(MS));
  line.close();
  expect(await taken.at(-1)).toBe(false);
  expect(await line.take(MS)).toBe(false);
});

test('a statement that fails is made again, and nobody waits for ever', async () => {
  const { deps, forward, settle } = world();
  let fails = 3;
  const reserve = (ms: number) =>
    fails-- > 0 ? Promise.reject(new Error('away')) : deps.reserve(ms);
  const line = createRateLine({ ...deps, reserve }, 0);
  const taken = Array.from({ length: 20 }, () => line.take(MS));
  await settle();
  await forward(1_000);
  const all = await Promise.all(taken.map((one) => Promise.resolve(one)));
  expect(all).toEqual(Array.from({ length: 20 }, () => true));
});
