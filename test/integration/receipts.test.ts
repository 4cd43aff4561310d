import type { EventBody } from '../../src/channels/inbound';
import { findConversationById, type ConversationRow } from '../../src/customers/conversation-store';
import { notificationSent } from '../../src/outgoing/notification-fate-store';
import { markSent } from '../../src/outgoing/outgoing-store';
import { receiveReceipt } from '../../src/outgoing/receive-receipt';
import { insertNotification } from '../../src/notifications/notification-store';
import { useDatabase } from '../support/database';
import { openSending, type Sending } from '../support/sending';

const test = useDatabase();
let sending: Sending;
let conversation: ConversationRow;
beforeEach(async () => {
  sending = await openSending(test);
  const lane = await sending.conversation('+639171234567', 'whatsapp');
  conversation = (await findConversationById(test.db, lane.conversationId))!;
});
afterEach(() => sending.stop());

/** What can happen to a message: the answer to our request, and what the platform reports, in any order. */
type Event = 'answered' | 'sent' | 'delivered' | 'read' | 'failed';
const EVENTS: readonly Event[] = ['answered', 'sent', 'delivered', 'read', 'failed'];

/** Every order of every selection of the events. */
function orders(left: readonly Event[] = EVENTS): Event[][] {
  return [
    [],
    ...left.flatMap((event) =>
      orders(left.filter((other) => other !== event)).map((rest) => [event, ...rest]),
    ),
  ];
}

/** What is known in the end, whatever the order: the furthest that there is evidence of; a failure yields only to arrival. */
function expected(events: readonly Event[]): string {
  const has = (event: Event) => events.includes(event);
  if (has('read')) return 'read';
  if (has('delivered')) return 'delivered';
  if (has('failed')) return 'failed';
  return has('sent') || has('answered') ? 'sent' : 'queued';
}

const RANK = ['queued', 'sent', 'failed', 'delivered', 'read'];

async function told(): Promise<{ messageId: number; notificationId: number }> {
  const notificationId = await test.db.transaction((trx) =>
    insertNotification(trx, {
      businessId: sending.turns.businessId,
      recipientType: 'customer',
      template: 'order_confirmed',
      payload: {},
      scheduledAt: test.clock.now(),
    }),
  );
  await test.db.execute(
    "UPDATE notification_queue SET status = 'dispatched', channel = 'whatsapp', attempts = 1 WHERE id = ?",
    [notificationId],
  );
  const { id } = conversation;
  const lane = { ...conversation, conversationId: id };
  return {
    messageId: await sending.write(lane, { type: 'text' }, { notificationId }),
    notificationId,
  };
}

const receipt = (
  messageId: number,
  status: Exclude<Event, 'answered'>,
  errorCode = '131026',
): Extract<EventBody, { kind: 'receipt' }> => ({
  kind: 'receipt',
  status,
  messageIds: [`wamid.${messageId}`],
  outgoingId: messageId,
  ...(status === 'failed' ? { errorCode } : {}),
});

const happens = (event: Event, messageId: number, notificationId: number, errorCode?: string) =>
  test.db.transaction(async (trx) => {
    const at = test.clock.now();
    const name = `wamid.${messageId}`;
    if (event !== 'answered')
      return receiveReceipt(trx, conversation, receipt(messageId, event, errorCode), at);
    await markSent(trx, messageId, name, at);
    await notificationSent(trx, { notificationId, messageId }, name, at);
    return undefined;
  });

async function stateOf(messageId: number): Promise<string> {
  const [row] = await test.db.query<{ state: string }>(
    'SELECT state FROM outgoing_messages WHERE id = ?',
    [messageId],
  );
  return row!.state;
}
async function notification(id: number) {
  const [row] = await test.db.query<{ status: string; tried: string; due: Date; code: string }>(
    'SELECT status, tried_channels AS tried, scheduled_at AS due, last_error AS code FROM notification_queue WHERE id = ?',
    [id],
  );
  return row!;
}

it('states only move forward, in whatever order the reports come, and each of them may come twice', async () => {
  const all = orders();
  expect(all).toHaveLength(326);
  for (const [n, events] of all.entries()) {
    const { messageId, notificationId } = await told();
    let before = 'queued';
    for (const event of events) {
      await happens(event, messageId, notificationId);
      if (n % 3 === 0 && event !== 'answered') await happens(event, messageId, notificationId);
      const state = await stateOf(messageId);
      expect({
        events,
        from: before,
        isForward: RANK.indexOf(state) >= RANK.indexOf(before),
      }).toEqual({
        events,
        from: before,
        isForward: true,
      });
      before = state;
    }
    expect([events, before]).toEqual([events, expected(events)]);
    // Told, or to be told another way: never both, and the failed way only once.
    const { status, tried } = await notification(notificationId);
    const isFailed = before === 'failed';
    const status_ = events.length === 0 ? 'dispatched' : isFailed ? 'pending' : 'sent';
    expect([events, status]).toEqual([events, status_]);
    expect(tried.split(',').filter((one) => one === 'whatsapp').length).toBeLessThanOrEqual(1);
    if (isFailed) expect(tried).toBe('whatsapp');
  }
}, 240_000);

it('a failure that is reported before our request is answered is not turned into success by the answer', async () => {
  const { messageId, notificationId } = await told();
  await happens('failed', messageId, notificationId);
  await happens('answered', messageId, notificationId);
  const [row] = await test.db.query(
    'SELECT state, error_code, provider_message_id FROM outgoing_messages WHERE id = ?',
    [messageId],
  );
  expect(row).toEqual({
    state: 'failed',
    error_code: '131026',
    provider_message_id: `wamid.${messageId}`,
  });
  expect((await notification(notificationId)).status).toBe('pending');
});

it('a failure that comes after the next channel has taken over changes nothing', async () => {
  const { messageId, notificationId } = await told();
  const another = await sending.write(
    { ...conversation, conversationId: conversation.id },
    { type: 'text' },
    { notificationId },
  );
  await happens('answered', messageId, notificationId);
  await happens('answered', another, notificationId);
  await happens('failed', messageId, notificationId);
  await test.db.execute(
    "UPDATE notification_queue SET status = 'sent', channel = 'sms' WHERE id = ?",
    [notificationId],
  );
  await happens('failed', another, notificationId);
  expect(await notification(notificationId)).toMatchObject({ status: 'sent', tried: 'whatsapp' });
});

it('a wrong address is remembered, and a stopped account is named', async () => {
  const lane = await sending.conversation('+639170000077', 'sms');
  const phone = (await findConversationById(test.db, lane.conversationId))!;
  const write = () => sending.write(lane, { body: 'Hello' });
  const report = async (errorCode: string) => {
    const outgoingId = await write();
    return test.db.transaction((trx) =>
      receiveReceipt(
        trx,
        phone,
        { kind: 'receipt', status: 'failed', outgoingId, errorCode },
        test.clock.now(),
      ),
    );
  };
  const unreachable = async () =>
    (
      await test.db.query<{ at: Date | null }>(
        'SELECT unreachable_at AS at FROM conversations WHERE id = ?',
        [phone.id],
      )
    )[0]!.at;
  expect(await report('30003')).toBeUndefined();
  expect(await unreachable()).toBeNull();
  expect(await report('30005')).toBeUndefined();
  expect(await unreachable()).not.toBeNull();
  expect(await report('20003')).toBe('20003');
});

it('a handset that is off is tried again twice, later each time, before another channel is', async () => {
  const lane = await sending.conversation('+639170000077', 'sms');
  conversation = (await findConversationById(test.db, lane.conversationId))!;
  const minutes: (number | string)[] = [];
  const { messageId: first, notificationId } = await told();
  let messageId = first;
  for (const attempts of [1, 2, 3]) {
    await test.db.execute(
      "UPDATE notification_queue SET status = 'dispatched', channel = 'sms', attempts = ? WHERE id = ?",
      [attempts, notificationId],
    );
    await happens('failed', messageId, notificationId, '30003');
    const { due, tried } = await notification(notificationId);
    minutes.push(tried || Math.round((due.getTime() - test.clock.now().getTime()) / 60_000));
    messageId = await sending.write({ ...lane }, { body: 'again' }, { notificationId });
  }
  expect(minutes).toEqual([5, 30, 'sms']);
});

it('a watermark covers what was sent before it by the platform’s clock, and nothing later', async () => {
  const { messageId, notificationId } = await told();
  const written = test.clock.now();
  test.clock.set(new Date(written.getTime() + 800));
  await happens('answered', messageId, notificationId);
  const upTo = (at: Date) =>
    test.db.transaction((trx) =>
      receiveReceipt(
        trx,
        conversation,
        { kind: 'receipt', status: 'read', upTo: at.toISOString() },
        at,
      ),
    );
  await upTo(new Date(written.getTime() - 1));
  expect(await stateOf(messageId)).toBe('sent');
  // The platform's time of the message lies between our writing it and its answer to us.
  await upTo(new Date(written.getTime() + 400));
  expect(await stateOf(messageId)).toBe('read');
});
