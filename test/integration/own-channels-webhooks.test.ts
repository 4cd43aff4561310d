import { createServer } from 'node:http';
import express from 'express';
import request from 'supertest';
import { getExpectedTwilioSignature } from 'twilio';
import { createFakePlatforms } from '../../src/playground/platforms/fake-platforms';
import type { PlatformMessage } from '../../src/playground/platforms/platform';
import { pageMessage } from '../support/app-instance';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { ENV, PAGE_BODY, SMS_BODY, useTwoShops } from '../support/two-shops';

const test = useDatabase();
const shops = useTwoShops(test);

describe('a webhook', () => {
  it('is 404 while nobody has credentials, and on as soon as any business has', async () => {
    const one = shops.open();
    const handshake = (token: string) =>
      request(one.app)
        .get('/webhooks/messenger')
        .query({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': '42' });
    expect((await handshake('second-verify-token')).status).toBe(404);
    expect(await shops.say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1')).toBe(404);
    await shops.connect(one);
    expect((await handshake('second-verify-token')).text).toBe('42');
    expect((await handshake('wrong')).status).toBe(403);
    expect(await shops.say(one, PAGE_BODY.page_id, 'wrong', 'm_1')).toBe(401);
    expect(await shops.say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1')).toBe(200);
    await one.call('delete', `/api/businesses/${shops.second}/channels/messenger`);
    expect(await shops.say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_2')).toBe(404);
  });

  it('finds the business by the page, and takes the signature of that page’s app only', async () => {
    const one = shops.open(ENV);
    await shops.connect(one);
    expect(await shops.say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_second')).toBe(200);
    expect(await shops.say(one, ENV.MESSENGER_PAGE_ID, ENV.MESSENGER_APP_SECRET, 'm_first')).toBe(
      200,
    );
    expect(await shops.say(one, ENV.MESSENGER_PAGE_ID, PAGE_BODY.app_secret, 'm_forged')).toBe(401);
    expect(await shops.inbox()).toMatchObject([
      { business_id: shops.second },
      { business_id: shops.first },
    ]);
  });

  it('keeps what one app says about another business’s page apart: it takes nobody’s place', async () => {
    const one = shops.open(ENV);
    await shops.connect(one);
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
    expect(await shops.say(one, ENV.MESSENGER_PAGE_ID, ENV.MESSENGER_APP_SECRET, 'm_x')).toBe(200);
    await eventually(
      async () => (await shops.inbox()).filter(({ state }) => state === 'done').length === 2,
    );
    expect(await shops.inbox()).toEqual([
      { business_id: shops.second, state: 'done', account_id: PAGE_BODY.page_id },
      { business_id: shops.second, state: 'ignored', account_id: '-' },
      { business_id: shops.first, state: 'done', account_id: ENV.MESSENGER_PAGE_ID },
    ]);
  });

  it('of Twilio finds the business by `To`, and takes that number’s token only', async () => {
    const one = shops.open(ENV);
    await shops.connect(one, 'sms', SMS_BODY);
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
    expect(await shops.inbox()).toMatchObject([
      { business_id: shops.second, account_id: SMS_BODY.number },
    ]);
  });

  it('of the Cloud API finds the business by the phone number id', async () => {
    const one = shops.open();
    const body = { driver: 'cloud', phone_number_id: '300000000000303', access_token: 'EAAW', app_secret: 'wa-secret', verify_token: 'wa-word' }; // prettier-ignore
    expect((await shops.connect(one, 'whatsapp', body)).status).toBe(200);
    const message = { from: '639171234567', id: 'wamid.1', timestamp: '1772000000', type: 'text', text: { body: 'hi' } }; // prettier-ignore
    const value = { metadata: { phone_number_id: body.phone_number_id }, messages: [message] };
    const webhook = {
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
    };
    expect(await one.postMeta('/webhooks/whatsapp', webhook, 'wrong')).toBe(401);
    expect(await one.postMeta('/webhooks/whatsapp', webhook, body.app_secret)).toBe(200);
    expect(await shops.inbox()).toMatchObject([{ business_id: shops.second }]);
  });
});

describe('another instance', () => {
  it('takes messages for an account that was connected a moment ago, and stops when it is gone', async () => {
    const [one, other] = [shops.open(), shops.open()];
    expect(await shops.say(other, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_0')).toBe(404);
    await shops.connect(one);
    // Its own look is less than a second old; the page that it does not know makes it look again.
    test.clock.set(new Date(test.clock.now().getTime() + 300));
    expect(await shops.say(other, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1')).toBe(200);
    await shops.connect(one, 'messenger', { ...PAGE_BODY, app_secret: 'changed-app-secret' });
    test.clock.set(new Date(test.clock.now().getTime() + 1_000));
    expect(await shops.say(other, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_2')).toBe(401);
    expect(await shops.say(other, PAGE_BODY.page_id, 'changed-app-secret', 'm_2')).toBe(200);
    await one.call('delete', `/api/businesses/${shops.second}/channels/messenger`);
    test.clock.set(new Date(test.clock.now().getTime() + 1_000));
    expect(await shops.say(other, PAGE_BODY.page_id, 'changed-app-secret', 'm_3')).toBe(404);
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
    const one = shops.open({ ...ENV, GRAPH_API_URL: `http://127.0.0.1:${port}/graph` });
    await shops.connect(one);
    await shops.say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_second');
    await eventually(() => Promise.resolve(messages.length > 0));
    await one.stop();
    server.close();
    expect(new Set(sent.map(({ token }) => token))).toEqual(new Set([PAGE_BODY.page_access_token]));
    expect(messages[0]).toMatchObject({ accountId: PAGE_BODY.page_id });
  });
});
