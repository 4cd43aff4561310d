import { openDatabase } from '../../src/db/database';
import { createRateLine } from '../../src/outgoing/rate-line';
import { holdTime, reserveTime } from '../../src/outgoing/sending-account-store';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { accepted, openSending, refused, type Sending } from '../support/sending';

const test = useDatabase();
const PAGE = { channel: 'messenger' as const, accountId: 'page' };
let sending: Sending;
beforeEach(async () => (sending = await openSending(test)));
afterEach(() => sending.stop());

const stopped = refused({
  errorClass: 'configuration',
  code: '190/463',
  slowsAccount: true,
  stopsAccount: true,
});
const alerts = () =>
  test.db.query<{ payload: string }>(
    "SELECT payload FROM notification_queue WHERE template = 'owner_channel_stopped'",
  );
const texts = () => sending.requests.map(({ payload }) => payload.text);

it('two instances at once never get the same piece of an account’s time', async () => {
  const pools = [openDatabase(test.url, 10), openDatabase(test.url, 10)];
  const now = 1_700_000_000_000_000;
  const ends = await Promise.all(
    Array.from({ length: 100 }, (_, n) => reserveTime(pools[n % 2]!, PAGE, now, 30_000)),
  );
  await Promise.all(pools.map((pool) => pool.close()));
  expect(ends.sort((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, n) => now + (n + 1) * 30_000),
  );
});

it('time that nobody has used is gone, and a pause is nobody’s', async () => {
  const start = 1_700_000_000_000_000;
  expect(await reserveTime(test.db, PAGE, start, 30_000)).toBe(start + 30_000);
  expect(await reserveTime(test.db, PAGE, start + 5_000_000, 30_000)).toBe(start + 5_030_000);
  await holdTime(test.db, PAGE, start + 60_000_000);
  await holdTime(test.db, PAGE, start + 20_000_000);
  expect(await reserveTime(test.db, PAGE, start + 6_000_000, 30_000)).toBe(start + 60_030_000);
  const other = { ...PAGE, accountId: 'another page' };
  expect(await reserveTime(test.db, other, start, 30_000)).toBe(start + 30_000);
});

it('two instances with pools of their own send no faster than the page may', async () => {
  const pools = [openDatabase(test.url, 5), openDatabase(test.url, 5)];
  let now = 1_700_000_000_000;
  const timers: { at: number; then: () => void }[] = [];
  const sent: number[] = [];
  const lines = pools.map((pool) =>
    createRateLine(
      {
        now: () => now,
        reserve: async (ms) =>
          (await reserveTime(pool, PAGE, now * 1000, Math.round(ms * 1000))) / 1000,
        later: (ms, then) => timers.push({ at: now + ms, then }),
      },
      0,
    ),
  );
  const start = now;
  const all = Array.from({ length: 600 }, async (_, n) => {
    if (await lines[n % 2]!.take(1000 / 270)) sent.push(now - start);
  });
  // The clock goes on only when both have said what they wait for.
  while (sent.length < 600) {
    await eventually(() => Promise.resolve(timers.length > 0 || sent.length === 600));
    timers.sort((a, b) => a.at - b.at);
    const [next] = timers.splice(0, 1);
    if (!next) break;
    now = Math.max(now, next.at);
    next.then();
  }
  await Promise.all(all);
  await Promise.all(pools.map((pool) => pool.close()));
  const inFirstSecond = sent.filter((at) => at < 1_000).length;
  expect(inFirstSecond).toBeLessThanOrEqual(300);
  expect(Math.max(...sent)).toBeGreaterThan(1_900);
});

it('a token that is refused stops the account, and the owner is told once', async () => {
  const [one, other] = [sending.sender(), sending.sender()];
  sending.platform = () => stopped;
  const lanes = await Promise.all([1, 2, 3, 4].map((n) => sending.conversation(`person${n}`)));
  for (const lane of lanes) await sending.write(lane, { text: lane.externalId });
  for (const lane of lanes.slice(0, 2)) one.wake(lane);
  for (const lane of lanes.slice(2)) other.wake(lane);
  await eventually(async () => (await alerts()).length > 0);
  await Promise.all([one.findDue(), other.findDue()]);
  for (let minute = 0; minute < 5; minute += 1) {
    test.clock.forward(1);
    await Promise.all([one.findDue(), other.findDue()]);
    await sending.settled();
  }
  expect((await alerts()).map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
    { channel: 'messenger', code: '190/463' },
  ]);
});

it('while it is stopped one message a minute is tried, and the first that gets through lets all go', async () => {
  const one = sending.sender();
  sending.platform = () => stopped;
  const lanes = await Promise.all(
    Array.from({ length: 20 }, (_, n) => sending.conversation(`person${n}`)),
  );
  for (const lane of lanes) await sending.write(lane, { text: lane.externalId });
  one.wake(lanes[0]!);
  await eventually(async () => (await alerts()).length === 1);
  await sending.settled();
  for (let minute = 1; minute <= 5; minute += 1) {
    test.clock.forward(1);
    await eventually(async () => {
      await one.findDue();
      return texts().length > minute;
    });
    await sending.settled();
    await one.findDue();
    expect(texts()).toHaveLength(1 + minute);
  }
  sending.platform = accepted;
  test.clock.forward(2);
  await eventually(async () => {
    await one.findDue();
    return new Set(texts()).size === 20;
  });
  await sending.rest();

  // It is told again when it happens again.
  sending.platform = () => stopped;
  await sending.write(lanes[0]!, { text: 'later' });
  one.wake(lanes[0]!);
  await eventually(async () => (await alerts()).length === 2);
});

it('new credentials let it go on at once', async () => {
  const one = sending.sender();
  sending.platform = ({ account }) =>
    account.token === 'token' ? stopped : accepted({ outgoingId: 0 } as never);
  const [first, second] = [
    await sending.conversation('first'),
    await sending.conversation('second'),
  ];
  await sending.write(first, { text: 'first' });
  one.wake(first);
  await eventually(async () => (await alerts()).length === 1);
  await sending.settled();
  await sending.write(second, { text: 'second' });
  await one.findDue();
  await sending.settled();
  expect(texts()).toEqual(['first']);

  sending.turns.accounts.find(first.channel, first.accountId)!.token = 'a new token';
  await one.findDue();
  await eventually(() => Promise.resolve(texts().includes('second')));
});

it('a pause that one instance was asked for holds the others, too', async () => {
  const one = sending.sender();
  const lane = await sending.conversation('person');
  sending.platform = () =>
    refused({ errorClass: 'retry', code: '613', slowsAccount: true, retryAfterMs: 60_000 });
  await sending.write(lane, { text: 'first' });
  one.wake(lane);
  const busyUntil = async () => {
    const [row] = await test.db.query<{ us: number }>(
      'SELECT busy_until_us AS us FROM sending_accounts WHERE account_id = :accountId',
      { accountId: lane.accountId },
    );
    return Number(row?.us ?? 0) / 1000;
  };
  await eventually(async () => (await busyUntil()) > Date.now() + 30_000);
});
