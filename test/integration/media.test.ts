import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createAccounts } from '../../src/channels/accounts';
import type { ChannelName, MessageEvent } from '../../src/channels/inbound';
import { readConfig } from '../../src/config';
import { eraseMessage } from '../../src/inbox/erasure-store';
import { createInbox } from '../../src/inbox/inbox';
import type { InboxMessage } from '../../src/inbox/inbox-store';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { fetchDueMedia, MAX_FILE_BYTES } from '../../src/media/fetch-media';
import { deleteUnusedFiles } from '../../src/media/file-store';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';
import { startOddServer, type OddServer } from '../support/odd-server';

/** Files of customers, from the platforms' real protocols to the API: real HTTP, a real database, a clock that is told. */
const database = useDatabase();
const api = useApi(database);
const RECEIPT = readFileSync(path.join(__dirname, '../../src/playground/public/receipt.png'));
const PAGE = '100000000000101';

let platforms: FakePlatforms;
let odd: OddServer | undefined;
beforeAll(async () => {
  platforms = await startFakePlatforms();
});
afterEach(async () => {
  await odd?.close();
  odd = undefined;
});
afterAll(() => platforms.close());

function depsWith(env: Record<string, string> = {}) {
  const read = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    ENABLE_PLAYGROUND: 'false',
    GRAPH_API_URL: platforms.graphUrl,
    TWILIO_API_URL: platforms.twilioUrl,
    MESSENGER_VERIFY_TOKEN: 'token',
    MESSENGER_APP_SECRET: 'secret',
    MESSENGER_PAGE_ID: PAGE,
    MESSENGER_PAGE_ACCESS_TOKEN: 'token',
    WHATSAPP_VERIFY_TOKEN: 'token',
    WHATSAPP_APP_SECRET: 'secret',
    WHATSAPP_PHONE_NUMBER_ID: '200000000000601',
    WHATSAPP_ACCESS_TOKEN: 'token',
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_FROM: '+15005550006',
    ...env,
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const { config } = read;
  const accounts = createAccounts(config, api.businessId);
  const { db, clock } = database;
  return { db, config, accounts, clock, ids: systemIds, log: createLog('silent') };
}

const ACCOUNT: Partial<Record<ChannelName, string>> = {
  messenger: PAGE,
  whatsapp: '200000000000601',
  sms: '+15005550006',
};

/** A message with files, as a webhook stores it. */
async function receive(
  channel: ChannelName,
  mid: string,
  ...attachments: NonNullable<MessageEvent['attachments']>
): Promise<void> {
  const now = database.clock.now();
  const event = {
    channel,
    accountId: ACCOUNT[channel]!,
    externalId: 'person-1',
    providerMessageId: mid,
    sentAt: now,
    body: { kind: 'message' as const, attachments },
  };
  const { businessId } = api;
  await createInbox(database.db, () => undefined).store([
    { event, businessId, state: 'pending', receivedAt: now },
  ]);
}

const all = async () => {
  const answer = await api.get('/api/media');
  return (JSON.parse(answer.text) as { data: Record<string, unknown>[] }).data;
};
const only = async () => {
  const [one, ...others] = await all();
  expect(others).toEqual([]);
  return one!;
};
const count = async (table: string): Promise<number> => {
  const [row] = await database.db.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`);
  return row!.n;
};

describe('a file is fetched the way its platform wants it', () => {
  test.each<[ChannelName, () => NonNullable<MessageEvent['attachments']>[number]]>([
    [
      'messenger',
      () => ({ type: 'image', url: platforms.addFile({ id: 'm1', bytes: RECEIPT }).url }),
    ],
    [
      'whatsapp',
      () => ({ type: 'image', mediaId: platforms.addFile({ id: 'w1', bytes: RECEIPT }).id }),
    ],
    [
      'sms',
      () => ({ type: 'image', url: platforms.addFile({ id: 't1', bytes: RECEIPT }).twilioUrl }),
    ],
  ])('%s', async (channel, attachment) => {
    await receive(channel, 'mid-1', attachment());
    expect(await only()).toMatchObject({ state: 'pending', channel, content_type: null });
    expect(await fetchDueMedia(depsWith())).toBe(1);
    const stored = await only();
    expect(stored).toMatchObject({
      state: 'stored',
      content_type: 'image/png',
      size_bytes: RECEIPT.length,
    });

    const file = await api.get(`/api/media/${String(stored.id)}`);
    expect(file.status).toBe(200);
    expect(Buffer.from(file.body as Buffer).equals(RECEIPT)).toBe(true);
    expect(file.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(await fetchDueMedia(depsWith())).toBe(0);
  });

  test('credentials are shown to the platform alone', async () => {
    odd = await startOddServer((_request, response) => response.end(RECEIPT));
    await receive('sms', 'mid-1', { type: 'image', url: `${odd.url}/x` });
    await receive('messenger', 'mid-2', { type: 'image', url: `${odd.url}/x` });
    await fetchDueMedia(depsWith());
    expect(odd.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('a file that cannot be had', () => {
  test('by its address is tried again with growing pauses, and then given up; staff can try once more', async () => {
    let isBroken = true;
    odd = await startOddServer((_request, response) =>
      isBroken ? response.writeHead(503).end() : response.end(RECEIPT),
    );
    await receive('messenger', 'mid-1', { type: 'image', url: `${odd.url}/x` });
    const waits: number[] = [];
    for (;;) {
      const before = database.clock.now().getTime();
      await fetchDueMedia(depsWith());
      const media = await only();
      if (media.state === 'failed') break;
      const next = new Date(media.next_attempt_at as string);
      waits.push(next.getTime() - before);
      database.clock.set(next);
    }
    expect(waits).toHaveLength(6);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(odd.requests).toHaveLength(7);
    const media = await only();
    expect(media).toMatchObject({ state: 'failed', error_code: 'HTTP_503', attempts: 7 });
    expect((await api.get(`/api/media/${String(media.id)}`)).body).toMatchObject({
      code: 'MEDIA_NOT_STORED',
    });

    isBroken = false;
    expect((await api.post(`/api/media/${String(media.id)}/retry`)).status).toBe(200);
    await fetchDueMedia(depsWith());
    expect(await only()).toMatchObject({ state: 'stored', error_code: null });
    expect((await api.post(`/api/media/${String(media.id)}/retry`)).status).toBe(409);
  });

  test.each<[string, ChannelName, () => NonNullable<MessageEvent['attachments']>[number], string]>([
    ['gone from a store', 'messenger', () => ({ type: 'image', url: `${platforms.graphUrl.replace('/graph', '')}/cdn/nothing` }), 'EXPIRED'],
    ['gone from WhatsApp', 'whatsapp', () => ({ type: 'image', mediaId: 'nothing' }), 'EXPIRED'],
    ['in our own network', 'messenger', () => ({ type: 'image', url: 'https://10.0.0.5/x' }), 'ADDRESS'],
    ['at the metadata service', 'messenger', () => ({ type: 'image', url: 'http://169.254.169.254/latest' }), 'ADDRESS'],
    ['a page', 'messenger', () => ({ type: 'image', url: platforms.addFile({ id: 'p', bytes: Buffer.from('<html><script>1</script>'), contentType: 'image/png' }).url }), 'TYPE_NOT_ALLOWED'],
    ['a vector graphic', 'messenger', () => ({ type: 'image', url: platforms.addFile({ id: 's', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), contentType: 'image/svg+xml' }).url }), 'TYPE_NOT_ALLOWED'],
    ['a program', 'messenger', () => ({ type: 'file', url: platforms.addFile({ id: 'e', bytes: Buffer.from('MZ\x90\0') }).url }), 'TYPE_NOT_ALLOWED'],
    ['too large', 'messenger', () => ({ type: 'image', url: platforms.addFile({ id: 'l', bytes: Buffer.alloc(MAX_FILE_BYTES + 1, 1) }).url }), 'TOO_LARGE'],
  ])('because it is %s is given up at once', async (_what, channel, attachment, code) => {
    await receive(channel, 'mid-1', attachment());
    await fetchDueMedia(depsWith());
    expect(await only()).toMatchObject({ state: 'failed', error_code: code, attempts: 1 });
    expect(await count('media_files')).toBe(0);
  }); // prettier-ignore

  test('a redirect into our own network is not followed', async () => {
    odd = await startOddServer((_request, response) =>
      response.writeHead(302, { location: 'http://192.168.0.1/admin' }).end(),
    );
    await receive('messenger', 'mid-1', { type: 'image', url: `${odd.url}/x` });
    await fetchDueMedia(depsWith());
    expect(await only()).toMatchObject({ state: 'failed', error_code: 'ADDRESS' });
  });

  test('this machine is asked only where the platform is played on it', async () => {
    odd = await startOddServer((_request, response) => response.end(RECEIPT));
    await receive('messenger', 'mid-1', { type: 'image', url: `${odd.url}/x` });
    await fetchDueMedia(depsWith({ GRAPH_API_URL: 'https://graph.facebook.com' }));
    expect(await only()).toMatchObject({ state: 'failed', error_code: 'ADDRESS' });
    await receive('messenger', 'mid-2', { type: 'image', url: `${odd.url}/x` });
    const deps = depsWith();
    await fetchDueMedia({ ...deps, config: { isProduction: true } });
    expect((await all())[0]).toMatchObject({ state: 'failed', error_code: 'ADDRESS' });
    expect(odd.requests).toEqual([]);
  });

  test('a wrong token waits for the right one', async () => {
    odd = await startOddServer((_request, response) =>
      response.writeHead(401).end(JSON.stringify({ error: { code: 190 } })),
    );
    platforms.addFile({ id: 'w2', bytes: RECEIPT });
    await receive('whatsapp', 'mid-1', { type: 'image', mediaId: 'w2' });
    await fetchDueMedia(depsWith({ GRAPH_API_URL: odd.url }));
    expect(await only()).toMatchObject({ state: 'pending', error_code: '190' });
    database.clock.forward(1);
    await fetchDueMedia(depsWith());
    expect(await only()).toMatchObject({ state: 'stored' });
  });
});

test('the same picture, sent twice, is kept once', async () => {
  const { url } = platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await receive('messenger', 'mid-1', { type: 'image', url }, { type: 'image', url });
  await receive('messenger', 'mid-2', { type: 'image', url });
  while ((await fetchDueMedia(depsWith())) > 0);
  expect((await all()).map(({ state }) => state)).toEqual(['stored', 'stored', 'stored']);
  expect(await count('media_files')).toBe(1);
});

test('a message that comes five times at once has its file once', async () => {
  const { url } = platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await Promise.all(
    [1, 2, 3, 4, 5].map(() => receive('messenger', 'mid-1', { type: 'image', url })),
  );
  expect(await only()).toMatchObject({ state: 'pending' });
});

test('several instances share the work, and fetch each file once', async () => {
  odd = await startOddServer((_request, response) => response.end(RECEIPT));
  for (let n = 0; n < 12; n += 1)
    await receive('messenger', `mid-${n}`, { type: 'image', url: `${odd.url}/${n}` });
  const takes = await Promise.all([1, 2, 3, 4].map(() => fetchDueMedia(depsWith())));
  expect(takes.reduce((sum, take) => sum + take, 0)).toBeLessThanOrEqual(12);
  while ((await fetchDueMedia(depsWith())) > 0);
  expect(new Set(odd.requests.map((one) => one.url)).size).toBe(12);
  expect(odd.requests).toHaveLength(12);
  expect(await count('media_files')).toBe(1);
});

test('a file whose fetcher has died is fetched by somebody else', async () => {
  const { url } = platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await receive('messenger', 'mid-1', { type: 'image', url });
  const deps = depsWith();
  const dying = { ...deps, accounts: { ...deps.accounts, lookUp: () => Promise.reject(new Error('killed')) } }; // prettier-ignore
  await expect(fetchDueMedia(dying)).rejects.toThrow('killed');
  expect(await fetchDueMedia(deps)).toBe(0);
  database.clock.forward(4);
  expect(await fetchDueMedia(deps)).toBe(1);
  expect(await only()).toMatchObject({ state: 'stored', attempts: 2 });
});

test('a file that ends each process that fetches it is given up', async () => {
  const { url } = platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await receive('messenger', 'mid-1', { type: 'image', url });
  await database.db.execute('UPDATE inbox_media SET attempts = 7');
  await fetchDueMedia(depsWith());
  expect(await only()).toMatchObject({ state: 'failed', error_code: 'GIVEN_UP' });
});

test('a large file is stored in pieces and comes out whole', async () => {
  const bytes = Buffer.concat([RECEIPT, Buffer.alloc(7 * 1024 * 1024, 7)]);
  const { url } = platforms.addFile({ id: 'm1', bytes });
  await receive('messenger', 'mid-1', { type: 'image', url });
  await fetchDueMedia(depsWith());
  expect(await count('media_chunks')).toBe(8);
  const file = await api.get(`/api/media/${String((await only()).id)}`);
  expect(Buffer.from(file.body as Buffer).equals(bytes)).toBe(true);
});

test('what its sender takes back is forgotten, and the file goes with the clean-up', async () => {
  const { db, clock } = database;
  const { url } = platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await receive('messenger', 'mid-1', { type: 'image', url });
  await fetchDueMedia(depsWith());
  await receive('messenger', 'mid-2', { type: 'image', url });
  await db.transaction(async (trx) => {
    const message = {
      channel: 'messenger' as const,
      accountId: PAGE,
      externalId: 'person-1',
      conversationKey: `messenger:${PAGE}:person-1`,
      businessId: api.businessId,
      sentAt: clock.now(),
      receivedAt: clock.now(),
    } as InboxMessage;
    await eraseMessage(trx, message, 'mid-1');
    await eraseMessage(trx, message, 'mid-2');
    await eraseMessage(trx, message, 'mid-3');
  });
  // It comes after it was taken back.
  await receive('messenger', 'mid-3', { type: 'image', url });
  await fetchDueMedia(depsWith());
  expect(await all()).toEqual([]);
  const tomorrow = new Date(clock.now().getTime() + 1);
  expect(await deleteUnusedFiles(db, tomorrow, 10)).toBe(1);
  expect(await count('media_chunks')).toBe(0);
});

test('a file that a message names is not cleaned up, and another shop does not see it', async () => {
  const { url } = platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await receive('messenger', 'mid-1', { type: 'image', url });
  await fetchDueMedia(depsWith());
  const later = new Date(database.clock.now().getTime() + 1);
  expect(await deleteUnusedFiles(database.db, later, 10)).toBe(0);
  const { id } = await only();
  await database.db.execute('UPDATE inbox_media SET business_id = business_id + 1');
  expect((await api.get(`/api/media/${String(id)}`)).status).toBe(404);
  expect(await all()).toEqual([]);
});

test('a picture is shown, a PDF is saved', async () => {
  const bytes = Buffer.from('%PDF-1.7 …');
  const { url } = platforms.addFile({ id: 'm1', bytes, contentType: 'text/html' });
  await receive('messenger', 'mid-1', { type: 'file', url });
  await fetchDueMedia(depsWith());
  const file = await api.get(`/api/media/${String((await only()).id)}`);
  expect(file.headers).toMatchObject({ 'content-type': 'application/pdf' });
  expect(file.headers['content-disposition']).toMatch(/^attachment/);
});
