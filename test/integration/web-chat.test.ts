import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createHmac } from 'node:crypto';
import type { Express } from 'express';
import request from 'supertest';
import { conversationKey } from '../../src/channels/inbound';
import { createConversation, findConversation } from '../../src/customers/conversation-store';
import { createLog } from '../../src/lib/log';
import { insertOutgoing } from '../../src/outgoing/outgoing-store';
import { createThreadWatch } from '../../src/webchat/watch-threads';
import { appFor, useApi } from '../support/api';
import { useDatabase } from '../support/database';

/** The HTTP side of the web chat (CHN-5) on a real database: what is stored and what may be read, without the bot. */
const shopDatabase = useDatabase();
const api = useApi(shopDatabase, {
  settings: { webchat: { allowed_origins: ['https://shop.example'] } },
});

/** Takes in and shows; nobody answers. */
const WEB = { ROLE: 'web' };
let app: Express;
beforeEach(() => {
  app = appFor(shopDatabase, api.businessId, WEB);
});

interface Session {
  token: string;
  visitorId: string;
}

async function aVisitor(): Promise<Session> {
  const answer = await request(app).post('/webchat/sessions').send({ business: api.business.slug });
  expect(answer.status).toBe(201);
  const { token } = answer.body as { token: string };
  return { token, visitorId: token.split('.')[1]! };
}

const say = (token: string, body: object, to = app) =>
  request(to).post('/webchat/messages').set('authorization', `Bearer ${token}`).send(body);
const news = (token: string, query = '', to = app) =>
  request(to).get(`/webchat/messages${query}`).set('authorization', `Bearer ${token}`);

const stored = (visitorId: string) =>
  shopDatabase.db.query<{ state: string; text: string }>(
    `SELECT state, JSON_UNQUOTE(JSON_EXTRACT(event, '$.text')) AS text FROM inbox_messages
     WHERE channel = 'web' AND external_id = :visitorId ORDER BY id`,
    { visitorId },
  );

/** What the sender would have sent in a visitor's conversation. */
async function shopSays(visitorId: string, text: string, state = 'sent'): Promise<void> {
  const { db, clock } = shopDatabase;
  const { businessId } = api;
  const key = conversationKey('web', String(businessId), visitorId);
  const of = { businessId, channel: 'web' as const, accountId: String(businessId) };
  await createConversation(db, { conversationKey: key, externalId: visitorId, ...of });
  const conversationId = (await findConversation(db, key))!.id;
  const message = { payload: { text }, display: text };
  const row = { businessId, conversationId, inboxMessageId: null, notificationId: null, message };
  await db.transaction((trx) => insertOutgoing(trx, [row], clock.now()));
  await db.execute(
    `UPDATE outgoing_messages SET state = :state, sent_at = :now WHERE state = 'queued'`,
    { state, now: clock.now() },
  );
}

describe('a message', () => {
  test('is stored before it is answered, and five times at once over two instances it is stored once', async () => {
    const { token, visitorId } = await aVisitor();
    const other = appFor(shopDatabase, api.businessId, WEB);
    const body = { id: 'message-1', text: 'hello' };
    const answers = await Promise.all(
      [app, other, app, other, app].map((to) => say(token, body, to)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await stored(visitorId)).toEqual([{ state: 'pending', text: 'hello' }]);
  });

  test('of another visitor may have the same id', async () => {
    const [one, two] = [await aVisitor(), await aVisitor()];
    await say(one.token, { id: 'message-1', text: 'mine' });
    await say(two.token, { id: 'message-1', text: 'yours' });
    expect(await stored(one.visitorId)).toHaveLength(1);
    expect(await stored(two.visitorId)).toHaveLength(1);
  });

  test.each([
    ['no id', { text: 'hello' }],
    ['an id that is too short', { id: 'short', text: 'hello' }],
    ['nothing in it', { id: 'message-1' }],
    ['only spaces', { id: 'message-1', text: '   ' }],
    ['a text that is too long', { id: 'message-1', text: 'x'.repeat(2001) }],
    ['a place that is none', { id: 'message-1', location: { latitude: 91, longitude: 0 } }],
    ['fields that we do not know', { id: 'message-1', text: 'hello', price: 1 }],
  ])('with %s is refused, and nothing is stored', async (_what, body) => {
    const { token, visitorId } = await aVisitor();
    const answer = await say(token, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await stored(visitorId)).toEqual([]);
  });

  test('larger than any message is refused', async () => {
    const { token } = await aVisitor();
    expect((await say(token, { id: 'message-1', text: 'x'.repeat(20_000) })).status).toBe(413);
  });

  test('ten a second pass; a flood is told when to come back', async () => {
    const { token } = await aVisitor();
    const send = (n: number) => say(token, { id: `message-${n}`, text: 'hello' });
    for (let n = 0; n < 30; n += 1) expect((await send(n)).status).toBe(200);
    const refused = await send(30);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    const someoneElse = await aVisitor();
    expect((await say(someoneElse.token, { id: 'message-1', text: 'hello' })).status).toBe(200);
    shopDatabase.clock.set(new Date(shopDatabase.clock.now().getTime() + 1000));
    for (let n = 40; n < 50; n += 1) expect((await send(n)).status).toBe(200);
    expect((await send(50)).status).toBe(429);
  });
});

describe('a visitor', () => {
  test('is known by the token alone: another signature, another visitor or an old token is nobody', async () => {
    const { token } = await aVisitor();
    const [business, visitor, issued, signature] = token.split('.');
    const forged = [
      `${business}.${'0'.repeat(32)}.${issued}.${signature}`,
      `${Number(business) + 1}.${visitor}.${issued}.${signature}`,
      `${business}.${visitor}.${Number(issued) + 1}.${signature}`,
      `${business}.${visitor}.${issued}.${createHmac('sha256', 'test-jwt-secret-0123456789-0123456789').update(`${business}.${visitor}.${issued}`).digest('base64url')}`,
      'nonsense',
    ];
    for (const one of forged) {
      expect((await say(one, { id: 'message-1', text: 'hello' })).body).toMatchObject({
        code: 'VISITOR_UNKNOWN',
      });
      expect((await news(one)).status).toBe(401);
    }
    shopDatabase.clock.forward(181 * 24 * 60);
    expect((await news(token)).status).toBe(401);
  });

  test('who comes back with a token stays the same visitor, with a fresh token', async () => {
    const { token, visitorId } = await aVisitor();
    shopDatabase.clock.forward(179 * 24 * 60);
    const again = await request(app)
      .post('/webchat/sessions')
      .set('authorization', `Bearer ${token}`)
      .send({ business: api.business.slug });
    const fresh = (again.body as { token: string }).token;
    expect(fresh.split('.')[1]).toBe(visitorId);
    shopDatabase.clock.forward(10 * 24 * 60);
    expect((await news(fresh)).status).toBe(200);
  });

  test('of a shop that is not there is told what to check', async () => {
    const answer = await request(app).post('/webchat/sessions').send({ business: 'nobody' });
    expect(answer.body).toMatchObject({ code: 'BUSINESS_NOT_FOUND' });
  });
});

describe('a page of another site', () => {
  test.each([
    ['https://shop.example', 201],
    ['https://shop.example.com', 201],
    ['https://evil.example', 403],
    ['http://shop.example', 403],
    ['https://shop.example:8443', 403],
    ['null', 403],
  ])('%s: %d', async (origin, status) => {
    const answer = await request(app)
      .post('/webchat/sessions')
      .set('origin', origin)
      .send({ business: api.business.slug });
    expect(answer.status).toBe(status);
    // Also the refusal can be read, or the widget could not tell it from a network that is away.
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  test('may neither write nor read with a token that it got elsewhere', async () => {
    const { token, visitorId } = await aVisitor();
    const answer = await say(token, { id: 'message-1', text: 'hello' }).set('origin', 'https://evil.example'); // prettier-ignore
    expect(answer.status).toBe(403);
    expect((await news(token).set('origin', 'https://evil.example')).status).toBe(403);
    expect(await stored(visitorId)).toEqual([]);
  });

  test('is told what its requests may carry', async () => {
    const answer = await request(app)
      .options('/webchat/messages')
      .set('origin', 'https://shop.example');
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-headers']).toContain('Authorization');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('what is new', () => {
  test('both sides come in their order, and then only what came after', async () => {
    const { token, visitorId } = await aVisitor();
    await say(token, { id: 'message-1', text: 'hello' });
    shopDatabase.clock.forward(1);
    await shopSays(visitorId, 'Welcome');
    const all = (await news(token)).body as { data: object[]; next_cursor: string };
    expect(all.data).toEqual([
      expect.objectContaining({ from: 'visitor', text: 'hello', client_id: 'message-1' }),
      expect.objectContaining({ from: 'shop', message: { text: 'Welcome' } }),
    ]);
    expect((await news(token, `?after=${all.next_cursor}`)).body).toEqual({
      data: [],
      next_cursor: all.next_cursor,
    });
    await shopSays(visitorId, 'Anything else?');
    const later = await news(token).set('last-event-id', all.next_cursor);
    expect((later.body as { data: object[] }).data).toEqual([
      expect.objectContaining({ message: { text: 'Anything else?' } }),
    ]);
  });

  test('what waits to be sent is not shown yet, nor what comes after it', async () => {
    const { token, visitorId } = await aVisitor();
    await shopSays(visitorId, 'first');
    await shopSays(visitorId, 'second', 'queued');
    const { data } = (await news(token)).body as { data: object[] };
    expect(data).toEqual([expect.objectContaining({ message: { text: 'first' } })]);
  });

  test('of somebody else is not to be seen', async () => {
    const [one, two] = [await aVisitor(), await aVisitor()];
    await shopSays(one.visitorId, 'for one');
    expect((await news(two.token)).body).toMatchObject({ data: [] });
  });

  test('who waits is answered when any instance has sent something, and not before', async () => {
    const { token, visitorId } = await aVisitor();
    await shopSays(visitorId, 'before');
    const { next_cursor: cursor } = (await news(token)).body as { next_cursor: string };
    const key = conversationKey('web', String(api.businessId), visitorId);
    const watch = createThreadWatch(shopDatabase.db, createLog('silent'));
    const waiting = watch.wait(
      key,
      Number(cursor.split('-')[1]),
      60_000,
      new AbortController().signal,
    );
    const elsewhere = new AbortController();
    const other = watch.wait('web:1:nobody', 0, 60_000, elsewhere.signal);
    expect(watch.size()).toBe(2);
    await shopSays(visitorId, 'after');
    await waiting;
    expect(watch.size()).toBe(1);
    elsewhere.abort();
    await other;
    expect(watch.size()).toBe(0);
    const { data } = (await news(token, `?after=${cursor}&wait=25`)).body as { data: object[] };
    expect(data).toEqual([expect.objectContaining({ message: { text: 'after' } })]);
  });

  test('a cursor that is none is refused', async () => {
    const { token } = await aVisitor();
    expect((await news(token, '?after=12')).status).toBe(400);
    expect((await news(token, '?wait=3600')).status).toBe(400);
  });

  test('what has been fetched is delivered, what was before the eyes is read, and nothing moves back', async () => {
    const { token, visitorId } = await aVisitor();
    await shopSays(visitorId, 'Welcome');
    const { next_cursor: cursor } = (await news(token)).body as { next_cursor: string };
    const states = () => shopDatabase.db.query('SELECT state FROM outgoing_messages');
    expect(await states()).toEqual([{ state: 'sent' }]);
    await news(token, `?after=${cursor}`);
    expect(await states()).toEqual([{ state: 'delivered' }]);
    await news(token, `?after=${cursor}&open=1`);
    expect(await states()).toEqual([{ state: 'read' }]);
    await news(token, `?after=${cursor}`);
    expect(await states()).toEqual([{ state: 'read' }]);
  });
});

describe('a picture', () => {
  const RECEIPT = readFileSync(
    path.join(__dirname, '..', '..', 'src', 'playground', 'public', 'receipt.png'),
  );
  const upload = (token: string, id: string, bytes: Buffer) =>
    request(app)
      .post(`/webchat/files?id=${id}`)
      .set('authorization', `Bearer ${token}`)
      .type('image/png')
      .send(bytes);

  test('is stored with its message, once, and staff can look at it', async () => {
    const { token, visitorId } = await aVisitor();
    const ids = ['message-1', 'message-1', 'message-1'];
    const answers = await Promise.all(ids.map((id) => upload(token, id, RECEIPT)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await stored(visitorId)).toHaveLength(1);
    const list = (await api.get('/api/media')).text;
    const { data } = JSON.parse(list) as { data: { id: string; state: string }[] };
    expect(data).toEqual([expect.objectContaining({ state: 'stored', content_type: 'image/png' })]);
    const file = await api.get(`/api/media/${data[0]!.id}`);
    expect(Buffer.from(file.body as Buffer).equals(RECEIPT)).toBe(true);
    expect((await news(token)).body).toMatchObject({
      data: [{ from: 'visitor', attachment: 'image', client_id: 'message-1' }],
    });
  });

  test('that is none, or comes from nobody, is refused and nothing is stored', async () => {
    const { token, visitorId } = await aVisitor();
    expect((await upload(token, 'message-1', Buffer.from('<svg/>'))).status).toBe(415);
    expect((await upload(token, 'message-1', Buffer.alloc(0))).status).toBe(415);
    expect((await upload(token, 'x', RECEIPT)).status).toBe(400);
    expect((await upload('nobody', 'message-1', RECEIPT)).status).toBe(401);
    expect((await upload(token, 'message-1', Buffer.alloc(10.1 * 1024 * 1024))).status).toBe(413);
    expect(await stored(visitorId)).toEqual([]);
  });
});

test('the widget is one script that any page may load', async () => {
  const answer = await request(app).get('/widget.js');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('text/javascript');
  expect(answer.headers['cross-origin-resource-policy']).toBe('cross-origin');
  expect(answer.text.length).toBeLessThan(20_000);
  const { etag } = answer.headers;
  expect((await request(app).get('/widget.js').set('if-none-match', etag!)).status).toBe(304);
});
