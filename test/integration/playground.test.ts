import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import pino from 'pino';
import {
  createAccounts,
  PLAYGROUND_NUMBER,
  PLAYGROUND_OWNER_PHONE,
  PLAYGROUND_PAGE_ID,
} from '../../src/channels/accounts';
import { conversationKey } from '../../src/channels/inbound';
import { messenger } from '../../src/channels/messenger';
import { sms } from '../../src/channels/sms';
import { readConfig } from '../../src/config';
import { createInbox } from '../../src/inbox/inbox';
import { systemClock } from '../../src/lib/clock';
import { AppError } from '../../src/lib/errors';
import { systemIds } from '../../src/lib/ids';
import { createPlayground } from '../../src/playground/playground';
import { messengerWebhook } from '../../src/webhooks/messenger';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** The playground on the real webhook and a real database, without the bot: what it does, not what it says. */
let database: TestDatabase;
let server: Server;
let origin: string;
let accounts: ReturnType<typeof createAccounts>;
const streams: AbortController[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await db.execute(
    "INSERT INTO businesses (id, slug, name, settings) VALUES (1, 'demo', 'Demo shop', '{}')",
  );
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  const settings = readConfig({
    PORT: String(port),
    DATABASE_URL: database.url,
    MIGRATE_ON_START: 'true',
  });
  if (!settings.ok) throw new Error(settings.problems.join(', '));
  const { config } = settings;
  accounts = createAccounts(config, 1);
  const deps = { db, config, accounts, clock: systemClock, ids: systemIds };

  const app = express();
  const inbox = createInbox(db, () => undefined);
  app.use(
    '/webhooks/messenger',
    messengerWebhook({ ...deps, inbox, log: pino({ level: 'silent' }) }),
  );
  app.use('/playground', createPlayground(deps));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const known = error instanceof AppError ? error : new AppError('INTERNAL', 500, String(error));
    response.status(known.status).json({ code: known.code, details: known.details });
  });
  server.on('request', app);
});
beforeEach(async () => {
  for (const table of [
    'inbox_messages',
    'outgoing_messages',
    'conversations',
    'staff_link_codes',
    'staff',
  ]) {
    await database.db.execute(`DELETE FROM ${table}`);
  }
});
afterEach(() => streams.splice(0).forEach((stream) => stream.abort()));
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});

const ANA = '7000000000000001';
const BEN = '7000000000000002';

interface Item {
  id: string;
  person: string;
  from: string;
  state: string;
  mid?: string;
  event?: Record<string, unknown>;
  message?: Record<string, unknown>;
  sms?: { body: string; segments: number };
}

async function send(
  body: Record<string, unknown>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${origin}/playground/api/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function feed(
  people: string,
  after = '',
): Promise<{ data: Item[]; staff: string[]; next_cursor: string }> {
  const response = await fetch(
    `${origin}/playground/api/feed?people=${people}${after && `&after=${after}`}`,
  );
  expect(response.status).toBe(200);
  return (await response.json()) as { data: Item[]; staff: string[]; next_cursor: string };
}

/** What a turn would write. */
async function say(
  channel: 'messenger' | 'sms',
  person: string,
  text: string,
  state = 'queued',
): Promise<number> {
  const accountId = channel === 'sms' ? PLAYGROUND_NUMBER : PLAYGROUND_PAGE_ID;
  const payload = { ...(channel === 'sms' ? sms : messenger).render({ text })[0]?.payload };
  await database.db.execute(
    `INSERT IGNORE INTO conversations (conversation_key, business_id, channel, account_id, external_id)
     VALUES (:key, 1, :channel, :accountId, :person)`,
    { key: conversationKey(channel, accountId, person), channel, accountId, person },
  );
  const { insertId } = await database.db.execute(
    `INSERT INTO outgoing_messages (business_id, conversation_id, payload, display_text, state, next_attempt_at, created_at)
     SELECT 1, id, :payload, :text, :state, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
     FROM conversations WHERE external_id = :person`,
    { payload: JSON.stringify(payload), text, state, person },
  );
  return insertId;
}

describe('sending as a person', () => {
  test('everything that a person does arrives through the signed webhook', async () => {
    const actions: [Record<string, unknown>, Record<string, unknown>][] = [
      [{ kind: 'text', text: 'Magandang araw! ₱50?' }, { text: 'Magandang araw! ₱50?' }],
      [
        { kind: 'quick_reply', title: 'Shop', payload: 'SHOP' },
        { text: 'Shop', payload: 'SHOP' },
      ],
      [
        { kind: 'postback', title: 'Get Started', payload: 'GET_STARTED' },
        { text: 'Get Started', payload: 'GET_STARTED' },
      ],
      [
        { kind: 'image', url: 'https://cdn.example.com/a.jpg' },
        { attachments: [{ type: 'image', url: 'https://cdn.example.com/a.jpg' }] },
      ],
      [
        { kind: 'location', latitude: 14.5, longitude: 121.02 },
        { attachments: [{ type: 'location', latitude: 14.5, longitude: 121.02 }] },
      ],
    ];
    for (const [action] of actions)
      expect(await send({ person: ANA, ...action })).toMatchObject({ status: 200 });
    const { data } = await feed(ANA);
    expect(data.map(({ event }) => event)).toMatchObject(actions.map(([, event]) => event));
    expect(data.every(({ from, state }) => from === 'person' && state === 'pending')).toBe(true);
  });

  test('the phone may choose the id, and sending it again changes nothing', async () => {
    const mid = 'm_0123456789abcdef';
    for (let i = 0; i < 2; i += 1) {
      expect(await send({ person: ANA, kind: 'text', text: 'hi', mid })).toEqual({
        status: 200,
        body: { status: 200, mid },
      });
    }
    expect((await feed(ANA)).data).toMatchObject([{ mid, person: ANA }]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a person of another shape', { person: '42', kind: 'text', text: 'hi' }],
    ['an empty text', { person: ANA, kind: 'text', text: '  ' }],
    ['an unknown kind', { person: ANA, kind: 'dance' }],
    ['a picture that is not on the web', { person: ANA, kind: 'image', url: 'file:///etc/passwd' }],
    ['a place off the earth', { person: ANA, kind: 'location', latitude: 91, longitude: 0 }],
  ])('refuses %s', async (_name, body) => {
    expect(await send(body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(await database.db.query('SELECT id FROM inbox_messages')).toEqual([]);
  });
});

describe('the feed', () => {
  test('has both directions, of the people asked for only, and goes on from a cursor', async () => {
    await send({ person: ANA, kind: 'text', text: 'hi' });
    await send({ person: BEN, kind: 'text', text: 'hello' });
    await say('messenger', ANA, 'Welcome!', 'sent');
    const first = await feed(ANA);
    expect(first.data).toMatchObject([
      { from: 'person', event: { text: 'hi' } },
      { from: 'shop', state: 'sent', message: { text: 'Welcome!' } },
    ]);
    await send({ person: ANA, kind: 'text', text: 'shop' });
    expect((await feed(ANA, first.next_cursor)).data).toMatchObject([{ event: { text: 'shop' } }]);
    expect((await feed(`${ANA},${BEN}`)).data).toHaveLength(4);
  });

  test("has the owner's SMS with their segments", async () => {
    await say('sms', PLAYGROUND_OWNER_PHONE, 'x'.repeat(161), 'sent');
    expect((await feed('owner')).data).toMatchObject([
      { person: 'owner', from: 'shop', sms: { segments: 2 } },
    ]);
  });

  test('asks for known kinds of people', async () => {
    const response = await fetch(`${origin}/playground/api/feed?people=${ANA},+639171234567`);
    expect(response.status).toBe(400);
  });
});

describe('the stream', () => {
  test('tells of new messages, of changed states and of staff, and starts with what is there', async () => {
    await send({ person: ANA, kind: 'text', text: 'hi' });
    const events = await open(`${ANA},owner`);
    expect(await events.next('messages')).toMatchObject([
      { event: { text: 'hi' }, state: 'pending' },
    ]);
    const id = await say('messenger', ANA, 'Welcome!');
    expect(await events.next('messages')).toMatchObject([{ id: `out-${id}`, state: 'queued' }]);
    await database.db.execute("UPDATE outgoing_messages SET state = 'sent' WHERE id = :id", { id });
    expect(await events.next('messages')).toMatchObject([{ id: `out-${id}`, state: 'sent' }]);
    await database.db.execute(
      "INSERT INTO staff (id, business_id, name, role) VALUES (5, 1, 'A', 'admin')",
    );
    await database.db.execute('UPDATE conversations SET staff_id = 5 WHERE external_id = :ANA', {
      ANA,
    });
    expect(await events.next('staff', 2)).toEqual([ANA]);
  });
});

describe('linking the admin', () => {
  test('makes one member of staff and sends a fresh code from the phone', async () => {
    for (let i = 0; i < 2; i += 1) {
      const response = await fetch(`${origin}/playground/api/link-admin`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ person: ANA }),
      });
      expect(response.status).toBe(200);
    }
    expect(await database.db.query('SELECT name, role FROM staff')).toEqual([
      { name: 'Shop admin', role: 'admin' },
    ]);
    const texts = (await feed(ANA)).data.map(({ event }) => event?.text as string);
    expect(texts).toEqual([
      expect.stringMatching(/^\/link \w+$/),
      expect.stringMatching(/^\/link \w+$/),
    ]);
    expect(texts[0]).not.toBe(texts[1]);
  });
});

describe('the platforms of the playground', () => {
  const account = (channel: 'messenger' | 'sms') => {
    const found = accounts.sender(channel, 1);
    if (!found) throw new Error(`no ${channel} account`);
    return found;
  };

  test('take what our channels send, and report the delivery to the webhook', async () => {
    const [message] = messenger.render({
      text: 'Hello',
      choices: [{ title: 'Shop', value: 'SHOP' }],
    });
    const payload = message?.payload ?? {};
    const result = await messenger.send({
      account: account('messenger'),
      to: ANA,
      payload,
      outgoingId: 1,
    });
    expect(result).toMatchObject({ ok: true });
    const mid = result.ok ? result.providerMessageId : '';
    const events = await open(ANA);
    await events.next('staff');
    const receipt = await untilReceipt();
    expect(receipt).toMatchObject({ kind: 'receipt', status: 'delivered', messageIds: [mid] });
  });

  test('take our SMS', async () => {
    const [message] = sms.render({ text: 'New order 42' });
    const request = {
      account: account('sms'),
      to: PLAYGROUND_OWNER_PHONE,
      payload: message?.payload ?? {},
      outgoingId: 1,
    };
    expect(await sms.send(request)).toMatchObject({ ok: true });
  });

  test('know only the credentials of the playground', async () => {
    const stranger = { ...account('messenger'), token: 'wrong' };
    const payload = { messaging_type: 'RESPONSE', message: { text: 'hi' } };
    const result = await messenger.send({ account: stranger, to: ANA, payload, outgoingId: 1 });
    expect(result).toMatchObject({ ok: false, errorClass: 'configuration' });
  });
});

test('the page runs only what comes from here', async () => {
  for (const path of ['/playground', '/playground/']) {
    const response = await fetch(origin + path);
    expect(await response.text()).toContain('Tindera playground');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  }
  const page = await (await fetch(`${origin}/playground`)).text();
  for (const [, file] of page.matchAll(/(?:href|src)="(\/playground\/[^"]+)"/g)) {
    expect((await fetch(origin + file)).status).toBe(200);
  }
});

/** The platform reports a little later; the row is asked for until it is there. */
async function untilReceipt(): Promise<unknown> {
  for (;;) {
    const [row] = await database.db.query<{ event: string }>(
      "SELECT event FROM inbox_messages WHERE kind = 'receipt'",
    );
    if (row) return JSON.parse(row.event);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Reads a Server-Sent Events stream. */
async function open(people: string) {
  const stream = new AbortController();
  streams.push(stream);
  const response = await fetch(`${origin}/playground/api/events?people=${people}`, {
    signal: stream.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  const nextEvent = async (): Promise<{ name: string; data: unknown }> => {
    for (;;) {
      const end = buffer.indexOf('\n\n');
      if (end >= 0) {
        const block = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        const [, name = '', data = ''] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? [];
        if (name) return { name, data: JSON.parse(data) };
      } else {
        const chunk = await reader?.read();
        if (!chunk || chunk.done) throw new Error('the stream has ended');
        buffer += chunk.value;
      }
    }
  };
  const seen: { name: string; data: unknown }[] = [];
  return {
    /** The data of the next event of this name; others are left for later. */
    next: async (name: string, count = 1): Promise<unknown> => {
      for (let found = 0; ;) {
        const waiting = seen.findIndex((event) => event.name === name);
        const event = waiting >= 0 ? seen.splice(waiting, 1)[0] : await nextEvent();
        if (!event) continue;
        if (event.name !== name) seen.push(event);
        else if ((found += 1) === count) return event.data;
      }
    },
  };
}
