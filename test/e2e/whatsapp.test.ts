import { metaSignature } from '../../src/playground/sign';
import { eventually } from '../support/eventually';
import { fixture, fixtureBytes, fixtureNames } from '../support/fixtures';
import { newPhone } from '../support/phone-customer';
import { openShop, WHATSAPP, type Shop } from '../support/shop';
import type { WhatsAppCustomer } from '../support/whatsapp-customer';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
  await shop.start();
});
afterAll(() => shop.close());
afterEach(() => shop.platforms.reset());

async function post(body: string | Buffer, signature: string | undefined, url = shop.apps[0]!.url) {
  const response = await fetch(`${url}/webhooks/whatsapp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature ? { 'x-hub-signature-256': signature } : {}),
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  await response.text();
  return response.status;
}

const stateOf = async ({ id }: WhatsAppCustomer) =>
  (
    await shop.db.query<{ id: number; state: string; error_code: string | null }>(
      `SELECT m.id, m.state, m.error_code FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
       WHERE c.external_id = ? ORDER BY m.id DESC LIMIT 1`,
      [id],
    )
  )[0]!;

const newUserId = () => `PH.${Date.now()}${Math.floor(Math.random() * 1e6)}`;

/** From the product to the order number, by taps where there are any. */
async function order(customer: WhatsAppCustomer): Promise<void> {
  await customer.say('hi');
  await customer.say('blue mug');
  await customer.tap(/add to cart|blue mug/i);
  if (!/how many/i.test(customer.lastText())) await customer.tap(/add to cart/i);
  await customer.say('1');
  await customer.tap(/checkout/i);
  await customer.say('Juan Dela Cruz');
  if (/phone|number/i.test(customer.lastText().split('\n')[0]!))
    await customer.say('0917 123 4567');
  await customer.say('123 Main St, Brgy. Centro, Manila, Metro Manila');
  await customer.tap(/delivery/i);
  await customer.tap(/cash on delivery/i);
  await customer.tap(/place order/i);
}

describe('a WhatsApp customer', () => {
  it('orders by taps, from hello to the order number', async () => {
    const customer = shop.whatsappCustomer();
    await order(customer);
    expect(customer.lastText()).toMatch(/ORD-\d{8}-\d{5}/);
    const [row] = await shop.db.query(
      'SELECT o.order_source FROM orders AS o JOIN conversations AS c ON c.id = o.conversation_id WHERE c.external_id = ?',
      [customer.id],
    );
    expect(row).toEqual({ order_source: 'whatsapp' });
  });

  it('orders without a number, by a user name', async () => {
    const customer = shop.whatsappCustomer({ userId: newUserId() });
    await order(customer);
    expect(customer.lastText()).toMatch(/ORD-\d{8}-\d{5}/);
  });

  it('stays who they are when a user id joins their number, with their cart and their STOP', async () => {
    const phone = newPhone();
    const before = shop.whatsappCustomer({ phone });
    await before.say('blue mug');
    const after = shop.whatsappCustomer({ phone, userId: newUserId() });
    await after.say('hi');
    const users = await shop.db.query<{ user_id: number }>(
      'SELECT DISTINCT user_id FROM customer_identities WHERE external_id IN (?)',
      [[phone, after.id]],
    );
    expect(users).toHaveLength(1);

    const stopped = shop.whatsappCustomer({ phone: newPhone() });
    await stopped.say('hi');
    await stopped.say('STOP');
    const again = shop.whatsappCustomer({ phone: stopped.id, userId: newUserId() });
    expect(await again.say('menu')).toEqual([]);
    expect(await again.say('START')).toHaveLength(1);
  });

  it('has a cart from the catalogue taken over at our prices', async () => {
    const customer = shop.whatsappCustomer();
    const items = [
      { product_retailer_id: 'SKU-1001', quantity: 2, item_price: 1, currency: 'PHP' },
    ];
    const answers = await customer.send({
      type: 'order',
      order: { catalog_id: '1', text: '', product_items: items },
    });
    expect(answers.length).toBeGreaterThan(0);
    const [line] = await shop.db.query<{ quantity: number }>(
      `SELECT i.quantity FROM cart_items AS i JOIN carts AS c ON c.id = i.cart_id
       JOIN customer_identities AS p ON p.user_id = c.user_id WHERE p.external_id = ?`,
      [customer.id],
    );
    expect(line).toEqual({ quantity: 2 });
  });

  it('says STOP to hear nothing more, but may cancel an order', async () => {
    const customer = shop.whatsappCustomer();
    expect((await customer.say('cancel')).length).toBeGreaterThan(0);
    expect((await customer.say('stop')).map(({ text }) => text)).toEqual([
      expect.stringMatching(/no more messages/i),
    ]);
    expect(await customer.say('menu')).toEqual([]);
  });

  it('whose message comes five times is answered once', async () => {
    const customer = shop.whatsappCustomer();
    const frame = { id: `wamid.five.${customer.id}` };
    await Promise.all(
      Array.from({ length: 5 }, () =>
        customer.post({ type: 'text', text: { body: 'help' } }, frame),
      ),
    );
    await customer.settled();
    expect(customer.seen()).toHaveLength(1);
  });

  it('opens the window when they wrote, not when we heard of it', async () => {
    const customer = shop.whatsappCustomer();
    const timestamp = Math.floor(Date.now() / 1000) - 5 * 86_400;
    await customer.post({ type: 'text', text: { body: 'help' } }, { timestamp });
    await customer.settled();
    const [row] = await shop.db.query<{ last_inbound_at: Date }>(
      'SELECT last_inbound_at FROM conversations WHERE external_id = ?',
      [customer.id],
    );
    expect(row!.last_inbound_at.getTime()).toBe(timestamp * 1000);
  });
});

describe('a status', () => {
  it('moves a message forward only', async () => {
    const customer = shop.whatsappCustomer();
    const [message] = await customer.say('thanks');
    for (const [status, state] of [
      ['sent', 'sent'],
      ['read', 'read'],
      ['delivered', 'read'],
      ['failed', 'read'],
    ] as const) {
      expect(await customer.report(message!, status)).toBe(200);
      await customer.settled();
      expect((await stateOf(customer)).state).toBe(state);
    }
  });

  it('of failure tells the code; what is delivered after all was delivered', async () => {
    const customer = shop.whatsappCustomer();
    const [message] = await customer.say('thanks');
    await customer.report(message!, 'failed', {
      errors: [{ code: 131047, title: 'Re-engagement message' }],
    });
    await customer.settled();
    expect(await stateOf(customer)).toMatchObject({ state: 'failed', error_code: '131047' });
    await customer.report(message!, 'delivered');
    await customer.settled();
    expect((await stateOf(customer)).state).toBe('delivered');
  });

  it('that comes before the answer to our request finds its message', async () => {
    const customer = shop.whatsappCustomer();
    shop.platforms.failNext('whatsapp', 'accept_then_drop');
    await customer.post({ type: 'text', text: { body: 'thanks' } });
    await eventually(() => Promise.resolve(customer.seen().length === 1));
    await customer.report(customer.seen()[0]!, 'delivered');
    await customer.settled();
    expect((await stateOf(customer)).state).toBe('delivered');
    expect(customer.seen()).toHaveLength(1);
  });
});

describe('the webhook', () => {
  const body = JSON.stringify(fixture('whatsapp_cloud/message_text.json'));
  const ask = (query: string, url = shop.apps[0]!.url) =>
    fetch(`${url}/webhooks/whatsapp?${query}`);

  it('gives the challenge back, to the right token only', async () => {
    const answer = await ask(
      'hub.mode=subscribe&hub.verify_token=fixture-whatsapp-token&hub.challenge=1158',
    );
    expect([answer.status, await answer.text()]).toEqual([200, '1158']);
    expect(
      (await ask('hub.mode=subscribe&hub.verify_token=fixture-verify-token&hub.challenge=1'))
        .status,
    ).toBe(403);
  });

  it.each([
    ['without a signature', undefined],
    ['with somebody else’s', metaSignature('another', body)],
    ['with one of other bytes', metaSignature(WHATSAPP.appSecret, `${body} `)],
  ])('refuses a body %s and stores nothing', async (_, signature) => {
    const count = async () => (await shop.db.query('SELECT id FROM inbox_messages')).length;
    const before = await count();
    expect(await post(body, signature)).toBe(401);
    expect(await count()).toBe(before);
  });

  it.each(fixtureNames('whatsapp_cloud'))('takes the captured body %s', async (file) => {
    const { signatures } = fixture<{ signatures: Record<string, string> }>(
      'whatsapp_cloud/_signatures.json',
    );
    expect(await post(fixtureBytes(`whatsapp_cloud/${file}`), signatures[file])).toBe(200);
  });

  it('keeps what is for another number, and does not handle it', async () => {
    const other = body
      .replace('200000000000601', '200000000000999')
      .replace(/wamid\.[^"]+/, 'wamid.other');
    expect(await post(other, metaSignature(WHATSAPP.appSecret, other))).toBe(200);
    const [row] = await shop.db.query(
      "SELECT state FROM inbox_messages WHERE provider_message_id = 'wamid.other'",
    );
    expect(row).toEqual({ state: 'ignored' });
  });

  it('answers 404 without its settings', async () => {
    const names = ['VERIFY_TOKEN', 'APP_SECRET', 'PHONE_NUMBER_ID', 'ACCESS_TOKEN'];
    const off = await shop.start(Object.fromEntries(names.map((name) => [`WHATSAPP_${name}`, ''])));
    expect(await post(body, metaSignature(WHATSAPP.appSecret, body), off.url)).toBe(404);
    expect((await ask('hub.mode=subscribe', off.url)).status).toBe(404);
  });
});
