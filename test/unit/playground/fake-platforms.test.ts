import { PLATFORM_ERRORS } from '../../../src/playground/platforms/errors';
import { startFakePlatforms, type FakePlatforms } from '../../support/fake-platforms';
import { fixture } from '../../support/fixtures';

const PSID = '7000000000000201';
let platforms: FakePlatforms;
beforeAll(async () => {
  platforms = await startFakePlatforms();
});
beforeEach(() => platforms.reset());
afterAll(() => platforms.close());

interface Answer {
  status: number;
  body: Record<string, unknown> & {
    error?: { code: number; error_subcode?: number; message: string };
  };
}

async function graph(body: unknown, query = '?access_token=token'): Promise<Answer> {
  const response = await fetch(`${platforms.graphUrl}/v25.0/100000000000101/messages${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const send = (message: unknown, more: Record<string, unknown> = {}) =>
  graph({ recipient: { id: PSID }, messaging_type: 'RESPONSE', message, ...more });

async function twilio(form: Record<string, string>, auth = 'AC1:secret'): Promise<Answer> {
  const response = await fetch(`${platforms.twilioUrl}/2010-04-01/Accounts/AC1/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(auth).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
const sms = { To: '+15550002222', From: '+15005550006', Body: 'Your order 42 shipped' };

const template = (payload: unknown) => ({ attachment: { type: 'template', payload } });
const button = (title = 'Buy', payload = 'BUY:1') => ({ type: 'postback', title, payload });
const card = (more: Record<string, unknown> = {}) => ({
  title: 'Mug',
  buttons: [button()],
  ...more,
});
const generic = (elements: unknown) => template({ template_type: 'generic', elements });
const quickReplies = (count: number, title = 'Red', payload = 'PICK:red') => ({
  text: 'Which colour?',
  quick_replies: Array.from({ length: count }, () => ({ content_type: 'text', title, payload })),
});

describe('Messenger', () => {
  test('answers an accepted message with ids that are never repeated', async () => {
    const answers = await Promise.all([send({ text: 'one' }), send({ text: 'two' })]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(
        Object.keys(fixture<{ body: object }>('api_responses/messenger_send_200.json').body),
      );
    }
    expect(answers[0]?.body.message_id).not.toBe(answers[1]?.body.message_id);
  });

  const longest = 'x'.repeat(1999);
  test.each<[string, unknown]>([
    ['the longest text', { text: longest }],
    [
      'thirteen quick replies with full titles and payloads',
      quickReplies(13, 'x'.repeat(20), 'y'.repeat(1000)),
    ],
    [
      'a full carousel',
      generic(
        Array.from({ length: 10 }, () =>
          card({
            title: 'x'.repeat(80),
            subtitle: 'y'.repeat(80),
            image_url: 'https://cdn.example.com/a.jpg',
            buttons: [button('x'.repeat(20)), button(), button()],
          }),
        ),
      ),
    ],
    [
      'a button template',
      template({ template_type: 'button', text: 'x'.repeat(640), buttons: [button()] }),
    ],
    [
      'a picture',
      { attachment: { type: 'image', payload: { url: 'https://cdn.example.com/a.jpg' } } },
    ],
  ])('takes %s', async (_name, message) => {
    expect(await send(message)).toMatchObject({ status: 200 });
  });

  test.each<[string, unknown]>([
    ['a text of 2000 characters', { text: `${longest}x` }],
    ['an empty text', { text: '' }],
    ['neither text nor attachment', {}],
    ['both text and attachment', { text: 'a', ...generic([card()]) }],
    ['fourteen quick replies', quickReplies(14)],
    ['no quick reply in the list', quickReplies(0)],
    ['a quick reply title of 21 characters', quickReplies(1, 'x'.repeat(21))],
    ['a payload of 1001 characters', quickReplies(1, 'Red', 'y'.repeat(1001))],
    ['eleven cards', generic(Array.from({ length: 11 }, () => card()))],
    ['no cards', generic([])],
    ['a card title of 81 characters', generic([card({ title: 'x'.repeat(81) })])],
    ['a card subtitle of 81 characters', generic([card({ subtitle: 'x'.repeat(81) })])],
    ['a card with a title only', generic([{ title: 'Mug' }])],
    [
      'four buttons on a card',
      generic([card({ buttons: Array.from({ length: 4 }, () => button()) })]),
    ],
    ['a button title of 21 characters', generic([card({ buttons: [button('x'.repeat(21))] })])],
    [
      'a button without payload',
      generic([card({ buttons: [{ type: 'postback', title: 'Buy' }] })]),
    ],
    ['a picture without an absolute address', generic([card({ image_url: '/mug.jpg' })])],
    [
      'a button template with too much text',
      template({ template_type: 'button', text: 'x'.repeat(641), buttons: [button()] }),
    ],
    ['an unknown template', template({ template_type: 'list', elements: [card()] })],
    ['metadata of 1000 characters', { text: 'a', metadata: 'm'.repeat(1000) }],
  ])('refuses %s with code 100', async (_name, message) => {
    const { status, body } = await send(message);
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: 100 });
    expect(platforms.messages).toHaveLength(0);
  });

  test.each<[string, Record<string, unknown>]>([
    ['no recipient', { recipient: {} }],
    ['no messaging type', { messaging_type: undefined }],
    ['an unknown messaging type', { messaging_type: 'HELLO' }],
    ['a removed tag', { messaging_type: 'MESSAGE_TAG', tag: 'POST_PURCHASE_UPDATE' }],
    ['a tag without its type', { tag: 'HUMAN_AGENT' }],
  ])('refuses %s', async (_name, more) => {
    expect(await send({ text: 'hi' }, more)).toMatchObject({
      status: 400,
      body: { error: { code: 100 } },
    });
  });

  test('wants an access token, in the address or as a bearer', async () => {
    const body = { recipient: { id: PSID }, messaging_type: 'RESPONSE', message: { text: 'hi' } };
    expect(await graph(body, '')).toMatchObject({ status: 401, body: { error: { code: 104 } } });
    const bearer = await fetch(`${platforms.graphUrl}/v25.0/me/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer token' },
      body: JSON.stringify(body),
    });
    expect(bearer.status).toBe(200);
  });

  test('answers JSON errors to what is not JSON, and to unknown paths', async () => {
    expect(await graph('{"recipient":')).toMatchObject({
      status: 400,
      body: { error: { code: 100 } },
    });
    const unknown = await fetch(`${platforms.graphUrl}/v25.0/100/unknown`, { method: 'POST' });
    expect(await unknown.json()).toMatchObject({ error: { code: 2500 } });
  });

  test('takes typing indicators apart from messages', async () => {
    await graph({ recipient: { id: PSID }, sender_action: 'typing_on' });
    expect(platforms.senderActions).toEqual([{ recipient: PSID, action: 'typing_on' }]);
    expect(platforms.messages).toHaveLength(0);
    expect(await graph({ recipient: { id: PSID }, sender_action: 'dance' })).toMatchObject({
      status: 400,
    });
  });
});

describe('Twilio', () => {
  test('answers 201 with the fields of the real one', async () => {
    const { status, body } = await twilio(sms);
    const documented = fixture<{ body: Record<string, unknown> }>(
      'api_responses/twilio_message_201.json',
    ).body;
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(Object.keys(documented));
    expect(body).toMatchObject({
      body: sms.Body,
      to: sms.To,
      from: sms.From,
      status: 'queued',
      num_segments: '1',
    });
    expect(body.sid).toMatch(/^SM[0-9a-f]{32}$/);
  });

  test.each<[string, Record<string, string>, number]>([
    ['no recipient', { To: '' }, 21604],
    ['a local number', { To: '0917 123 4567' }, 21211],
    ['no sender', { From: '' }, 21603],
    ['a sender that is no number', { From: 'shop' }, 21212],
    ['a message to itself', { To: sms.From }, 21266],
    ['an empty body', { Body: '' }, 21602],
    ['a body of 1601 characters', { Body: 'x'.repeat(1601) }, 21617],
  ])('refuses %s', async (_name, change, code) => {
    expect(await twilio({ ...sms, ...change })).toMatchObject({
      status: 400,
      body: { code, status: 400 },
    });
    expect(platforms.messages).toHaveLength(0);
  });

  test('counts segments, and takes 1600 characters', async () => {
    expect((await twilio({ ...sms, Body: 'x'.repeat(1600) })).body.num_segments).toBe('11');
    expect((await twilio({ ...sms, Body: 'ñandú 🙂' })).body.num_segments).toBe('1');
  });

  test('wants the credentials of the account', async () => {
    for (const auth of ['AC2:secret', 'AC1:', '']) {
      expect(await twilio(sms, auth)).toMatchObject({ status: 401, body: { code: 20003 } });
    }
  });
});

describe('what a test can ask for', () => {
  test('messages are found by person, in order, present or to come', async () => {
    const later = platforms.waitFor((message) => message.text === 'two');
    await send({ text: 'one' });
    await twilio(sms);
    await send({ text: 'two' });
    expect(await later).toMatchObject({ platform: 'messenger', recipient: PSID });
    expect(platforms.messagesTo(PSID).map((message) => message.text)).toEqual(['one', 'two']);
    expect(await platforms.waitForMessages(sms.To, 1)).toMatchObject([
      { platform: 'sms', text: sms.Body },
    ]);
  });

  test('the text of a template is what a person reads in it', async () => {
    await send(generic([card({ subtitle: 'P250' })]));
    expect(platforms.messages[0]?.text).toBe('Mug\nP250');
  });

  test('a wait that is in vain says what did arrive', async () => {
    await send({ text: 'hello' });
    const wait = platforms.waitFor((message) => message.text === 'bye', { timeoutMs: 20 });
    await expect(wait).rejects.toThrow(`messenger to ${PSID}: hello`);
  });

  const named = {
    messenger_send_100_2018001_no_user: PLATFORM_ERRORS.messenger.no_user,
    messenger_send_10_2018278_window: PLATFORM_ERRORS.messenger.window,
    messenger_send_190_token: PLATFORM_ERRORS.messenger.token,
    messenger_send_2_transient: PLATFORM_ERRORS.messenger.transient,
    messenger_send_551_unavailable: PLATFORM_ERRORS.messenger.unavailable,
    messenger_send_613_rate: PLATFORM_ERRORS.messenger.rate_limit,
    twilio_20429_too_many_requests: PLATFORM_ERRORS.sms.too_many_requests,
    twilio_21211_invalid_to: PLATFORM_ERRORS.sms.invalid_to,
    twilio_21610_unsubscribed: PLATFORM_ERRORS.sms.unsubscribed,
  };
  test.each(Object.entries(named))('%s is answered as documented', (file, { status, body }) => {
    expect({ http_status: status, body }).toEqual(fixture(`api_responses/${file}.json`));
  });

  test('failures come as often as asked, on their platform only, and nothing is delivered', async () => {
    platforms.failNext('messenger', 'window', 2);
    expect((await twilio(sms)).status).toBe(201);
    expect((await send({ text: 'a' })).body.error).toMatchObject({
      code: 10,
      error_subcode: 2018278,
    });
    expect((await send({ text: 'b' })).status).toBe(400);
    expect((await send({ text: 'c' })).status).toBe(200);
    expect(platforms.messagesTo(PSID).map((message) => message.text)).toEqual(['c']);
  });

  test('a dropped connection delivers nothing, unless it was accepted before', async () => {
    platforms.failNext('messenger', 'drop');
    platforms.failNext('messenger', 'accept_then_drop');
    await expect(send({ text: 'lost' })).rejects.toThrow();
    await expect(send({ text: 'arrived' })).rejects.toThrow();
    expect(platforms.messagesTo(PSID).map((message) => message.text)).toEqual(['arrived']);
  });

  test('a platform that hangs leaves the time-out to the caller', async () => {
    platforms.failNext('messenger', 'hang');
    const call = fetch(`${platforms.graphUrl}/v25.0/me/messages?access_token=t`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        recipient: { id: PSID },
        messaging_type: 'RESPONSE',
        message: { text: 'a' },
      }),
      signal: AbortSignal.timeout(50),
    });
    await expect(call).rejects.toThrow('timeout');
  });
});
