import type { ServerResponse } from 'node:http';
import type { ErrorClass } from '../../src/channels/channel';
import { retryAfter } from '../../src/channels/http';
import { sendMessenger } from '../../src/channels/messenger/send';
import { messengerAccount, PAGE_ID } from '../support/accounts';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';
import { closedPort, startOddServer } from '../support/odd-server';

const PERSON = '7000000000000201';
const payload = { messaging_type: 'RESPONSE', message: { text: 'Hello' } };

let platforms: FakePlatforms;
beforeAll(async () => (platforms = await startFakePlatforms()));
afterEach(() => platforms.reset());
afterAll(() => platforms.close());

const send = (graphUrl = platforms.graphUrl, token?: string, timeoutMs?: number) =>
  sendMessenger(
    { account: messengerAccount(graphUrl, token), to: PERSON, payload, outgoingId: 42 },
    timeoutMs,
  );

/** Sends to a server that gives one certain answer. */
async function sendTo(answer: (response: ServerResponse) => void, token?: string) {
  const server = await startOddServer((_request, response) => answer(response));
  try {
    return { result: await send(server.url, token), requests: server.requests };
  } finally {
    await server.close();
  }
}
const json =
  (status: number, body: unknown, headers = {}) =>
  (response: ServerResponse) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));

test('a sent message has the id that Messenger gave to it', async () => {
  const result = await send();
  expect(result).toEqual({
    ok: true,
    providerMessageId: platforms.messages[0]!.providerMessageId,
  });
});

test('the request is the documented one', async () => {
  const answer = json(200, { recipient_id: PERSON, message_id: 'm_1' });
  const { result, requests } = await sendTo(answer, 'a/b+c=d');
  expect(result).toEqual({ ok: true, providerMessageId: 'm_1' });
  expect(requests).toHaveLength(1);
  const [{ method, url, headers, body }] = requests as [(typeof requests)[number]];
  expect([method, url, headers['content-type']]).toEqual([
    'POST',
    `/v25.0/${PAGE_ID}/messages?access_token=a%2Fb%2Bc%3Dd`,
    'application/json',
  ]);
  expect(JSON.parse(body)).toEqual({
    recipient: { id: PERSON },
    messaging_type: 'RESPONSE',
    message: { text: 'Hello', metadata: 'outbox:42' },
  });
});

test.each<[string, ErrorClass, string]>([
  ['no_user', 'permanent', '100/2018001'],
  ['window', 'reroute', '10/2018278'],
  ['token', 'configuration', '190/463'],
  ['transient', 'retry', '2'],
  ['unavailable', 'reroute', '551/1545041'],
  ['rate_limit', 'retry', '613'],
  ['person_rate_limit', 'reroute', '613/2018338'],
  ['invalid_parameter', 'permanent', '100'],
  ['other_app_has_control', 'retry', '2018300'],
])('the error %s is of class %s and has the code %s', async (failure, errorClass, code) => {
  platforms.failNext('messenger', failure as 'window');
  expect(await send()).toMatchObject({ ok: false, errorClass, code });
  expect(platforms.messages).toEqual([]);
});

test('a rate limit slows the page, an absent person does not', async () => {
  platforms.failNext('messenger', 'rate_limit');
  expect(await send()).toMatchObject({ slowsAccount: true });
  platforms.failNext('messenger', 'unavailable');
  expect(await send()).not.toHaveProperty('slowsAccount');
});

test('an answer that does not come is tried again', async () => {
  platforms.failNext('messenger', 'hang');
  expect(await send(platforms.graphUrl, undefined, 50)).toMatchObject({
    ok: false,
    errorClass: 'retry',
    code: 'http_0',
  });
});

test.each(['drop', 'accept_then_drop'] as const)(
  'a connection that breaks (%s) is tried again',
  async (failure) => {
    platforms.failNext('messenger', failure);
    expect(await send()).toMatchObject({ ok: false, errorClass: 'retry', code: 'http_0' });
  },
);

test('a refused connection is tried again', async () => {
  expect(await send(await closedPort())).toMatchObject({ ok: false, errorClass: 'retry' });
});

test.each([200, 403, 404, 502])(
  'a page of HTML with the status %d is tried again',
  async (status) => {
    const { result } = await sendTo((response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
    });
    expect(result).toMatchObject({ ok: false, errorClass: 'retry', code: `http_${status}` });
  },
);

test('a 200 without a message id is no success', async () => {
  const { result } = await sendTo(json(200, { recipient_id: PERSON }));
  expect(result).toMatchObject({ ok: false, errorClass: 'retry' });
});

test('a redirect is not followed, because the token would go with it', async () => {
  const { result, requests } = await sendTo((response) => {
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(result).toMatchObject({ ok: false, errorClass: 'retry' });
  expect(requests).toHaveLength(1);
});

describe('Retry-After', () => {
  const limit = { error: { code: 4, message: 'Application request limit reached' } };

  test('in seconds is taken over', async () => {
    const { result } = await sendTo(json(400, limit, { 'retry-after': '120' }));
    expect(result).toMatchObject({ errorClass: 'retry', retryAfterMs: 120_000 });
  });

  test('counts on a page of HTML, too', async () => {
    const { result } = await sendTo((response) => {
      response.writeHead(503, { 'retry-after': '7' }).end('<html></html>');
    });
    expect(result).toMatchObject({ errorClass: 'retry', retryAfterMs: 7000 });
  });

  test.each([
    ['a date to come', 'Wed, 21 Oct 2015 07:28:30 GMT', 30_000],
    ['a date that has passed', 'Wed, 21 Oct 2015 07:27:00 GMT', 0],
    ['zero', '0', 0],
    ['nonsense', 'soon', undefined],
    ['empty', '', undefined],
    ['nothing', null, undefined],
  ])('as %s is %s', (_form, header, expected) => {
    const now = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');
    expect(retryAfter(header, now)).toBe(expected);
  });
});

describe('the headers of usage', () => {
  const sent = { recipient_id: PERSON, message_id: 'm_1' };
  const ofPage = (entry: object) => ({
    'x-business-use-case-usage': JSON.stringify({ '100000000000101': [entry] }),
  });

  test('hold the page back for a moment when its limit is nearly reached', async () => {
    const { result } = await sendTo(json(200, sent, { 'x-app-usage': '{"call_count":97}' }));
    expect(result).toEqual({ ok: true, providerMessageId: 'm_1', pauseMs: 5_000 });
  });

  test('change nothing below that', async () => {
    const usage = ofPage({ type: 'messenger', call_count: 94, total_time: 3, total_cputime: 1 });
    const { result } = await sendTo(json(200, sent, usage));
    expect(result).toEqual({ ok: true, providerMessageId: 'm_1' });
  });

  test('say for how long when it is reached', async () => {
    const limit = { error: { code: 613, message: 'Calls to this api have exceeded the limit' } };
    const usage = ofPage({ call_count: 100, estimated_time_to_regain_access: 3 });
    const { result } = await sendTo(json(400, limit, usage));
    expect(result).toMatchObject({ slowsAccount: true, retryAfterMs: 180_000 });
  });

  test.each(['soon', '[]', '{"a":[{"call_count":"many"}]}', '{"call_count":null}'])(
    'may be nonsense: %s',
    async (header) => {
      const { result } = await sendTo(json(200, sent, { 'x-app-usage': header }));
      expect(result).toEqual({ ok: true, providerMessageId: 'm_1' });
    },
  );
});

test('the token is in no message, even when Graph quotes it', async () => {
  const token = 'EAAGm0PX4ZCpsBA';
  const quoting = json(400, { error: { code: 190, message: `Malformed access token ${token}!` } });
  const broken = (response: ServerResponse) => void response.socket?.destroy();
  for (const answer of [quoting, broken]) {
    const { result } = await sendTo(answer, token);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain(token);
  }
});
