import { conversationKey, type EventBody } from '../../src/channels/inbound';
import { findOptOut } from '../../src/customers/consent-store';
import { openInstance, type AppInstance } from '../support/app-instance';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { aBusiness } from '../support/factories';
import type { FakePlatforms } from '../support/fake-platforms';
import {
  inboxThread,
  PAGE_INBOX_APP,
  pageEnv,
  startFakePlatforms,
  type InboxThread,
} from '../support/page-inbox';

const test = useDatabase();
let platforms: FakePlatforms;
let app: AppInstance;
let thread: InboxThread;
let echoes = 0;

beforeAll(async () => {
  platforms = await startFakePlatforms();
});
beforeEach(async () => {
  platforms.reset();
  const business = await aBusiness(test.db, {
    name: 'Nena',
    settings: { takeover_idle_minutes: 30 },
  });
  app = openInstance(test, business.id, pageEnv(platforms));
  thread = newThread();
});
afterEach(() => app.stop());
afterAll(() => platforms.close());

const newThread = (object: 'page' | 'instagram' = 'page') =>
  inboxThread(test, () => app, platforms, object);

const byPerson = (text: string) => ({
  mid: `m_person_${(echoes += 1)}`,
  text,
  app_id: PAGE_INBOX_APP,
});

async function say(text: string, to = thread): Promise<string[]> {
  const before = to.seen().length;
  await to.says(text);
  await to.settled();
  return to.seen().slice(before);
}

async function writes(text: string, at?: Date, to = thread): Promise<void> {
  await to.echoes(byPerson(text), at);
  await to.settled();
}

const record = () =>
  test.db.query<{ author: string; written_by: string | null; display_text: string; state: string }>(
    `SELECT author, written_by, display_text, state FROM outgoing_messages ORDER BY id`,
  );
const takeover = async () =>
  (await app.call('get', `/api/conversations/${await thread.conversationId()}`)).body.takeover;

describe("a person's own reply in the page's inbox", () => {
  it('makes the bot silent, is not announced, and goes on record', async () => {
    await say('hi');
    await writes('Hi Juan, Ana here');
    expect(await say('great, how much is shipping?')).toEqual([]);
    expect((await record()).at(-1)).toEqual({
      author: 'person',
      written_by: 'inbox',
      display_text: 'Hi Juan, Ana here',
      state: 'sent',
    });
    expect(await takeover()).toMatchObject({ by: 'inbox' });
  });

  it('by another app, or by none that is named, counts as well', async () => {
    await thread.echoes({ mid: 'm_other', text: 'Hello', app_id: '4711' });
    expect(await say('hi')).toEqual([]);
    const second = newThread();
    await second.echoes({ mid: 'm_none', text: 'Hello' });
    expect(await say('hi', second)).toEqual([]);
  });

  it('with a picture and no words is a reply, too', async () => {
    await thread.echoes({ mid: 'm_pic', attachments: [{ type: 'image', payload: {} }] });
    expect(await say('hi')).toEqual([]);
    expect((await record())[0]).toMatchObject({ author: 'person', display_text: '[image]' });
  });

  it('that is delivered five times is one', async () => {
    const echo = byPerson('Hi Juan');
    for (let i = 0; i < 5; i += 1) await thread.echoes(echo);
    await thread.settled();
    expect(await record()).toHaveLength(1);
  });

  it('counts before the messages that it answers, when both come together', async () => {
    const at = test.clock.now();
    await app.deps.lanes.stop();
    const earlier = new Date(at.getTime() - 60_000);
    await thread.says('is anybody there?', earlier);
    await thread.echoes(byPerson('Yes, Ana here'), at);
    await app.stop();
    app = openInstance(test, app.deps.firstBusinessId, pageEnv(platforms));
    app.deps.lanes.wake(thread.key);
    await thread.settled();
    expect(thread.seen()).toEqual([]);
  });

  it('that comes an hour late goes on record, and the bot stays', async () => {
    await say('hi');
    await writes('Hi Juan', new Date(test.clock.now().getTime() - 60 * 60_000));
    expect(await takeover()).toBeNull();
    expect((await say('menu')).join()).not.toContain('automatic');
    expect((await record()).filter(({ author }) => author === 'person')).toHaveLength(1);
  });
});

describe('while a person has the conversation', () => {
  it('STOP is heeded and confirmed all the same, for the law asks for it', async () => {
    const identity = {
      channel: 'sms' as const,
      accountId: '+15005550006',
      externalId: '+639170000031',
    };
    const lane = conversationKey('sms', identity.accountId, identity.externalId);
    const comeIn = async (body: EventBody, id: string) => {
      const at = test.clock.now();
      const event = { ...identity, providerMessageId: id, sentAt: at, body };
      const businessId = app.deps.firstBusinessId;
      await app.deps.inbox.store([{ event, businessId, state: 'pending', receivedAt: at }]);
      await eventually(async () => {
        const rows = await test.db.query(
          `SELECT id FROM inbox_messages WHERE conversation_key = :lane AND state = 'pending'`,
          { lane },
        );
        return rows.length === 0;
      });
    };
    await comeIn({ kind: 'echo', messageId: 'SM1', text: 'Hi Juan' }, 'SM1');
    await comeIn({ kind: 'message', text: 'stop' }, 'SM2');
    await comeIn({ kind: 'message', text: 'menu' }, 'SM3');
    expect((await record()).map(({ author, display_text }) => [author, display_text])).toEqual([
      ['person', 'Hi Juan'],
      ['bot', expect.stringMatching(/no more messages|START/i)],
    ]);
    expect(await findOptOut(test.db, identity)).not.toBeNull();
  });

  it('a message that cannot be handled is set aside without an apology of the bot', async () => {
    await writes('Hi Juan');
    await test.db.execute(
      `INSERT INTO inbox_messages (business_id, channel, account_id, provider_message_id, conversation_key, external_id,
           kind, event, state, attempts, next_attempt_at, sent_at, received_at)
       VALUES (:business, 'messenger', 'page', 'm_broken', :key, :psid, 'message', '{"kind":"nonsense"}', 'pending', 3,
           :now, :now, :now)`,
      {
        business: app.deps.firstBusinessId,
        key: thread.key,
        psid: thread.psid,
        now: test.clock.now(),
      },
    );
    app.deps.lanes.wake(thread.key);
    await thread.settled();
    expect(thread.seen()).toEqual([]);
    const [alert] = await test.db.query('SELECT template FROM notification_queue');
    expect(alert).toEqual({ template: 'owner_message_failed' });
  });
});

describe('the bot is back', () => {
  it('when the person has been silent for the time that is set, and says so once', async () => {
    await writes('Hi Juan');
    test.clock.forward(29);
    expect(await say('hi')).toEqual([]);
    test.clock.forward(1);
    expect(await takeover()).toBeNull();
    expect((await say('hi')).join()).toMatch(/automatic assistant.*Welcome/s);
    expect((await say('menu')).join()).not.toContain('automatic assistant');
  });

  it('not while the person writes on; what the customer writes changes nothing', async () => {
    await writes('Hi Juan');
    test.clock.forward(20);
    await say('hello?');
    await writes('One moment');
    test.clock.forward(20);
    expect(await say('hello?')).toEqual([]);
    test.clock.forward(10);
    expect(await say('hello?')).not.toEqual([]);
  });
});

describe('our own echo starts nothing', () => {
  const messages = () => platforms.messagesTo(thread.psid);

  it('by our mark, by the id of the message, or by our app', async () => {
    app = openInstance(test, app.deps.firstBusinessId, {
      ...pageEnv(platforms),
      MESSENGER_APP_ID: '900000000000001',
    });
    await say('hi');
    const [own] = messages();
    const { metadata } = own!.body.message as { metadata: string };
    await thread.echoes({ mid: own!.providerMessageId, text: own!.text, metadata });
    await thread.echoes({ mid: 'm_elsewhere', text: 'Broadcast', app_id: '900000000000001' });
    await thread.settled();
    expect(await takeover()).toBeNull();
    expect(await record()).toHaveLength(1);
    expect(await say('menu')).not.toEqual([]);
  });

  it('also when it comes before the answer to our request', async () => {
    platforms.failNext('messenger', 'hang');
    await thread.says('hi');
    const row = await queuedRow();
    await thread.echoes({ mid: 'm_early', text: 'Welcome', metadata: `outbox:${row.id}` });
    await thread.settled();
    expect(await takeover()).toBeNull();
    // It tells that the request has arrived: it is not made again (G-8).
    expect(await record()).toMatchObject([{ author: 'bot', state: 'sent' }]);
  });

  it('on Instagram, which carries no mark, by its words until its id is known', async () => {
    thread = newThread('instagram');
    platforms.failNext('instagram', 'hang');
    await thread.says('hi');
    const row = await queuedRow();
    const text = (JSON.parse(row.payload) as { message: { text: string } }).message.text;
    await thread.echoes({ mid: 'aWdf_early', text });
    await handled();
    expect(await takeover()).toBeNull();
    await thread.echoes({ mid: 'aWdf_person', text: 'Hi, Ana here' });
    await handled();
    expect(await takeover()).toMatchObject({ by: 'inbox' });
  });

  async function queuedRow(): Promise<{ id: number; payload: string }> {
    for (;;) {
      const [row] = await test.db.query<{ id: number; payload: string }>(
        `SELECT id, payload FROM outgoing_messages WHERE state = 'queued'`,
      );
      if (row) return row;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const handled = () =>
    eventually(async () => {
      const rows = await test.db.query(`SELECT id FROM inbox_messages WHERE state = 'pending'`);
      return rows.length === 0;
    });
});

describe('what the bot was about to say', () => {
  it('is not said any more, and the record tells why', async () => {
    platforms.failNext('messenger', 'transient', 1);
    await thread.says('hi');
    await waitForState('queued');
    await writes('Hi Juan');
    expect(await record()).toMatchObject([
      { author: 'bot', state: 'skipped' },
      { author: 'person', state: 'sent' },
    ]);
    test.clock.forward(5);
    await app.deps.sender.findDue();
    await thread.settled();
    expect(thread.seen()).toEqual([]);
  });

  it('is said when it carries a notification, which nobody else would tell', async () => {
    platforms.failNext('messenger', 'transient', 1);
    await thread.says('hi');
    await waitForState('queued');
    await test.db.execute('UPDATE outgoing_messages SET notification_id = 4711');
    await thread.echoes(byPerson('Hi Juan'));
    await waitForState('sent');
    expect(await record()).toMatchObject([
      { author: 'bot', state: 'queued' },
      { author: 'person' },
    ]);
  });

  const waitForState = (state: string) =>
    eventually(async () => {
      const rows = await test.db.query(
        `SELECT id FROM outgoing_messages WHERE state = :state AND (attempts > 0 OR author = 'person')`,
        { state },
      );
      return rows.length > 0;
    });
});
