import { twilioWebhook } from '../../src/playground/sign';
import { eventually } from '../support/eventually';
import { fixture, fixtureNames } from '../support/fixtures';
import { newPhone, newSid, type PhoneCustomer } from '../support/phone-customer';
import { openShop, TWILIO, type Shop } from '../support/shop';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
  await shop.start();
});
afterAll(() => shop.close());
afterEach(() => shop.platforms.reset());

const NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

async function post(
  path: string,
  params: Record<string, string>,
  change: { authToken?: string; signature?: string; url?: string } = {},
): Promise<{ status: number; body: string; type: string | null }> {
  const url = change.url ?? shop.apps.at(-1)!.url;
  const publicUrl = url.replace('127.0.0.1', 'localhost');
  const authToken = change.authToken ?? TWILIO.authToken;
  const { body, signature } = twilioWebhook({ authToken, url: `${publicUrl}${path}`, params });
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': change.signature ?? signature,
    },
    body,
  });
  return {
    status: response.status,
    body: await response.text(),
    type: response.headers.get('content-type'),
  };
}

const inboxRows = () =>
  shop.db.query<{ state: string; kind: string; account_id: string }>(
    "SELECT state, kind, account_id FROM inbox_messages WHERE channel IN ('sms', 'whatsapp') ORDER BY id",
  );

async function newRows(doing: () => Promise<unknown>): Promise<{ state: string; kind: string }[]> {
  const before = (await inboxRows()).length;
  await doing();
  return (await inboxRows()).slice(before);
}

const consentsOf = ({ phone }: PhoneCustomer) =>
  shop.db.query<{ action: string; word: string; source: string }>(
    'SELECT action, word, source FROM consents WHERE external_id = ? ORDER BY id',
    [phone],
  );

const outgoingTo = ({ phone }: PhoneCustomer) =>
  shop.db.query<{
    id: number;
    state: string;
    error_code: string | null;
    segments: number | null;
    display_text: string;
  }>(
    `SELECT m.id, m.state, m.error_code, m.segments, m.display_text
     FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
     WHERE c.external_id = ? ORDER BY m.id`,
    [phone],
  );

const inbound = (changed: Record<string, string> = {}) => {
  const { params } = fixture<{ params: Record<string, string> }>('twilio_sms/inbound_text.json');
  const sid = newSid();
  return {
    ...params,
    MessageSid: sid,
    SmsSid: sid,
    SmsMessageSid: sid,
    From: newPhone(),
    ...changed,
  };
};

async function order(customer: PhoneCustomer): Promise<void> {
  await customer.say('hi');
  await customer.say('blue mug');
  await customer.pick(/add to cart|blue mug/i);
  if (!/how many/i.test(customer.lastText())) await customer.pick(/add to cart/i);
  await customer.say('1');
  await customer.pick(/checkout/i);
  await customer.say('Juan Dela Cruz');
  if (/phone|number/i.test(customer.lastText().split('\n')[0]!))
    await customer.say('0917 123 4567');
  await customer.say('123 Main St, Brgy. Centro, Manila, Metro Manila');
  await customer.pick(/delivery/i);
  await customer.pick(/cash on delivery/i);
  await customer.pick(/place order/i);
}

describe('an SMS customer', () => {
  it('orders by numbers and texts, from hello to the order number', async () => {
    const customer = shop.smsCustomer();
    await order(customer);
    expect(customer.lastText()).toMatch(/ORD-\d{8}-\d{5}/);
    const [row] = await shop.db.query<{ order_source: string; channel: string }>(
      `SELECT o.order_source, c.channel FROM orders AS o JOIN conversations AS c ON c.id = o.conversation_id
       WHERE c.external_id = ?`,
      [customer.phone],
    );
    expect(row).toEqual({ order_source: 'sms', channel: 'sms' });
  });

  it('has the segments of each answer counted', async () => {
    const customer = shop.smsCustomer();
    await customer.say('help');
    const rows = await outgoingTo(customer);
    expect(rows.length).toBeGreaterThan(0);
    for (const { segments, display_text } of rows)
      expect(segments).toBe(display_text.length <= 160 ? 1 : Math.ceil(display_text.length / 153));
  });
});

describe('a request', () => {
  it.each(['/webhooks/twilio', '/webhooks/twilio/sms', '/webhooks/twilio/whatsapp'])(
    'on %s is stored and answered with nothing to say',
    async (path) => {
      const rows = await newRows(async () => {
        expect(await post(path, inbound())).toEqual({
          status: 200,
          body: NOTHING,
          type: expect.stringMatching(/^text\/xml/) as string,
        });
      });
      expect(rows).toMatchObject([{ kind: 'message', account_id: TWILIO.number }]);
    },
  );

  it.each<[string, Parameters<typeof post>[2]]>([
    ['with somebody else’s signature', { authToken: 'another-token' }],
    ['without a signature', { signature: '' }],
    ['with half a signature', { signature: 'abc' }],
  ])('%s is refused, and nothing of it is stored', async (_, change) => {
    const rows = await newRows(async () => {
      for (const path of ['/webhooks/twilio', '/webhooks/twilio/sms', '/webhooks/twilio/status'])
        expect((await post(path, inbound(), change)).status).toBe(403);
    });
    expect(rows).toEqual([]);
  });

  it('that comes again, also at once, is handled once', async () => {
    const customer = shop.smsCustomer();
    const params = inbound({ From: customer.phone, Body: 'help' });
    await Promise.all(Array.from({ length: 5 }, () => post('/webhooks/twilio', params)));
    await customer.settled();
    const answers = customer.seen().length;
    expect(answers).toBeGreaterThan(0);
    await post('/webhooks/twilio/sms', params);
    await customer.settled();
    expect(customer.seen()).toHaveLength(answers);
  });

  it('for a number that is not ours is kept and not handled', async () => {
    const rows = await newRows(async () => {
      expect((await post('/webhooks/twilio', inbound({ To: '+15005559999' }))).status).toBe(200);
    });
    expect(rows).toMatchObject([{ state: 'ignored' }]);
  });

  it.each(
    ['twilio_sms', 'twilio_whatsapp'].flatMap((folder) =>
      fixtureNames(folder).map((name) => `${folder}/${name}`),
    ),
  )('like the captured %s is taken in', async (file) => {
    const { params, url } = fixture<{ params: Record<string, string>; url: string }>(file);
    const { pathname, search } = new URL(url);
    const own = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        /Sid$/.test(name) && name !== 'AccountSid' ? `${value}${Date.now()}` : value,
      ]),
    );
    const rows = await newRows(async () => {
      expect((await post(`${pathname}${search}`, own)).status).toBe(200);
    });
    expect(rows).toHaveLength(1);
  });
});

describe('a person who says STOP', () => {
  it('is told once, hears nothing until START, and both are on record', async () => {
    const customer = shop.smsCustomer();
    await customer.say('hi');
    const told = await customer.say(' Stop ');
    expect(told.map(({ text }) => text)).toEqual([expect.stringMatching(/no more messages/i)]);
    for (const text of ['hello?', 'menu', 'STOP', 'help', '1'])
      expect(await customer.say(text)).toEqual([]);
    const again = await customer.say('start');
    expect(again.map(({ text }) => text)).toEqual([expect.stringMatching(/again/i)]);
    expect((await customer.say('menu')).length).toBeGreaterThan(0);
    expect(await consentsOf(customer)).toEqual([
      { action: 'opt_out', word: ' Stop ', source: 'message' },
      { action: 'opt_out', word: 'STOP', source: 'message' },
      { action: 'help', word: 'help', source: 'message' },
      { action: 'opt_in', word: 'start', source: 'message' },
    ]);
  });

  it('is not told by us what the carrier has told', async () => {
    const customer = shop.smsCustomer();
    expect(await customer.say('STOP', { OptOutType: 'STOP' })).toEqual([]);
    expect(await customer.say('menu')).toEqual([]);
    expect(await consentsOf(customer)).toMatchObject([{ action: 'opt_out' }]);
  });

  it('gets nothing that was waiting, and no notification', async () => {
    const customer = shop.smsCustomer();
    shop.platforms.failNext('sms', 'transient', 1);
    await customer.post('menu');
    await eventually(async () => (await outgoingTo(customer))[0]?.error_code === '20500');
    await customer.say('STOP');
    const rows = await outgoingTo(customer);
    expect(rows[0]).toMatchObject({ state: 'failed', error_code: 'opted_out' });
    expect(customer.seen().map(({ text }) => text)).toEqual([
      expect.stringMatching(/no more messages/i),
    ]);
  });

  it('by the carrier is opted out from then on', async () => {
    const customer = shop.smsCustomer();
    shop.platforms.failNext('sms', 'unsubscribed');
    await customer.say('menu');
    expect(await consentsOf(customer)).toEqual([
      { action: 'opt_out', word: '21610', source: 'carrier' },
    ]);
    expect(await customer.say('menu')).toEqual([]);
    expect((await customer.say('START')).length).toBe(1);
  });

  it('cannot be written out of the ledger', async () => {
    const customer = shop.smsCustomer();
    await customer.say('STOP');
    for (const sql of [
      "UPDATE consents SET action = 'opt_in' WHERE external_id = ?",
      'DELETE FROM consents WHERE external_id = ?',
    ])
      await expect(shop.db.execute(sql, [customer.phone])).rejects.toThrow(
        /consents_are_immutable/,
      );
  });
});

describe('a status', () => {
  const stateOf = async (customer: PhoneCustomer) => (await outgoingTo(customer)).at(-1)?.state;

  it('moves a message forward only, in whatever order it comes', async () => {
    const customer = shop.smsCustomer();
    const [message] = await customer.say('thanks');
    for (const [status, state] of [
      ['queued', 'sent'],
      ['delivered', 'delivered'],
      ['sent', 'delivered'],
      ['undelivered', 'delivered'],
    ] as const) {
      expect(await customer.report(message!, status)).toBe(200);
      await customer.settled();
      expect(await stateOf(customer)).toBe(state);
    }
  });

  it('of failure tells why, and what arrives after all has arrived', async () => {
    const customer = shop.smsCustomer();
    const [message] = await customer.say('thanks');
    await customer.report(message!, 'failed', { ErrorCode: '30007' });
    await customer.settled();
    expect((await outgoingTo(customer)).at(-1)).toMatchObject({
      state: 'failed',
      error_code: '30007',
    });
    await customer.report(message!, 'delivered');
    await customer.settled();
    expect(await stateOf(customer)).toBe('delivered');
  });

  it('that names our row counts before the answer to our request has come', async () => {
    const customer = shop.smsCustomer();
    shop.platforms.failNext('sms', 'accept_then_drop');
    await customer.post('thanks');
    await eventually(async () => (await outgoingTo(customer)).at(-1)?.error_code === 'no_answer');
    const { id } = (await outgoingTo(customer)).at(-1)!;
    const params = {
      MessageSid: newSid(),
      MessageStatus: 'delivered',
      From: TWILIO.number,
      To: customer.phone,
    };
    expect((await post(`/webhooks/twilio/status?outbox=${id}`, params)).status).toBe(200);
    await customer.settled();
    expect(await stateOf(customer)).toBe('delivered');
    expect(customer.seen()).toHaveLength(1);
  });

  it('of an opted-out number is an opt-out', async () => {
    const customer = shop.smsCustomer();
    const [message] = await customer.say('thanks');
    await customer.report(message!, 'failed', { ErrorCode: '21610' });
    await customer.settled();
    expect(await customer.say('menu')).toEqual([]);
  });
});

it('without its settings the channel answers 404', async () => {
  const off = await shop.start({
    TWILIO_ACCOUNT_SID: '',
    TWILIO_AUTH_TOKEN: '',
    TWILIO_FROM: '',
  });
  for (const path of ['/webhooks/twilio', '/webhooks/twilio/sms', '/webhooks/twilio/status'])
    expect((await post(path, inbound(), { url: off.url })).status).toBe(404);
});
