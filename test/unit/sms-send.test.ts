import type { ServerResponse } from 'node:http';
import type { ErrorClass } from '../../src/channels/channel';
import { sendSms } from '../../src/channels/sms/send';
import { NUMBER, smsAccount } from '../support/accounts';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';
import { closedPort, startOddServer } from '../support/odd-server';

const PERSON = '+639171234567';

let platforms: FakePlatforms;
beforeAll(async () => (platforms = await startFakePlatforms()));
afterEach(() => platforms.reset());
afterAll(() => platforms.close());

const send = (twilioUrl = platforms.twilioUrl, timeoutMs?: number, body = 'Hello') =>
  sendSms(
    { account: smsAccount(twilioUrl), to: PERSON, payload: { body }, outgoingId: 42 },
    timeoutMs,
  );

/** Sends to a server that gives one certain answer. */
async function sendTo(answer: (response: ServerResponse) => void) {
  const server = await startOddServer((_request, response) => answer(response));
  try {
    return { result: await send(server.url), requests: server.requests };
  } finally {
    await server.close();
  }
}
const json = (status: number, body: unknown) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

test('a sent message has the SID that Twilio gave to it', async () => {
  expect(await send()).toEqual({
    ok: true,
    providerMessageId: platforms.messages[0]!.providerMessageId,
  });
});

test('the request is the documented one', async () => {
  const { result, requests } = await sendTo(json(201, { sid: 'SM1', status: 'queued' }));
  expect(result).toEqual({ ok: true, providerMessageId: 'SM1' });
  expect(requests).toHaveLength(1);
  const [{ method, url, headers, body }] = requests as [(typeof requests)[number]];
  const { principal, token } = smsAccount('');
  expect([method, url]).toEqual(['POST', `/2010-04-01/Accounts/${principal}/Messages.json`]);
  expect(headers.authorization).toBe(
    `Basic ${Buffer.from(`${principal}:${token}`).toString('base64')}`,
  );
  expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    To: PERSON,
    From: NUMBER,
    Body: 'Hello',
  });
});

test.each<[string, ErrorClass, string]>([
  ['too_many_requests', 'retry', '20429'],
  ['invalid_to', 'permanent', '21211'],
  ['unsubscribed', 'opt_out', '21610'],
  ['token', 'configuration', '20003'],
  ['region', 'permanent', '21408'],
  ['queue_overflow', 'retry', '30001'],
  ['transient', 'retry', '20500'],
])('the error %s is of class %s and has the code %s', async (failure, errorClass, code) => {
  platforms.failNext('sms', failure as 'region');
  expect(await send()).toMatchObject({ ok: false, errorClass, code });
  expect(platforms.messages).toEqual([]);
});

test('an empty text is a mistake of ours', async () => {
  expect(await send(platforms.twilioUrl, undefined, '')).toMatchObject({
    errorClass: 'permanent',
    code: '21602',
  });
});

test('too many requests slow the account, a wrong number does not', async () => {
  platforms.failNext('sms', 'too_many_requests');
  expect(await send()).toMatchObject({ slowsAccount: true });
  platforms.failNext('sms', 'invalid_to');
  expect(await send()).not.toHaveProperty('slowsAccount');
});

test('what Twilio asks for with Retry-After is taken over', async () => {
  const error = { code: 20429, message: 'Too Many Requests', status: 429 };
  const { result } = await sendTo((response) => {
    response.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' });
    response.end(JSON.stringify(error));
  });
  expect(result).toMatchObject({ errorClass: 'retry', slowsAccount: true, retryAfterMs: 7_000 });
});

test('two requests at once keep their own Retry-After', async () => {
  let count = 0;
  const server = await startOddServer((_request, response) => {
    const seconds = (count += 1);
    response.writeHead(429, { 'retry-after': String(seconds), 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: 20429, message: 'Too Many Requests', status: 429 }));
  });
  const results = await Promise.all([send(server.url), send(server.url)]);
  await server.close();
  const waits = results.map((result) => (result.ok ? 0 : result.retryAfterMs));
  expect(waits.sort()).toEqual([1_000, 2_000]);
});

test('an answer that does not come is tried again', async () => {
  platforms.failNext('sms', 'hang');
  expect(await send(platforms.twilioUrl, 50)).toMatchObject({
    ok: false,
    errorClass: 'retry',
    code: 'no_answer',
  });
});

test.each(['drop', 'accept_then_drop'] as const)(
  'a connection that breaks (%s) is tried again',
  async (failure) => {
    platforms.failNext('sms', failure);
    expect(await send()).toMatchObject({ ok: false, errorClass: 'retry' });
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
    expect(result).toMatchObject({ ok: false, errorClass: 'retry' });
  },
);

test('a 200 without a SID is no success', async () => {
  const { result } = await sendTo(json(200, {}));
  expect(result).toMatchObject({ ok: false, errorClass: 'retry' });
});

test('an error of another shape is a result like any other', async () => {
  const { result } = await sendTo(json(400, { message: { text: 'odd' }, code: [] }));
  expect(result).toMatchObject({ ok: false });
});

test('the token is in no message, even when the answer quotes it', async () => {
  const { token } = smsAccount('');
  const quoting = json(401, { code: 20003, message: `Authenticate: ${token}`, status: 401 });
  const broken = (response: ServerResponse) => void response.socket?.destroy();
  for (const answer of [quoting, broken]) {
    const { result } = await sendTo(answer);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain(token);
  }
});
