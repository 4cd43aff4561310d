import { spawn } from 'node:child_process';
import path from 'node:path';
import { messengerWebhook, metaSignature } from '../../src/playground/sign';
import { databaseSwitch } from '../support/database-switch';
import { fixture, fixtureBytes, fixtureNames } from '../support/fixtures';
import { newPsid, type MessengerCustomer } from '../support/messenger-customer';
import { startApp } from '../support/running-app';
import { openShop, PAGE, walkToSummary, type Shop } from '../support/shop';

const FIXTURE_PERSON = '7000000000000201';
const PROJECT = path.join(__dirname, '..', '..');

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
  await shop.start();
});
afterAll(() => shop.close());

const webhookUrl = () => `${shop.apps.at(-1)!.url}/webhooks/messenger`;

async function post(
  body: Buffer | string,
  signature?: string,
  url = webhookUrl(),
): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === undefined ? {} : { 'x-hub-signature-256': signature }),
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  await response.text();
  return response.status;
}

const signed = (body: Buffer | string): string => metaSignature(PAGE.appSecret, body);

async function inboxRows(): Promise<{ state: string; kind: string; event: string }[]> {
  return shop.db.query('SELECT state, kind, event FROM inbox_messages ORDER BY id');
}

/** How many rows the inbox has more after doing something. */
async function newRows(doing: () => Promise<unknown>): Promise<{ state: string; kind: string }[]> {
  const before = (await inboxRows()).length;
  await doing();
  return (await inboxRows()).slice(before);
}

/** A captured body as another person's, with message ids of its own. */
function asSentBy(psid: string, file: string): string {
  return fixtureBytes(file)
    .toString('utf8')
    .replaceAll(FIXTURE_PERSON, psid)
    .replace(/"m_[^"]+"/g, `"m_${psid}_${file}"`);
}

const orderNumbersOf = (customer: MessengerCustomer) =>
  shop.db.query<{ order_number: string }>(
    `SELECT o.order_number FROM orders AS o JOIN conversations AS c ON c.user_id = o.user_id
     WHERE c.conversation_key LIKE ?`,
    [`%:${customer.psid}`],
  );

describe('the handshake', () => {
  const ask = async (query: string) => fetch(`${webhookUrl()}?${query}`);

  it('gives the challenge back as plain text', async () => {
    const challenge = encodeURIComponent('<b>1158201444</b>');
    const answer = await ask(
      `hub.mode=subscribe&hub.verify_token=fixture-verify-token&hub.challenge=${challenge}`,
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toBe('<b>1158201444</b>');
  });

  it.each([
    ['a wrong token', 'hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1'],
    ['no token', 'hub.mode=subscribe&hub.challenge=1'],
    ['no challenge', 'hub.mode=subscribe&hub.verify_token=fixture-verify-token'],
    ['another mode', 'hub.mode=unsubscribe&hub.verify_token=fixture-verify-token&hub.challenge=1'],
    [
      'tokens in a list',
      'hub.mode=subscribe&hub.verify_token=fixture-verify-token&hub.verify_token=x&hub.challenge=1',
    ],
    [
      'a challenge in a list',
      'hub.mode=subscribe&hub.verify_token=fixture-verify-token&hub.challenge[]=1',
    ],
    ['nothing', ''],
  ])('refuses %s', async (_, query) => {
    expect((await ask(query)).status).toBe(403);
  });
});

describe('a body', () => {
  const body = () => messengerWebhook({ ...PAGE, from: newPsid(), text: 'hi' });

  it.each([
    ['without a signature', () => undefined],
    ['with somebody else’s signature', (text: string) => metaSignature('another-secret', text)],
    ['with a signature of other bytes', () => signed('{}')],
    ['with half a signature', (text: string) => signed(text).slice(0, 40)],
    ['with the old kind of signature', (text: string) => signed(text).replace('sha256=', 'sha1=')],
    ['with an empty signature', () => ''],
  ])('%s is refused, and nothing of it is stored', async (_, sign) => {
    const rows = await newRows(async () => {
      const text = body().body;
      expect(await post(text, sign(text))).toBe(401);
    });
    expect(rows).toEqual([]);
  });

  it('that is signed and no JSON is refused as such; unsigned it is refused for that', async () => {
    const rows = await newRows(async () => {
      for (const garbage of ['{"object":', '', '\u0000', 'hello']) {
        expect(await post(garbage, signed(garbage))).toBe(400);
        expect(await post(garbage)).toBe(401);
      }
    });
    expect(rows).toEqual([]);
  });

  it.each([
    [
      'of another object',
      { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [] }] },
    ],
    [
      'of an unknown page',
      {
        object: 'page',
        entry: [
          { id: '999', messaging: [{ sender: { id: '1' }, message: { mid: 'm_p', text: 'hi' } }] },
        ],
      },
    ],
    [
      'with an unknown event',
      {
        object: 'page',
        entry: [{ id: PAGE.pageId, messaging: [{ sender: { id: '1' }, brand_new: {} }] }],
      },
    ],
    [
      'with a broken event',
      {
        object: 'page',
        entry: [{ id: PAGE.pageId, messaging: [{ sender: 7, message: 'what' }, null] }],
      },
    ],
    ['without an object', [1, 2, 3]],
    ['of nothing', null],
  ])('%s is kept, not handled, and answered 200', async (name, value) => {
    const rows = await newRows(async () => {
      const text = JSON.stringify(value, (key, one: unknown) =>
        key === 'id' && one === '1' ? `1${name.length}` : one,
      );
      expect(await post(text, signed(text))).toBe(200);
    });
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['ignored']));
  });

  it('over three megabytes is refused', async () => {
    const big = JSON.stringify({ object: 'page', entry: [], filler: 'x'.repeat(3 * 1024 * 1024) });
    expect(await post(big, signed(big))).toBe(413);
  });

  it('with events for several people is answered to each of them', async () => {
    const people = [shop.customer(), shop.customer()];
    const messaging = people.map(({ psid }, index) => ({
      sender: { id: psid },
      recipient: { id: PAGE.pageId },
      timestamp: Date.now() + index,
      message: { mid: `m_batch_${psid}`, text: 'hello' },
    }));
    const text = JSON.stringify({
      object: 'page',
      entry: messaging.map((one) => ({ id: PAGE.pageId, messaging: [one] })),
    });
    expect(await post(text, signed(text))).toBe(200);
    for (const person of people) {
      await person.settled();
      expect(person.lastText()).toMatch(/welcome/i);
    }
  });
});

describe('each captured body', () => {
  const { signatures } = fixture<{ signatures: Record<string, string> }>(
    'messenger/_signatures.json',
  );
  /** What the person is answered; null where nothing is due. */
  const due: Record<string, RegExp | null> = {
    'message_text.json': /welcome/i,
    'message_quick_reply.json': /"red"/,
    'message_reply_to.json': /did not get that/,
    'message_attachment_image.json': /only read words/,
    'message_attachment_location.json': /location/,
    'message_attachment_fallback.json': /did not get that/,
    'message_sticker_like.json': /words and taps/,
    'message_ads_referral.json': /did not get that/,
    'postback_button.json': /Blue mug.*How many/,
    'postback_get_started_referral.json': /welcome/i,
    'referral_m_me.json': /Blue mug - P250/,
    'send_cart_order.json': /1 x Blue mug - P250\n2 x Green mug - P500/,
  };

  // The files are of one conversation, but of one moment, too: the order here is that of the list above, then the rest.
  const names = [
    ...Object.keys(due),
    ...fixtureNames('messenger').filter((name) => !(name in due)),
  ];

  it.each(names)('%s is taken, and answered where an answer is due', async (name) => {
    const customer = shop.customer(FIXTURE_PERSON);
    const before = customer.seen().length;
    expect(await post(fixtureBytes(`messenger/${name}`), signatures[name])).toBe(200);
    await customer.settled();
    const texts = customer
      .seen()
      .slice(before)
      .map(({ text }) => text)
      .join('\n');
    const expected = due[name] ?? null;
    if (expected) expect(texts).toMatch(expected);
    else expect(texts).toBe('');
  });

  it('leaves the app running', async () => {
    expect((await fetch(`${shop.apps.at(-1)!.url}/ready`)).status).toBe(200);
  });
});

describe('an order', () => {
  it('begun by a button and by the catalogue’s cart is finished by text', async () => {
    const customer = shop.customer();
    for (const file of ['messenger/postback_button.json', 'messenger/send_cart_order.json']) {
      const body = asSentBy(customer.psid, file);
      expect(await post(body, signed(body))).toBe(200);
      await customer.settled();
      if (file.includes('postback')) await customer.say('3');
    }
    for (const text of [
      'checkout',
      'Juan Dela Cruz',
      '0917 123 4567',
      '12 Mabini St, Makati',
      '1',
      'cod',
      'yes',
    ]) {
      await customer.say(text);
    }
    const orders = await shop.db.query<{ sku: string; quantity: number }>(
      `SELECT i.sku, i.quantity FROM order_items AS i JOIN orders AS o ON o.id = i.order_id
       JOIN conversations AS c ON c.user_id = o.user_id WHERE c.conversation_key LIKE ? ORDER BY i.sku`,
      [`%:${customer.psid}`],
    );
    expect(orders).toEqual([
      { sku: 'SKU-1001', quantity: 4 },
      { sku: 'SKU-1002', quantity: 2 },
    ]);
    expect(customer.lastText()).toMatch(/ORD-\d{8}-\d{5}/);
  });

  it('is placed once and each answer given once when every webhook comes five times at once', async () => {
    const customer = shop.customer();
    const fiveTimes: MessengerCustomer = {
      ...customer,
      say: (text) => deliver({ text }),
      tap: (title) => deliver(customer.tapOf(title)),
    };
    let sent = 0;
    async function deliver(
      message: Parameters<MessengerCustomer['post']>[0],
    ): ReturnType<MessengerCustomer['say']> {
      sent += 1;
      const same = { ...message, mid: `m_five_${customer.psid}_${sent}`, timestamp: Date.now() };
      const statuses = await Promise.all(Array.from({ length: 5 }, () => customer.post(same)));
      expect(statuses).toEqual([200, 200, 200, 200, 200]);
      await customer.settled();
      return customer.seen();
    }
    await walkToSummary(fiveTimes);
    await fiveTimes.tap(/place order/i);

    const undisturbed = shop.customer();
    await walkToSummary(undisturbed);
    await undisturbed.tap(/place order/i);
    const texts = (one: MessengerCustomer) =>
      one.seen().map(({ text }) => text.replace(/ORD-\d{8}-\d{5}/, 'ORD'));
    expect(texts(customer)).toEqual(texts(undisturbed));
    expect(await orderNumbersOf(customer)).toHaveLength(1);
  });
});

describe('without its settings', () => {
  const NONE = {
    MESSENGER_VERIFY_TOKEN: '',
    MESSENGER_APP_SECRET: '',
    MESSENGER_PAGE_ID: '',
    MESSENGER_PAGE_ACCESS_TOKEN: '',
  };

  it('the channel is off: 404 for the handshake and for bodies', async () => {
    const app = await startApp(shop.databaseUrl, NONE);
    try {
      const url = `${app.url}/webhooks/messenger`;
      expect(
        (await fetch(`${url}?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1`)).status,
      ).toBe(404);
      expect(await post('{}', signed('{}'), url)).toBe(404);
      expect(await post('{}', undefined, url)).toBe(404);
    } finally {
      await app.kill();
    }
  });

  it('a program with wrong settings says all that is wrong and ends with 1', async () => {
    const { code, output } = await run({
      NODE_ENV: 'production',
      PORT: 'many',
      ENCRYPTION_KEY: 'short',
      MESSENGER_PAGE_ID: '1',
      OWNER_PHONE: '0917',
    });
    expect(code).toBe(1);
    for (const name of [
      'PORT',
      'ENCRYPTION_KEY',
      'OWNER_PHONE',
      'DATABASE_URL',
      'JWT_SECRET',
      'ADMIN_API_KEY',
      'PUBLIC_URL',
      'MESSENGER_APP_SECRET',
    ]) {
      expect(output).toContain(`${name}: `);
    }
  });

  function run(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [path.join('dist', 'src', 'main.js')], {
      cwd: PROJECT,
      env: { PATH: process.env.PATH, ...env },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })));
  }
});

describe('while the database is down', () => {
  it('everything says 503 but /health, and the message comes through when it is back', async () => {
    const cable = await databaseSwitch(shop.databaseUrl);
    const app = await shop.start({ DATABASE_URL: cable.url });
    const status = async (where: string, headers = {}) =>
      (await fetch(`${app.url}${where}`, { headers })).status;
    try {
      expect(await status('/ready')).toBe(200);
      await cable.off();
      expect(await status('/ready')).toBe(503);
      expect(await status('/health')).toBe(200);
      expect((await shop.api('/api/staff', { name: 'Nobody', role: 'admin' })).status).toBe(503);
      const customer = shop.customer();
      const message = { text: 'hi', mid: `m_down_${customer.psid}` };
      expect(await customer.post(message)).toBe(503);

      await cable.on();
      for (let left = 100; (await status('/ready')) !== 200 && left > 0; left -= 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(await status('/ready')).toBe(200);
      expect(await customer.post(message)).toBe(200);
      await customer.settled();
      expect(customer.lastText()).toMatch(/welcome/i);
    } finally {
      await app.kill();
      await cable.close();
    }
  });
});
