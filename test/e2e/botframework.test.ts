import { openDatabase, type Database } from '../../src/db/database';
import { emulatorPerson } from '../support/emulator-person';
import { eventually } from '../support/eventually';
import { startFakeConnector, type FakeConnector } from '../support/fake-connector';
import { startApp, type RunningApp } from '../support/running-app';
import { dropDatabase, newDatabaseUrl } from '../support/test-database';

/** POST /api/messages (CHN-6): the whole product, and the Bot Framework on a port. */
let databaseUrl: string;
let db: Database;
let app: RunningApp;
let connector: FakeConnector;

const APP_ID = '01234567-89ab-4def-8123-456789abcdef';
const open = async (password?: string, env: Record<string, string> = {}): Promise<void> => {
  databaseUrl = newDatabaseUrl();
  connector = await startFakeConnector(password);
  app = await startApp(databaseUrl, env);
  db = openDatabase(databaseUrl, 2);
};
const close = async (): Promise<void> => {
  await app?.stop();
  await connector?.close();
  await db?.close();
  await dropDatabase(databaseUrl);
};

describe('the Emulator, without an app id', () => {
  beforeAll(() => open(), 90_000);
  afterAll(close);

  test('a person orders a mug by suggested actions, cards and words', async () => {
    const person = emulatorPerson(() => app.url, connector);
    expect(await person.join()).toBe(200);
    await person.sees(/Welcome/);
    await person.tap(/^Shop/);
    await person.tap(/^Mugs/);
    await person.sees(/Blue mug/);
    await person.tap(/^Add to cart/, 'Blue mug');
    await person.sees(/How many/);
    await person.say('1');
    await person.sees(/Added: 1 x/);
    await person.tap(/^Checkout/);
    await person.sees(/Who is it for/);
    await person.say('Maria Santos');
    await person.sees(/mobile number/);
    await person.say('0917 123 4567');
    await person.sees(/Where shall we deliver/);
    await person.say('12 Mabini Street, Barangay San Antonio, Makati, Metro Manila');
    await person.tap(/^Delivery/);
    await person.sees(/pay/i);
    await person.tap(/^Cash on delivery/);
    await person.sees(/Please check your order/);
    await person.tap(/^Place order/);
    await person.sees(/Your order \S+ is in/);
    expect(await db.query('SELECT order_source FROM orders')).toEqual([{ order_source: 'web' }]);
    const replies = connector.shown.filter(({ replyTo }) => replyTo?.startsWith('activity-'));
    expect(replies.length).toBeGreaterThan(10);
  }, 90_000);

  test('an activity that comes three times is answered once', async () => {
    const person = emulatorPerson(() => app.url, connector, { conversationId: 'again' });
    const activity = { type: 'message', id: 'the-same', text: 'help' };
    expect(await Promise.all([1, 2, 3].map(() => person.post(activity)))).toEqual([200, 200, 200]);
    await person.sees(/./);
    const rows = await db.query(
      `SELECT state FROM inbox_messages WHERE external_id LIKE 'emulator:again:%'`,
    );
    expect(rows).toHaveLength(1);
  }, 60_000);

  test('what is no message is kept, counted and not answered', async () => {
    const person = emulatorPerson(() => app.url, connector, { conversationId: 'quiet' });
    for (const type of [
      'typing',
      'event',
      'messageReaction',
      'endOfConversation',
      'invoke',
      'something new',
    ])
      expect(await person.post({ type })).toBe(200);
    const rows = await db.query(
      `SELECT kind, state FROM inbox_messages WHERE external_id LIKE 'emulator:quiet:%' ORDER BY id`,
    );
    expect(rows).toHaveLength(6);
    expect(rows[0]).toEqual({ kind: 'typing', state: 'ignored' });
  }, 60_000);

  test('what does not address an answer is refused, and nothing is stored', async () => {
    const person = emulatorPerson(() => app.url, connector, { conversationId: 'wrong' });
    const text = { type: 'message', text: 'hello' };
    expect(await person.post({ ...text, conversation: {} })).toBe(400);
    expect(await person.post({ ...text, from: {} })).toBe(400);
    expect(await person.post({ ...text, serviceUrl: 'https://evil.example' })).toBe(400);
    expect(await person.post({ ...text, serviceUrl: 'http://169.254.169.254' })).toBe(400);
    expect(await person.post({ ...text, serviceUrl: 'http://10.0.0.1:3978' })).toBe(400);
    expect(await person.post(text, { 'x-forwarded-for': '203.0.113.9' })).toBe(403);
    const [count] = await db.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM inbox_messages WHERE external_id LIKE 'emulator:wrong:%'`,
    );
    expect(count!.n).toBe(0);
  }, 60_000);

  test('a connector that fails is tried again, and the answers come in their order', async () => {
    const person = emulatorPerson(() => app.url, connector, { conversationId: 'patience' });
    connector.failNext(503, 2);
    await person.say('menu');
    await person.say('help');
    await eventually(
      async () =>
        (await db.query(`SELECT id FROM inbox_messages WHERE external_id LIKE 'emulator:patience:%' AND state = 'pending'`)).length === 0 &&
        (await db.query(`SELECT id FROM outgoing_messages WHERE state = 'queued'`)).length === 0,
    ); // prettier-ignore
    const sent = await db.query<{ display_text: string }>(
      `SELECT m.display_text FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
       WHERE c.external_id LIKE 'emulator:patience:%' ORDER BY m.id`,
    );
    const shown = connector.shown.filter(({ conversationId }) => conversationId === 'patience');
    expect(shown.map(({ activity }) => activity.text)).toEqual(sent.map((row) => row.display_text));
  }, 60_000);
});

describe('a channel of the Bot Framework, with an app id', () => {
  beforeAll(async () => {
    await open('bot-password');
    await app.stop();
    app = await startApp(databaseUrl, {
      MICROSOFT_APP_ID: APP_ID,
      MICROSOFT_APP_PASSWORD: 'bot-password',
      MICROSOFT_LOGIN_API_URL: connector.url,
      BOT_FRAMEWORK_API_URL: connector.url,
    });
  }, 120_000);
  afterAll(close);

  test('who shows a token for this bot is answered, with a token of ours', async () => {
    const token = connector.channelToken({ aud: APP_ID, serviceurl: connector.url });
    const person = emulatorPerson(() => app.url, connector, {
      channelId: 'msteams',
      conversationId: 'a:1',
      authorization: `Bearer ${token}`,
    });
    await person.say('<at>Bot</at> hello');
    await person.sees(/Welcome/);
    expect(connector.shown.at(-1)!.authorization).toBe('Bearer token-1');
    await person.say('help');
    await person.sees(/./);
    expect(connector.tokensGiven).toBe(1);
    connector.failNext(401);
    await person.say('menu');
    await person.sees(/./);
    expect(connector.tokensGiven).toBe(2);
  }, 60_000);

  test('anybody else is refused, and nothing is stored', async () => {
    const person = emulatorPerson(() => app.url, connector, {
      channelId: 'msteams',
      conversationId: 'a:2',
    });
    const good = { aud: APP_ID, serviceurl: connector.url };
    const other = await startFakeConnector('other');
    const tokens = [
      '',
      'nonsense',
      connector.channelToken({ ...good, aud: '00000000-0000-4000-8000-000000000000' }),
      connector.channelToken({ ...good, serviceurl: 'https://elsewhere.example' }),
      connector.channelToken({ ...good, iss: 'https://evil.example' }),
      connector.channelToken({ ...good, exp: Math.floor(Date.now() / 1000) - 3600 }),
      connector.channelToken({ ...good, kid: 'key-2' }),
      other.channelToken(good),
    ];
    await other.close();
    for (const token of tokens)
      expect(
        await person.post({ type: 'message', text: 'hello' }, { authorization: `Bearer ${token}` }),
      ).toBe(401);
    // Signed for Teams, it says nothing about Slack.
    const elsewhere = { type: 'message', text: 'hello', channelId: 'slack' };
    const authorization = `Bearer ${connector.channelToken(good)}`;
    expect(await person.post(elsewhere, { authorization })).toBe(401);
    const [count] = await db.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM inbox_messages WHERE external_id LIKE '%a:2:%'`,
    );
    expect(count!.n).toBe(0);
  }, 60_000);
});
