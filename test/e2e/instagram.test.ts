import { messengerWebhook, metaSignature } from '../../src/playground/sign';
import { fixture, fixtureBytes, fixtureNames } from '../support/fixtures';
import { INSTAGRAM, openShop, walkToSummary, type Shop } from '../support/shop';
import type { MessengerCustomer } from '../support/messenger-customer';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
  await shop.start();
});
afterAll(() => shop.close());

async function post(body: string | Buffer, signature: string, url = shop.apps[0]!.url) {
  const response = await fetch(`${url}/webhooks/messenger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  await response.text();
  return response.status;
}

const rowsOf = ({ psid }: MessengerCustomer) =>
  shop.db.query<{ kind: string; state: string; event: string }>(
    'SELECT kind, state, event FROM inbox_messages WHERE external_id = ? ORDER BY id',
    [psid],
  );

/** A deletion as Instagram reports it. */
async function takeBack({ psid }: MessengerCustomer, mid: string): Promise<void> {
  const body = JSON.stringify(fixture('instagram/message_deleted.json'))
    .replaceAll('6000000000000401', psid)
    .replace(/"mid":"[^"]+"/, `"mid":"${mid}"`);
  expect(await post(body, metaSignature(INSTAGRAM.appSecret, body))).toBe(200);
}

it('a customer orders on Instagram, from hello to the order number', async () => {
  const customer = shop.instagramCustomer();
  await walkToSummary(customer);
  await customer.tap(/place order/i);
  expect(customer.lastText()).toMatch(/ORD-\d{8}-\d{5}/);
  const [order] = await shop.db.query(
    `SELECT o.order_source FROM orders AS o JOIN conversations AS c ON c.id = o.conversation_id WHERE c.external_id = ?`,
    [customer.psid],
  );
  expect(order).toEqual({ order_source: 'instagram' });
  expect(
    shop.platforms.messagesTo(customer.psid).every(({ platform }) => platform === 'instagram'),
  ).toBe(true);
});

it('a message that comes five times is answered once', async () => {
  const customer = shop.instagramCustomer();
  const message = { text: 'help', mid: `aWdf_${customer.psid}` };
  await Promise.all(Array.from({ length: 5 }, () => customer.post(message)));
  await customer.settled();
  expect(customer.seen()).toHaveLength(1);
});

it('a message that is taken back is erased', async () => {
  const customer = shop.instagramCustomer();
  const mid = `aWdf_secret_${customer.psid}`;
  await customer.post({ text: 'my secret is 1234', mid });
  await customer.settled();
  const answers = customer.seen().length;
  await takeBack(customer, mid);
  await customer.settled();
  const rows = await rowsOf(customer);
  expect(rows).toMatchObject([{ kind: 'message' }, { kind: 'erasure', state: 'done' }]);
  expect(JSON.stringify(rows)).not.toContain('secret is');
  expect(customer.seen()).toHaveLength(answers);
});

it('a message that comes after it was taken back is not stored', async () => {
  const customer = shop.instagramCustomer();
  const mid = `aWdf_late_${customer.psid}`;
  await takeBack(customer, mid);
  await customer.settled();
  await customer.post({ text: 'my secret is 1234', mid });
  await customer.settled();
  expect(JSON.stringify(await rowsOf(customer))).not.toContain('secret is');
  expect(customer.seen()).toEqual([]);
});

it('nobody can take back another person’s message', async () => {
  const [owner, other] = [shop.instagramCustomer(), shop.instagramCustomer()];
  const mid = `aWdf_owned_${owner.psid}`;
  await owner.post({ text: 'blue mug please', mid });
  await owner.settled();
  await takeBack(other, mid);
  await other.settled();
  expect((await rowsOf(owner))[0]!.event).toContain('blue mug please');
});

it.each(fixtureNames('instagram'))('the captured body %s is taken in', async (file) => {
  const { signatures } = fixture<{ signatures: Record<string, string> }>(
    'instagram/_signatures.json',
  );
  expect(await post(fixtureBytes(`instagram/${file}`), signatures[file]!)).toBe(200);
});

it('a wrong signature is refused and nothing is stored', async () => {
  const customer = shop.instagramCustomer();
  const { body } = messengerWebhook({
    ...INSTAGRAM,
    object: 'instagram',
    from: customer.psid,
    text: 'hi',
  });
  expect(await post(body, metaSignature('another-secret', body))).toBe(401);
  expect(await rowsOf(customer)).toEqual([]);
});

it('without its account the channel keeps what comes and answers nothing', async () => {
  const off = await shop.start({ INSTAGRAM_ACCOUNT_ID: '' });
  const customer = shop.instagramCustomer();
  const { body, signature } = messengerWebhook({
    ...INSTAGRAM,
    object: 'instagram',
    from: customer.psid,
    text: 'hi',
  });
  expect(await post(body, signature, off.url)).toBe(200);
  expect(await rowsOf(customer)).toMatchObject([{ state: 'ignored' }]);
});
