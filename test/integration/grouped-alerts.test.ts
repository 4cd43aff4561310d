import { openDatabase, type Database } from '../../src/db/database';
import { dispatchNotifications } from '../../src/notifications/dispatch';
import { insertNotification } from '../../src/notifications/notification-store';
import { useDatabase } from '../support/database';
import { openSending, type Sending } from '../support/sending';

const test = useDatabase();
let sending: Sending;
beforeEach(async () => (sending = await openSending(test)));
afterEach(() => sending.stop());

let order = 0;
async function orders(count: number): Promise<string[]> {
  const numbers = Array.from(
    { length: count },
    () => `ORD-20260101-${String((order += 1)).padStart(5, '0')}`,
  );
  for (const order_number of numbers)
    await test.db.transaction((trx) =>
      insertNotification(trx, {
        businessId: sending.turns.businessId,
        recipientType: 'owner',
        template: 'owner_new_order',
        payload: {
          order_number,
          short_number: order_number.slice(-5),
          total: 'P150.00',
          payment: 'COD',
          items: '1 mug',
          recipient: 'Ana',
          city: 'Cebu',
        },
        priority: 3,
        scheduledAt: test.clock.now(),
      }),
    );
  return numbers;
}

const dispatch = (db: Database = test.db) =>
  dispatchNotifications({ ...sending.turns.deps, db, accounts: sending.turns.accounts }, 500);
const seconds = (count: number) =>
  test.clock.set(new Date(test.clock.now().getTime() + count * 1_000));
const texts = async () =>
  (
    await test.db.query<{ text: string }>(
      'SELECT display_text AS text FROM outgoing_messages ORDER BY id',
    )
  ).map(({ text }) => text);
const statuses = async () =>
  test.db.query<{ status: string; n: number }>(
    'SELECT status, COUNT(*) AS n FROM notification_queue GROUP BY status ORDER BY status',
  );

it('a single order is told at once, by its number', async () => {
  const [number] = await orders(1);
  await dispatch();
  expect(await texts()).toEqual([expect.stringContaining(number!)]);
});

it('a burst is the first one and one message for the rest, within ten seconds', async () => {
  const [first] = await orders(1);
  await dispatch();
  await orders(12);
  await dispatch();
  seconds(5);
  await orders(3);
  await dispatch();
  expect(await texts()).toEqual([expect.stringContaining(first!)]);
  seconds(5);
  await dispatch();
  expect(await texts()).toEqual([
    expect.stringContaining(first!),
    expect.stringMatching(/^15 new orders: ORD-20260101-\d+, .* \.\.\./),
  ]);
  expect(await statuses()).toEqual([
    { status: 'dispatched', n: 2 },
    { status: 'skipped', n: 14 },
  ]);
});

it('many at once are one message', async () => {
  const numbers = await orders(3);
  await dispatch();
  const [text] = await texts();
  expect(text).toMatch(/^3 new orders: /);
  for (const number of numbers) expect(text).toContain(number);
});

it('an order that comes alone after another is told by its number, ten seconds later at most', async () => {
  await orders(1);
  await dispatch();
  seconds(1);
  const [second] = await orders(1);
  await dispatch();
  seconds(9);
  await dispatch();
  expect((await texts())[1]).toContain(second!);
});

it('what no channel could bring stays on record as what it was: so many orders', async () => {
  await orders(3);
  await dispatch();
  await test.db.execute(
    "UPDATE notification_queue SET status = 'pending', tried_channels = 'sms' WHERE status = 'dispatched'",
  );
  await dispatch();
  const [row] = await test.db.query<{ payload: string }>(
    "SELECT payload FROM notification_queue WHERE template = 'owner_new_orders'",
  );
  expect(JSON.parse(row!.payload)).toMatchObject({ count: 3 });
});

it('three dispatchers at once tell each order once', async () => {
  const pools = [1, 2, 3].map(() => openDatabase(test.url, 5));
  let told = 0;
  for (let round = 0; round < 5; round += 1) {
    await orders(8);
    await Promise.all(pools.map(dispatch));
    seconds(11);
    await Promise.all(pools.map(dispatch));
    seconds(11);
  }
  await Promise.all(pools.map(dispatch));
  await Promise.all(pools.map((pool) => pool.close()));
  for (const text of await texts()) told += Number(/^(\d+) new orders/.exec(text)?.[1] ?? 1);
  expect(told).toBe(40);
  expect((await statuses()).some(({ status }) => status === 'pending')).toBe(false);
});
