import { openDatabase } from '../../../src/db/database';
import { appFor, sendTo, useApi } from '../../support/api';
import { useDatabase } from '../../support/database';

const test = useDatabase();
const api = useApi(test);
const ready = () => api.get('/ready');
const lateness = async () =>
  Object.fromEntries(
    (await ready()).body.queues.map(
      (one: { queue: string; overdue_seconds: number; is_late: boolean }) => [
        one.queue,
        [one.overdue_seconds, one.is_late],
      ],
    ),
  ) as Record<string, [number, boolean]>;
const ago = (seconds: number) => new Date(test.clock.now().getTime() - seconds * 1_000);
const ON_TIME = { inbox: [0, false], orders: [0, false], outgoing: [0, false], notifications: [0, false] }; // prettier-ignore

const message = (at: Date, state = 'pending') =>
  test.db.execute(
    `INSERT INTO inbox_messages (business_id, channel, account_id, provider_message_id, conversation_key, external_id, kind, event,
         state, next_attempt_at, sent_at, received_at)
     VALUES (1, 'sms', 'a', UUID(), 'k', 'x', 'message', '{}', :state, :at, :at, :at)`,
    { at, state },
  );
const answer = (at: Date, state = 'queued') =>
  test.db.execute(
    `INSERT INTO outgoing_messages (business_id, conversation_id, payload, display_text, state, next_attempt_at, created_at)
     VALUES (1, 1, '{}', 'hi', :state, :at, :at)`,
    { at, state },
  );
const notice = (at: Date, status = 'pending') =>
  test.db.execute(
    `INSERT INTO notification_queue (business_id, recipient_type, template, payload, scheduled_at, status)
     VALUES (1, 'owner', 'owner_order_error', '{}', :at, :status)`,
    { at, status },
  );
const work = (at: Date, status = 'pending', given: object = {}) =>
  test.db.execute(
    `INSERT INTO order_processing_queue (business_id, order_id, queue_type, status, priority, available_at, locked_until, created_at)
     VALUES (1, 1, :type, :status, :priority, :at, :until, :at)`,
    { at, status, type: 'new_order', priority: 5, until: null, ...given },
  );

it('says that all is there and nothing is late', async () => {
  expect(await ready()).toMatchObject({
    status: 200,
    body: { status: 'ready', checks: { database: true, migrations: true, queues: true } },
  });
  expect(await lateness()).toEqual(ON_TIME);
});

it.each<[string, string, (at: Date) => Promise<unknown>]>([
  ['inbox', 'a message that nobody has handled', (at) => message(at)],
  ['outgoing', 'an answer that nobody has sent', (at) => answer(at)],
  ['notifications', 'somebody who is to be told', (at) => notice(at)],
  ['orders', 'a new order', (at) => work(at)],
  ['orders', 'a refund', (at) => work(at, 'pending', { type: 'payment' })],
  ['orders', 'packing that failed', (at) => work(at, 'pending', { type: 'fulfillment', priority: 4 })],
  ['orders', 'what a dead worker has left', (at) => work(ago(9_999), 'processing', { until: at })],
])('tells how late %s is by %s, and is ready all the same', async (queue, _what, waiting) => {
  await waiting(ago(-1));
  expect(await lateness()).toEqual(ON_TIME);
  await waiting(ago(125));
  test.clock.set(ago(-5));
  expect(await lateness()).toEqual({ ...ON_TIME, [queue]: [130, true] });
  expect((await ready()).status).toBe(200);
}); // prettier-ignore

it('counts as late what has been due for two minutes', async () => {
  await answer(ago(109));
  expect((await lateness()).outgoing).toEqual([109, false]);
  test.clock.set(ago(-5));
  expect((await lateness()).outgoing).toEqual([114, false]);
  test.clock.set(ago(-6));
  expect((await lateness()).outgoing).toEqual([120, true]);
});

it('takes no notice of what is done, set aside, or the work of people', async () => {
  const at = ago(9_999);
  for (const state of ['done', 'ignored', 'failed']) await message(at, state);
  for (const state of ['sent', 'failed', 'skipped']) await answer(at, state);
  for (const status of ['sent', 'failed']) await notice(at, status);
  for (const status of ['completed', 'failed']) await work(at, status);
  for (const status of ['pending', 'processing']) await work(at, status, { type: 'fulfillment' });
  expect(await lateness()).toEqual(ON_TIME);
});

it('reads the queues once in five seconds, however often it is asked', async () => {
  expect(await lateness()).toEqual(ON_TIME);
  await answer(ago(300));
  test.clock.set(ago(-4));
  expect(await lateness()).toEqual(ON_TIME);
  test.clock.set(ago(-1));
  expect((await lateness()).outgoing).toEqual([305, true]);
});

it('is not ready while it cannot read a queue, and is at once when it can', async () => {
  await test.db.execute('RENAME TABLE outgoing_messages TO hidden_messages');
  try {
    for (let n = 0; n < 2; n += 1)
      expect(await ready()).toMatchObject({
        status: 503,
        body: {
          status: 'not ready',
          checks: { database: true, migrations: true, queues: false },
          queues: [],
        },
      });
  } finally {
    await test.db.execute('RENAME TABLE hidden_messages TO outgoing_messages');
  }
  expect(await ready()).toMatchObject({ status: 200, body: { checks: { queues: true } } });
});

it('is not ready without a database, but lives', async () => {
  const db = openDatabase('mysql://root@127.0.0.1:1/nowhere', 2);
  try {
    const app = appFor({ ...test, db }, 1);
    expect((await sendTo(app, 'get', '/health')).status).toBe(200);
    expect(await sendTo(app, 'get', '/ready')).toMatchObject({
      status: 503,
      body: { checks: { database: false, queues: false }, queues: [] },
    });
  } finally {
    await db.close();
  }
});
