import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { whatsappWeb } from '../../src/channels/whatsapp-web';
import { whatsAppWebAccount } from '../../src/channels/whatsapp-web/account';
import { locateWhatsAppWebMedia } from '../../src/channels/whatsapp-web/locate-media';
import { putLink } from '../../src/channels/whatsapp-web/links';
import type { FileOutcome, SendOrder, SendOutcome } from '../../src/channels/whatsapp-web/messages';
import { sendWhatsAppWeb } from '../../src/channels/whatsapp-web/send';
import { createAccounts } from '../../src/channels/accounts';
import { readConfig } from '../../src/config';
import { createConversation, findConversation } from '../../src/customers/conversation-store';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { insertOutgoing } from '../../src/outgoing/outgoing-store';
import { createSender, type Sender } from '../../src/outgoing/sender';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';

const test = useDatabase();
const account = whatsAppWebAccount(1);
const TO = '+15550002222';
let orders: SendOrder[];
let outcome: SendOutcome;
let file: FileOutcome;
let takeBack: () => void = () => undefined;

const link = () => {
  takeBack = putLink(account.accountId, {
    send: (order) => {
      orders.push(order);
      return Promise.resolve(outcome);
    },
    download: () => Promise.resolve(file),
  });
};
beforeEach(() => {
  orders = [];
  outcome = { ok: true, id: 'true_15550002222@c.us_1' };
});
afterEach(() => takeBack());

describe('one message', () => {
  const send = (payload: Record<string, unknown>, to = TO) =>
    whatsappWeb.send({ account, to, payload, outgoingId: 7 });

  it('goes into the person’s chat', async () => {
    link();
    expect(await send({ text: 'Hello' })).toEqual({
      ok: true,
      providerMessageId: outcome.ok ? outcome.id : '',
    });
    expect(orders).toMatchObject([{ chatId: '15550002222@c.us', text: 'Hello', outgoingId: 7 }]);
  });

  it.each([
    [{ ok: false, why: 'no_chat', message: '' } as const, 'permanent'],
    [{ ok: false, why: 'not_begun', message: '' } as const, 'retry'],
    [{ ok: false, why: 'failed', message: 'Target closed' } as const, 'retry'],
  ])('%j is %s', async (what, errorClass) => {
    link();
    outcome = what;
    expect(await send({ text: 'Hello' })).toMatchObject({ ok: false, errorClass, code: what.why });
  });

  it('waits while nobody is linked, or the browser does not answer', async () => {
    expect(await send({ text: 'Hello' })).toMatchObject({
      errorClass: 'retry',
      code: 'not_linked',
    });
    takeBack = putLink(account.accountId, {
      send: () => new Promise(() => undefined),
      download: () => new Promise(() => undefined),
    });
    const request = { account, to: TO, payload: { text: 'Hello' }, outgoingId: 7 };
    expect(await sendWhatsAppWeb(request, 20)).toMatchObject({
      errorClass: 'retry',
      code: 'no_answer',
    });
  });
});

describe('a picture', () => {
  let server: Server;
  let url: string;
  const PICTURE = Buffer.from('a picture');
  beforeAll(async () => {
    server = createServer((request, response) => {
      const type = request.url === '/page' ? 'text/html' : 'image/jpeg';
      if (request.url === '/away') response.writeHead(302, { location: '/a.jpg' }).end();
      else if (request.url === '/large')
        response.writeHead(200, { 'content-type': type }).end(Buffer.alloc(6 * 1024 * 1024));
      else response.writeHead(200, { 'content-type': type }).end(PICTURE);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('goes with its words under it', async () => {
    link();
    const payload = { imageUrl: `${url}/a.jpg`, text: 'A mug' };
    await whatsappWeb.send({ account, to: TO, payload, outgoingId: 7 });
    const data = PICTURE.toString('base64');
    expect(orders).toMatchObject([{ text: 'A mug', picture: { mimetype: 'image/jpeg', data } }]);
  });

  it.each(['/page', '/large', '/away'])('%s is none: the words go alone', async (path) => {
    link();
    const payload = { imageUrl: `${url}${path}`, text: 'A mug' };
    expect(await whatsappWeb.send({ account, to: TO, payload, outgoingId: 7 })).toMatchObject({
      ok: true,
    });
    expect(orders).toMatchObject([{ text: 'A mug', picture: undefined }]);
  });
});

describe('a file', () => {
  const limits = { timeoutMs: 20, allowsLoopback: false };
  const locate = (mediaId: string | null = 'false_1@c.us_A') =>
    locateWhatsAppWebMedia(account, { url: null, mediaId }, limits);

  it('comes out of the browser', async () => {
    file = { ok: true, data: Buffer.from('bytes').toString('base64') };
    link();
    expect(await locate()).toEqual({ ok: true, bytes: Buffer.from('bytes') });
  });

  it.each([
    ['gone', 'gone'],
    ['too_large', 'refused'],
    ['failed', 'retry'],
  ] as const)('that is "%s" is %s', async (why, reason) => {
    file = { ok: false, why, message: '' };
    link();
    expect(await locate()).toEqual({ ok: false, reason, code: why });
  });

  it('waits while nobody is linked, or the browser does not answer', async () => {
    expect(await locate()).toMatchObject({ reason: 'retry', code: 'not_linked' });
    const never = () => new Promise<never>(() => undefined);
    takeBack = putLink(account.accountId, { send: never, download: never });
    expect(await locate()).toMatchObject({ reason: 'retry', code: 'no_answer' });
  });
});

describe('the queue', () => {
  let sender: Sender;
  beforeEach(() => {
    const read = readConfig({
      NODE_ENV: 'test',
      DATABASE_URL: test.url,
      WHATSAPP_DRIVER: 'web',
      ENABLE_PLAYGROUND: 'false',
    });
    if (!read.ok) throw new Error(read.problems.join('\n'));
    const { db, clock } = test;
    const accounts = createAccounts(read.config, 1);
    sender = createSender({ db, clock, ids: systemIds, log: createLog('silent'), accounts });
  });
  afterEach(() => sender.stop());

  async function answered(): Promise<void> {
    const key = `whatsapp:web-1:${TO}`;
    const identity = { channel: 'whatsapp' as const, accountId: 'web-1', externalId: TO };
    await createConversation(test.db, { ...identity, conversationKey: key, businessId: 1 });
    await test.db.transaction(async (trx) => {
      const { id } = (await findConversation(trx, key))!;
      const message = { payload: { text: 'Hello' }, display: 'Hello' };
      const row = { businessId: 1, conversationId: id, inboxMessageId: null, notificationId: null };
      await insertOutgoing(trx, [{ ...row, message }], test.clock.now());
    });
  }
  const rows = () =>
    test.db.query<{ state: string; attempts: number }>(
      'SELECT state, attempts FROM outgoing_messages',
    );
  const leases = () =>
    test.db.query('SELECT id FROM conversations WHERE send_lease_by IS NOT NULL');

  it('waits, without a try, where the browser is not; and goes out where it is', async () => {
    await answered();
    await sender.findDue();
    await sender.findDue();
    expect(await rows()).toEqual([{ state: 'queued', attempts: 0 }]);
    expect(await leases()).toEqual([]);
    link();
    await sender.findDue();
    await eventually(async () => (await rows())[0]?.state === 'sent');
    expect(orders).toHaveLength(1);
  });
});
