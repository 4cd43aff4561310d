import type { ApprovedTemplate } from '../../src/businesses/settings';
import type { ChannelName } from '../../src/channels/inbound';
import { insertConsent } from '../../src/customers/consent-store';
import { dispatchNotifications } from '../../src/notifications/dispatch';
import { insertNotification } from '../../src/notifications/notification-store';
import type { SendLane } from '../../src/outgoing/outgoing-store';
import { refuseMessengerRequest } from '../../src/playground/platforms/messenger-limits';
import { refuseWhatsAppRequest } from '../../src/playground/platforms/whatsapp-limits';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { accepted, openSending, refused, type Sending } from '../support/sending';

const test = useDatabase();
const PHONE = '+639171234567';
let sending: Sending;
let userId: number;
beforeEach(async () => {
  sending = await openSending(test);
  const { insertId } = await test.db.execute(
    'INSERT INTO users (business_id, name, phone, email) VALUES (?, ?, ?, NULL)',
    [sending.turns.businessId, 'Ana Cruz', PHONE],
  );
  userId = insertId;
});
afterEach(() => sending.stop());

const hoursAgo = (hours: number) => new Date(test.clock.now().getTime() - hours * 3_600_000);

async function chat(
  channel: ChannelName,
  hours: number,
  person = `${channel}-person`,
): Promise<SendLane> {
  const lane = await sending.conversation(person, channel, hoursAgo(hours));
  await test.db.execute('UPDATE conversations SET user_id = ? WHERE id = ?', [
    userId,
    lane.conversationId,
  ]);
  return lane;
}

async function approve(...approved: ApprovedTemplate[]): Promise<void> {
  await test.db.execute(
    "UPDATE businesses SET settings = JSON_SET(settings, '$.approved_templates', JSON_EXTRACT(?, '$')) WHERE id = ?",
    [JSON.stringify(approved), sending.turns.businessId],
  );
}
const onMessenger: ApprovedTemplate = {
  channel: 'messenger',
  template: 'order_shipped',
  language: 'en',
  name: 'order_update',
  code: 'en',
  parameters: ['order_number', 'carrier'],
};
const onWhatsApp: ApprovedTemplate = { ...onMessenger, channel: 'whatsapp', code: 'en_US' };

async function tell(conversation: SendLane | null): Promise<number> {
  return test.db.transaction((trx) =>
    insertNotification(trx, {
      businessId: sending.turns.businessId,
      recipientType: 'customer',
      userId,
      conversationId: conversation?.conversationId ?? null,
      template: 'order_shipped',
      payload: {
        order_number: 'ORD-20260101-00001',
        carrier: 'LBC',
        has_tracking: 'yes',
        tracking_number: 'T1',
        phone: PHONE,
      },
      scheduledAt: test.clock.now(),
    }),
  );
}

async function dispatch(): Promise<void> {
  const { turns } = sending;
  await dispatchNotifications({ ...turns.deps, accounts: turns.accounts }, 10);
}

/** Where it has been written, and how. */
async function routes(id: number): Promise<string[]> {
  const rows = await test.db.query<{ channel: string; payload: string }>(
    `SELECT c.channel, m.payload FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
     WHERE m.notification_id = ? ORDER BY m.id`,
    [id],
  );
  return rows.map(({ channel, payload }) =>
    /"UTILITY"|"template"|contentSid/.test(payload) ? `${channel}:template` : channel,
  );
}

async function routeOf(conversation: SendLane | null): Promise<string | undefined> {
  const id = await tell(conversation);
  await dispatch();
  return (await routes(id)).at(-1);
}

it('tells it in the chat while its window is open', async () => {
  expect(await routeOf(await chat('messenger', 23))).toBe('messenger');
  expect(await routeOf(await chat('whatsapp', 23, PHONE))).toBe('whatsapp');
});

it('makes no request that the window would refuse: without an approved message it goes by SMS to the phone', async () => {
  for (const channel of ['messenger', 'instagram', 'whatsapp'] as const)
    expect(await routeOf(await chat(channel, 25))).toBe('sms');
  expect(sending.requests).toEqual([]);
});

it('does not begin what would come minutes too late', async () => {
  expect(await routeOf(await chat('messenger', 23.95))).toBe('sms');
});

it('uses another chat of the customer whose window is open, before anything that costs', async () => {
  await approve(onWhatsApp);
  await chat('messenger', 2);
  expect(await routeOf(await chat('whatsapp', 40, PHONE))).toBe('messenger');
  expect(await routeOf(null)).toBe('messenger');
});

it('sends what Messenger has approved when its window is closed', async () => {
  await approve(onMessenger, onWhatsApp);
  const id = await tell(await chat('messenger', 100));
  await dispatch();
  expect(await routes(id)).toEqual(['messenger:template']);
  const [row] = await test.db.query<{ payload: string }>('SELECT payload FROM outgoing_messages');
  const payload = JSON.parse(row!.payload) as Record<string, unknown>;
  expect(payload).toEqual({
    messaging_type: 'UTILITY',
    message: {
      template: {
        name: 'order_update',
        language: { code: 'en' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'ORD-20260101-00001' },
              { type: 'text', text: 'LBC' },
            ],
          },
        ],
      },
    },
  });
  expect(refuseMessengerRequest({ ...payload, recipient: { id: '1' } })).toBeNull();
});

it('sends what WhatsApp has approved when its window is closed', async () => {
  await approve(onWhatsApp);
  expect(await routeOf(await chat('whatsapp', 25, PHONE))).toBe('whatsapp:template');
  const [row] = await test.db.query<{ payload: string }>('SELECT payload FROM outgoing_messages');
  const payload = JSON.parse(row!.payload) as Record<string, unknown>;
  expect(payload).toMatchObject({ type: 'template', template: { language: { code: 'en_US' } } });
  expect(
    refuseWhatsAppRequest({ ...payload, messaging_product: 'whatsapp', to: PHONE }),
  ).toBeNull();
});

it('an approved message that lacks a value, or is for another message of ours, is no way', async () => {
  await approve(
    { ...onMessenger, parameters: ['nothing_like_it'] },
    { ...onWhatsApp, template: 'order_received' },
  );
  expect(await routeOf(await chat('messenger', 100))).toBe('sms');
});

it('nobody who has said stop, and no address that is dead, is chosen', async () => {
  const whatsapp = await chat('whatsapp', 1, PHONE);
  await insertConsent(
    test.db,
    { businessId: sending.turns.businessId, ...whatsapp },
    { action: 'opt_out', word: 'STOP', source: 'message', inboxMessageId: null, at: hoursAgo(1) },
  );
  expect(await routeOf(whatsapp)).toBe('sms');
  const messenger = await chat('messenger', 1);
  await test.db.execute('UPDATE conversations SET unreachable_at = ? WHERE id = ?', [
    hoursAgo(0.5),
    messenger.conversationId,
  ]);
  expect(await routeOf(messenger)).toBe('sms');
  // They have written since.
  await test.db.execute('UPDATE conversations SET unreachable_at = ? WHERE id = ?', [
    hoursAgo(2),
    messenger.conversationId,
  ]);
  expect(await routeOf(messenger)).toBe('messenger');
});

it('the platform’s own refusal leads on, way after way, each once', async () => {
  await approve(onMessenger, onWhatsApp);
  await chat('whatsapp', 30, PHONE);
  const id = await tell(await chat('messenger', 1));
  sending.platform = (request) =>
    request.account.channel === 'sms'
      ? accepted(request)
      : refused({ errorClass: 'reroute', code: '10/2018278' });
  const sender = sending.sender();
  const status = async () =>
    (
      await test.db.query<{ status: string; tried: string }>(
        'SELECT status, tried_channels AS tried FROM notification_queue WHERE id = ?',
        [id],
      )
    )[0]!;
  await eventually(async () => {
    await dispatch();
    await sender.findDue();
    await sending.settled();
    return (await status()).status === 'sent';
  });
  expect(await routes(id)).toEqual(['messenger', 'messenger:template', 'whatsapp:template', 'sms']);
  expect((await status()).tried).toBe('messenger,messenger:template,whatsapp:template');
  expect(sending.requests).toHaveLength(4);
});

it('a wrong number does not keep a customer from being told by mail', async () => {
  await test.db.execute('UPDATE users SET email = ? WHERE id = ?', ['ana@example.com', userId]);
  sending.platform = (request) =>
    request.account.channel === 'sms'
      ? refused({ errorClass: 'permanent', code: '21211', stopsPerson: true })
      : accepted(request);
  const id = await tell(null);
  const sender = sending.sender();
  const told = async () => {
    await dispatch();
    await sender.findDue();
    await sending.settled();
    return routes(id);
  };
  await eventually(async () => (await told()).length === 2);
  expect(await routes(id)).toEqual(['sms', 'email']);
  // The next one does not even try the number.
  expect(await routeOf(null)).toBe('email');
});

it('an answer that outlives its window in an outage is not sent, and what it told goes by SMS', async () => {
  const lane = await chat('messenger', 1);
  const id = await tell(lane);
  await dispatch();
  const answer = await sending.write(lane, { messaging_type: 'RESPONSE', message: { text: 'Hi' } });
  sending.platform = (request) =>
    request.account.channel === 'sms'
      ? accepted(request)
      : refused({ errorClass: 'retry', code: 'http_0' });
  const sender = sending.sender();
  sender.wake(lane);
  await eventually(() => Promise.resolve(sending.requests.length === 1));
  await sending.settled();
  test.clock.forward(24 * 60);
  await eventually(async () => {
    await dispatch();
    await sender.findDue();
    await sending.settled();
    return sending.requests.length === 2;
  });
  const [row] = await test.db.query<{ state: string; error_code: string }>(
    'SELECT state, error_code FROM outgoing_messages WHERE id = ?',
    [answer],
  );
  expect(row).toMatchObject({ state: 'failed', error_code: 'window_closed' });
  expect(await routes(id)).toEqual(['messenger', 'sms']);
  expect(sending.requests.map(({ account }) => account.channel)).toEqual(['messenger', 'sms']);
});

it('a person’s own reply goes for seven days on Messenger, with its tag', async () => {
  const lane = await chat('messenger', 100);
  const payload = { messaging_type: 'RESPONSE', message: { text: 'Sorry for the wait' } };
  await sending.write(lane, payload, { author: 'person' });
  sending.sender().wake(lane);
  await sending.rest();
  expect(sending.requests.map((request) => request.payload)).toEqual([
    { ...payload, messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' },
  ]);
});
