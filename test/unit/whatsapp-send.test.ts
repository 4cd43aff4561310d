import type { Account } from '../../src/channels/channel';
import { classifyWhatsAppError } from '../../src/channels/whatsapp/errors';
import { sendWhatsApp } from '../../src/channels/whatsapp/send';
import { messengerAccount } from '../support/accounts';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';
import { fixture, fixtureNames } from '../support/fixtures';
import { closedPort, startOddServer } from '../support/odd-server';

let platforms: FakePlatforms;
beforeAll(async () => (platforms = await startFakePlatforms()));
afterEach(() => platforms.reset());
afterAll(() => platforms.close());

const account = (apiUrl: string): Account => ({
  ...messengerAccount(apiUrl, 'EAAG-secret-token'),
  channel: 'whatsapp',
  accountId: '200000000000601',
});
const payload = { type: 'text', text: { body: 'Hello', preview_url: false } };
const send = (to = '+15550002222', apiUrl = platforms.graphUrl, timeoutMs?: number) =>
  sendWhatsApp({ account: account(apiUrl), to, payload, outgoingId: 42 }, timeoutMs);

test('the request is the documented one, with the token in its header', async () => {
  const server = await startOddServer((_, response) =>
    response.end(
      JSON.stringify(fixture<{ body: unknown }>('api_responses/whatsapp_send_200.json').body),
    ),
  );
  expect(await send(undefined, server.url)).toEqual({
    ok: true,
    providerMessageId: expect.stringMatching(/^wamid/) as string,
  });
  await server.close();
  const [request] = server.requests;
  expect([request!.method, request!.url]).toEqual(['POST', '/v25.0/200000000000601/messages']);
  expect(request!.headers.authorization).toBe('Bearer EAAG-secret-token');
  expect(JSON.parse(request!.body)).toEqual({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '+15550002222',
    ...payload,
    biz_opaque_callback_data: 'outbox:42',
  });
});

test('a person without a number is addressed by their user id', async () => {
  expect(await send('US.10000000000000000701')).toMatchObject({ ok: true });
  expect(platforms.messages[0]!.body).toMatchObject({ recipient: 'US.10000000000000000701' });
  expect(platforms.messages[0]!.body.to).toBeUndefined();
});

test.each(fixtureNames('api_responses').filter((name) => /^whatsapp_send_1/.test(name)))(
  'the sample %s has its code and class',
  async (name) => {
    const { http_status: status, body } = fixture<{ http_status: number; body: unknown }>(
      `api_responses/${name}`,
    );
    const server = await startOddServer(
      (_, response) => void response.writeHead(status).end(JSON.stringify(body)),
    );
    const result = await send(undefined, server.url);
    await server.close();
    const [, code = ''] = /send_(\d+)/.exec(name) ?? [];
    expect(result).toMatchObject({
      ok: false,
      code,
      errorClass: classifyWhatsAppError(Number(code), status).errorClass,
    });
  },
);

test('the limit for one person waits for that person only', async () => {
  platforms.failNext('whatsapp', 'pair_rate');
  expect(await send()).toMatchObject({
    errorClass: 'retry',
    retryAfterMs: 6000,
    growth: 4,
  });
  platforms.failNext('whatsapp', 'pair_rate');
  expect(await send()).not.toHaveProperty('slowsAccount');
});

test.each(['hang', 'drop', 'accept_then_drop'] as const)(
  'a connection that does so (%s) is tried again',
  async (failure) => {
    platforms.failNext('whatsapp', failure);
    expect(await send(undefined, undefined, 100)).toMatchObject({ ok: false, errorClass: 'retry' });
  },
);

test('a refused connection is tried again', async () => {
  expect(await send(undefined, await closedPort())).toMatchObject({
    ok: false,
    errorClass: 'retry',
  });
});

test('the token is in no message, even when the answer quotes it', async () => {
  const error = { code: 190, message: 'Cannot parse access token EAAG-secret-token' };
  const server = await startOddServer(
    (_, response) => void response.writeHead(401).end(JSON.stringify({ error })),
  );
  const result = await send(undefined, server.url);
  await server.close();
  expect(result).toMatchObject({ ok: false, errorClass: 'configuration' });
  expect(JSON.stringify(result)).not.toContain('EAAG-secret-token');
});
