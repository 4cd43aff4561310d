import { messenger } from '../../src/channels/messenger';
import type { SendRequest } from '../../src/channels/channel';
import { replyAsPerson } from '../../src/conversation/takeover/as-person';
import {
  createConversation,
  findConversation,
  lockConversation,
} from '../../src/customers/conversation-store';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { insertOutgoing } from '../../src/outgoing/outgoing-store';
import { createSender, type Sender } from '../../src/outgoing/sender';
import { openInstance, type AppInstance } from '../support/app-instance';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { aBusiness } from '../support/factories';
import type { FakePlatforms } from '../support/fake-platforms';
import {
  inboxThread,
  PAGE_ID,
  PAGE_INBOX_APP,
  pageEnv,
  startFakePlatforms,
} from '../support/page-inbox';
import { openTurns } from '../support/turns';

const test = useDatabase();
const KEY = `messenger:${PAGE_ID}:7000000000000201`;

/** A conversation of the demo shop in which these answers of the bot wait to be sent. */
async function waitingAnswers(texts: string[]) {
  const turns = await openTurns(test);
  const { businessId } = turns;
  await createConversation(test.db, {
    conversationKey: KEY,
    businessId,
    channel: 'messenger',
    accountId: PAGE_ID,
    externalId: '7000000000000201',
  });
  const conversation = (await findConversation(test.db, KEY))!;
  await test.db.transaction((trx) =>
    insertOutgoing(
      trx,
      texts.map((text) => ({
        businessId,
        conversationId: conversation.id,
        inboxMessageId: 1,
        notificationId: null,
        message: { payload: { message: { text } }, display: text },
      })),
      test.clock.now(),
    ),
  );
  const reply = (text: string) =>
    test.db.transaction((trx) =>
      replyAsPerson(
        trx,
        { businessId, conversationId: conversation.id, by: 'api', now: test.clock.now() },
        text,
      ),
    );
  const lane = {
    conversationId: conversation.id,
    channel: 'messenger' as const,
    accountId: PAGE_ID,
    externalId: conversation.externalId,
  };
  return { ...turns, lane, reply };
}

const states = () =>
  test.db.query<{ text: string; state: string }>(
    'SELECT display_text AS text, state FROM outgoing_messages ORDER BY id',
  );

describe('while an answer of several messages is being sent', () => {
  let sender: Sender;
  afterEach(async () => {
    await sender.stop();
    jest.restoreAllMocks();
  });

  it('a person who takes over speaks after the one under way, and the rest is not sent', async () => {
    const { accounts, lane, reply } = await waitingAnswers(['one', 'two', 'three']);
    const accepted: string[] = [];
    let inFlight: () => void = () => undefined;
    const isInFlight = new Promise<void>((resolve) => (inFlight = resolve));
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    jest.spyOn(messenger, 'send').mockImplementation(async (request: SendRequest) => {
      inFlight();
      await gate;
      accepted.push((request.payload.message as { text: string }).text);
      return { ok: true, providerMessageId: `p-${request.outgoingId}` };
    });
    const { clock, db } = test;
    sender = createSender({ db, clock, accounts, ids: systemIds, log: createLog('silent') });
    sender.wake(lane);
    await isInFlight;
    await reply('Ana here');
    letGo();
    await eventually(async () => (await states()).every(({ state }) => state !== 'queued'));
    expect(accepted).toEqual(['one', 'Ana here']);
    expect(await states()).toEqual([
      { text: 'one', state: 'sent' },
      { text: 'two', state: 'skipped' },
      { text: 'three', state: 'skipped' },
      { text: 'Ana here', state: 'sent' },
    ]);
  });
});

describe('while a turn holds the lane', () => {
  it('a person’s reply waits for it, and its answer is not sent', async () => {
    const { reply, lane, businessId } = await waitingAnswers([]);
    let said: Promise<unknown> | undefined;
    await test.db.transaction(async (turn) => {
      await lockConversation(turn, KEY);
      said = reply('Ana here');
      // The reply has come as far as the lane when the server says that it waits for it.
      await untilSomebodyWaits();
      const message = { payload: { message: { text: 'bot' } }, display: 'bot' };
      const { conversationId } = lane;
      const row = { businessId, conversationId, inboxMessageId: 1, notificationId: null, message };
      await insertOutgoing(turn, [row], test.clock.now());
    });
    await said;
    expect(await states()).toEqual([
      { text: 'bot', state: 'skipped' },
      { text: 'Ana here', state: 'queued' },
    ]);
  });

  async function untilSomebodyWaits(): Promise<void> {
    for (;;) {
      const rows = await test.db.query(
        `SELECT trx_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'`,
      );
      if (rows.length > 0) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
});

describe('customers, people and bots at once, on two instances', () => {
  let platforms: FakePlatforms;
  let apps: AppInstance[];

  beforeEach(async () => {
    platforms = await startFakePlatforms();
    platforms.setLatency(10);
    const { id } = await aBusiness(test.db);
    apps = [0, 1].map(() => openInstance(test, id, pageEnv(platforms)));
  });
  afterEach(async () => {
    await Promise.all(apps.map((one) => one.stop()));
    await platforms.close();
  });

  it('the bot says nothing after a person has spoken, and nobody speaks into another one’s message', async () => {
    const WORDS = 'Ana of the shop here';
    const threads = Array.from({ length: 12 }, (_, at) =>
      inboxThread(test, () => apps[at % 2]!, platforms),
    );
    await Promise.all(threads.map((one) => one.says('hi')));
    await Promise.all(threads.map((one) => one.settled()));
    await Promise.all(
      threads.map(async (one, at) => {
        const id = await one.conversationId();
        const reply = () =>
          apps[(at + 1) % 2]!.call('post', `/api/conversations/${id}/reply`, { text: WORDS });
        const [, , answer] = await Promise.all([
          one.says('menu'),
          one.says('shop'),
          reply(),
          one.says('cart'),
        ]);
        expect(answer.status).toBe(201);
      }),
    );
    await Promise.all(threads.map((one) => one.settled()));
    for (const one of threads) {
      const seen = one.seen();
      expect(seen.filter((text) => text === WORDS)).toHaveLength(1);
      expect(seen.at(-1)).toBe(WORDS);
      await one.says('are you there?');
      await one.settled();
      expect(one.seen()).toEqual(seen);
    }
    expect(platforms.overlaps).toEqual([]);
  });

  it('the bot says nothing once a reply in the page’s inbox has been taken in', async () => {
    const threads = Array.from({ length: 12 }, (_, at) =>
      inboxThread(test, () => apps[at % 2]!, platforms),
    );
    await Promise.all(
      threads.map(async (one, at) => {
        const echo = { mid: `m_race_${at}`, text: 'Ana here', app_id: PAGE_INBOX_APP };
        await Promise.all([one.says('hi'), one.echoes(echo), one.says('menu')]);
        await one.settled();
      }),
    );
    const after = await test.db.query(
      `SELECT bot.id FROM outgoing_messages AS bot
       JOIN outgoing_messages AS person ON person.conversation_id = bot.conversation_id AND person.author = 'person'
       WHERE bot.author = 'bot' AND bot.id > person.id`,
    );
    expect(after).toEqual([]);
    const [row] = await test.db.query<{ taken: number }>(
      'SELECT COUNT(*) AS taken FROM conversations WHERE takeover_until > :now',
      { now: test.clock.now() },
    );
    expect(Number(row?.taken)).toBe(threads.length);
  });
});
