import { createServer } from 'node:http';
import express from 'express';
import request from 'supertest';
import { getExpectedTwilioSignature } from 'twilio';
import { resealStored } from '../../src/businesses/live-accounts';
import { credentialChecks } from '../../src/doctor/checks/credentials';
import { examine } from '../../src/doctor/examine';
import { createFakePlatforms } from '../../src/playground/platforms/fake-platforms';
import type { PlatformMessage } from '../../src/playground/platforms/platform';
import {
  ENCRYPTION_KEY,
  openInstance,
  pageMessage,
  type AppInstance,
} from '../support/app-instance';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { aBusiness } from '../support/factories';

const test = useDatabase();
const instances: AppInstance[] = [];
let first: number;
let second: number;

const PAGE_BODY = {
  page_id: '200000000000202',
  page_access_token: 'EAAG-second-page-token',
  app_secret: 'second-app-secret',
  verify_token: 'second-verify-token',
};
const SMS_BODY = {
  number: '+15005550202',
  account_sid: `AC${'2'.repeat(32)}`,
  auth_token: 'second-auth-token',
};
/** The first business's, in the environment. */
const ENV = {
  MESSENGER_VERIFY_TOKEN: 'first-verify-token',
  MESSENGER_APP_SECRET: 'first-app-secret',
  MESSENGER_PAGE_ID: '100000000000101',
  MESSENGER_PAGE_ACCESS_TOKEN: 'EAAG-first-page-token',
};
const SECRETS = [
  PAGE_BODY.page_access_token,
  PAGE_BODY.app_secret,
  PAGE_BODY.verify_token,
  SMS_BODY.auth_token,
  ...Object.values(ENV).filter((value) => /\D/.test(value)),
];

beforeEach(async () => {
  first = (await aBusiness(test.db)).id;
  second = (await aBusiness(test.db)).id;
});
afterEach(async () => {
  await Promise.all(instances.splice(0).map((one) => one.stop()));
});

function open(env: Record<string, string> = {}): AppInstance {
  const instance = openInstance(test, first, env);
  instances.push(instance);
  return instance;
}

const connect = (one: AppInstance, channel = 'messenger', body: object = PAGE_BODY, id = second) =>
  one.call('put', `/api/businesses/${id}/channels/${channel}`, body);

const inbox = () =>
  test.db.query<{ business_id: number; state: string; account_id: string }>(
    'SELECT business_id, state, account_id FROM inbox_messages ORDER BY id',
  );

const say = (one: AppInstance, page: string, secret: string, mid: string) =>
  one.postMeta(
    '/webhooks/messenger',
    pageMessage(page, '7000000000000201', mid, 'hi', test.clock.now()),
    secret,
  );

describe('an account of a business', () => {
  it('is kept encrypted and never shown', async () => {
    const one = open(ENV);
    const put = await connect(one);
    await connect(one, 'sms', SMS_BODY);
    expect(put).toMatchObject({
      status: 200,
      body: {
        channel: 'messenger',
        account_id: PAGE_BODY.page_id,
        source: 'database',
        access_token: '********',
        is_working: true,
        webhook_url: 'https://shop.example.com/webhooks/messenger',
      },
    });
    const list = await one.call('get', `/api/businesses/${second}/channels`);
    const firsts = await one.call('get', `/api/businesses/${first}/channels`);
    const audit = await test.db.query('SELECT * FROM audit_log');
    const rows = await test.db.query<Record<string, unknown>>('SELECT * FROM business_channels');
    const stored = rows.flatMap((row) =>
      Object.values(row).map((value) =>
        Buffer.isBuffer(value) ? value.toString('latin1') : String(value),
      ),
    );
    const everything = [put.text, list.text, firsts.text, JSON.stringify(audit), ...stored].join();
    for (const secret of SECRETS) expect(everything).not.toContain(secret);
    expect((list.body.data as { channel: string }[]).map(({ channel }) => channel)).toEqual([
      'messenger',
      'sms',
    ]);
    expect(firsts.body.data).toMatchObject([{ source: 'environment', channel: 'messenger' }]);
    expect(audit).toMatchObject([
      { action: 'channel.connect', business_id: second, subject: 'channel messenger' },
      { action: 'channel.connect', business_id: second, subject: 'channel sms' },
    ]);
  });

  it('cannot be stored without ENCRYPTION_KEY', async () => {
    const refused = await connect(open({ ENCRYPTION_KEY: '' }));
    expect(refused).toMatchObject({ status: 503, body: { code: 'ENCRYPTION_KEY_REQUIRED' } });
    expect(await test.db.query('SELECT id FROM business_channels')).toEqual([]);
  });

  it('is refused when another business has it, here or in the environment', async () => {
    const one = open(ENV);
    await connect(one);
    expect(await connect(one, 'messenger', PAGE_BODY, first)).toMatchObject({
      status: 409,
      body: { code: 'ACCOUNT_TAKEN' },
    });
    const environments = { ...PAGE_BODY, page_id: ENV.MESSENGER_PAGE_ID };
    expect(await connect(one, 'messenger', environments)).toMatchObject({
      status: 409,
      body: { code: 'ACCOUNT_TAKEN' },
    });
  });

  it('is refused when another business has talked to people by it, whose customers they are', async () => {
    const one = open();
    await connect(one);
    await say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1');
    await eventually(async () => (await inbox())[0]?.state === 'done');
    await one.call('delete', `/api/businesses/${second}/channels/messenger`);
    expect((await connect(one, 'messenger', PAGE_BODY, first)).body.code).toBe('ACCOUNT_TAKEN');
    expect((await connect(one)).status).toBe(200);
  });

  it('is refused with every mistake when it is incomplete, or when what was shown is sent back', async () => {
    const mistakes = async (channel: string, body: object) =>
      ((await connect(open(), channel, body)).body.validation_errors as { field: string }[]).map(
        ({ field }) => field,
      );
    expect(await mistakes('messenger', {})).toEqual([
      'page_id',
      'page_access_token',
      'app_secret',
      'verify_token',
    ]);
    expect(await mistakes('messenger', { ...PAGE_BODY, app_secret: '********' })).toEqual([
      'app_secret',
    ]);
    expect(await mistakes('sms', { ...SMS_BODY, number: '0917' })).toEqual(['number']);
  });
});

describe('a webhook', () => {
  it('is 404 while nobody has credentials, and on as soon as any business has', async () => {
    const one = open();
    const handshake = (token: string) =>
      request(one.app)
        .get('/webhooks/messenger')
        .query({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': '42' });
    expect((await handshake('second-verify-token')).status).toBe(404);
    expect(await say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1')).toBe(404);
    await connect(one);
    expect((await handshake('second-verify-token')).text).toBe('42');
    expect((await handshake('wrong')).status).toBe(403);
    expect(await say(one, PAGE_BODY.page_id, 'wrong', 'm_1')).toBe(401);
    expect(await say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1')).toBe(200);
    await one.call('delete', `/api/businesses/${second}/channels/messenger`);
    expect(await say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_2')).toBe(404);
  });

  it('finds the business by the page, and takes the signature of that page’s app only', async () => {
    const one = open(ENV);
    await connect(one);
    expect(await say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_second')).toBe(200);
    expect(await say(one, ENV.MESSENGER_PAGE_ID, ENV.MESSENGER_APP_SECRET, 'm_first')).toBe(200);
    expect(await say(one, ENV.MESSENGER_PAGE_ID, PAGE_BODY.app_secret, 'm_forged')).toBe(401);
    expect(await inbox()).toMatchObject([{ business_id: second }, { business_id: first }]);
  });

  it('keeps what one app says about another business’s page apart: it takes nobody’s place', async () => {
    const one = open(ENV);
    await connect(one);
    const forged = pageMessage(
      ENV.MESSENGER_PAGE_ID,
      '7000000000000201',
      'm_x',
      'hi',
      test.clock.now(),
    );
    const own = pageMessage(PAGE_BODY.page_id, '7000000000000201', 'm_own', 'hi', test.clock.now());
    const both = { ...own, entry: [...own.entry, ...forged.entry] };
    expect(await one.postMeta('/webhooks/messenger', both, PAGE_BODY.app_secret)).toBe(200);
    expect(await say(one, ENV.MESSENGER_PAGE_ID, ENV.MESSENGER_APP_SECRET, 'm_x')).toBe(200);
    await eventually(
      async () => (await inbox()).filter(({ state }) => state === 'done').length === 2,
    );
    expect(await inbox()).toEqual([
      { business_id: second, state: 'done', account_id: PAGE_BODY.page_id },
      { business_id: second, state: 'ignored', account_id: '-' },
      { business_id: first, state: 'done', account_id: ENV.MESSENGER_PAGE_ID },
    ]);
  });

  it('of Twilio finds the business by `To`, and takes that number’s token only', async () => {
    const one = open(ENV);
    await connect(one, 'sms', SMS_BODY);
    const params = {
      MessageSid: `SM${'1'.repeat(32)}`,
      AccountSid: SMS_BODY.account_sid,
      From: '+639171234567',
      To: SMS_BODY.number,
      Body: 'hi',
    };
    const post = (token: string) =>
      request(one.app)
        .post('/webhooks/twilio')
        .type('form')
        .set(
          'x-twilio-signature',
          getExpectedTwilioSignature(token, 'https://shop.example.com/webhooks/twilio', params),
        )
        .send(params);
    expect((await post('wrong')).status).toBe(403);
    expect((await post(SMS_BODY.auth_token)).status).toBe(200);
    expect(await inbox()).toMatchObject([{ business_id: second, account_id: SMS_BODY.number }]);
  });

  it('of the Cloud API finds the business by the phone number id', async () => {
    const one = open();
    const body = { driver: 'cloud', phone_number_id: '300000000000303', access_token: 'EAAW', app_secret: 'wa-secret', verify_token: 'wa-word' }; // prettier-ignore
    expect((await connect(one, 'whatsapp', body)).status).toBe(200);
    const message = { from: '639171234567', id: 'wamid.1', timestamp: '1772000000', type: 'text', text: { body: 'hi' } }; // prettier-ignore
    const value = { metadata: { phone_number_id: body.phone_number_id }, messages: [message] };
    const webhook = {
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
    };
    expect(await one.postMeta('/webhooks/whatsapp', webhook, 'wrong')).toBe(401);
    expect(await one.postMeta('/webhooks/whatsapp', webhook, body.app_secret)).toBe(200);
    expect(await inbox()).toMatchObject([{ business_id: second }]);
  });
});

describe('another instance', () => {
  it('takes messages for an account that was connected a moment ago, and stops when it is gone', async () => {
    const [one, other] = [open(), open()];
    expect(await say(other, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_0')).toBe(404);
    await connect(one);
    // Its own look is less than a second old; the page that it does not know makes it look again.
    test.clock.set(new Date(test.clock.now().getTime() + 300));
    expect(await say(other, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1')).toBe(200);
    await connect(one, 'messenger', { ...PAGE_BODY, app_secret: 'changed-app-secret' });
    test.clock.set(new Date(test.clock.now().getTime() + 1_000));
    expect(await say(other, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_2')).toBe(401);
    expect(await say(other, PAGE_BODY.page_id, 'changed-app-secret', 'm_2')).toBe(200);
    await one.call('delete', `/api/businesses/${second}/channels/messenger`);
    test.clock.set(new Date(test.clock.now().getTime() + 1_000));
    expect(await say(other, PAGE_BODY.page_id, 'changed-app-secret', 'm_3')).toBe(404);
  });
});

describe('an answer', () => {
  it('goes out with the credentials of the conversation’s business', async () => {
    const sent: { page: string; token: string }[] = [];
    const messages: PlatformMessage[] = [];
    const platform = express().use(
      createFakePlatforms({
        isAuthorized: (_platform, page, token) => {
          sent.push({ page, token });
          return true;
        },
        onMessage: (_platform, message) => messages.push(message),
      }),
    );
    const server = createServer(platform).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const one = open({ ...ENV, GRAPH_API_URL: `http://127.0.0.1:${port}/graph` });
    await connect(one);
    await say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_second');
    await eventually(() => Promise.resolve(messages.length > 0));
    await one.stop();
    server.close();
    expect(new Set(sent.map(({ token }) => token))).toEqual(new Set([PAGE_BODY.page_access_token]));
    expect(messages[0]).toMatchObject({ accountId: PAGE_BODY.page_id });
  });
});

describe('the key', () => {
  const KEYS = { encryptionKey: 'c3'.repeat(32), previousEncryptionKey: ENCRYPTION_KEY };
  const complaints = async (...keys: string[]) => {
    const { checks } = await examine(test.url, { checks: credentialChecks(...keys) });
    return checks.flatMap(({ rows }) => rows.map(({ reason }) => reason));
  };

  it('can be changed: what is stored is encrypted anew and works with the new one alone', async () => {
    await connect(open());
    expect(await resealStored(test.db, KEYS)).toBe(1);
    expect(await resealStored(test.db, KEYS)).toBe(0);
    expect(await complaints(KEYS.encryptionKey)).toEqual([]);
    const next = open({ ENCRYPTION_KEY: KEYS.encryptionKey });
    expect(await say(next, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1')).toBe(200);
  });

  it('that is wrong or missing is found by the doctor, and takes down no other account', async () => {
    await connect(open());
    expect(await complaints(ENCRYPTION_KEY)).toEqual([]);
    expect(await complaints(KEYS.encryptionKey)).toEqual(['unknown_key']);
    expect(await complaints()).toEqual(['ENCRYPTION_KEY is not set here']);
    const other = open({ ...ENV, ENCRYPTION_KEY: KEYS.encryptionKey });
    expect(await say(other, ENV.MESSENGER_PAGE_ID, ENV.MESSENGER_APP_SECRET, 'm_1')).toBe(200);
    expect(await say(other, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_2')).toBe(401);
    const { body } = await other.call('get', `/api/businesses/${second}/channels`);
    expect(body.data).toMatchObject([{ is_working: false }]);
  });

  it('does not open credentials that were moved to another business', async () => {
    await connect(open());
    await test.db.execute('UPDATE business_channels SET business_id = ?', [first]);
    expect(await complaints(ENCRYPTION_KEY)).toEqual(['damaged']);
  });
});
