import { validateRequest } from 'twilio';
import {
  inboundSms,
  messengerWebhook,
  metaJson,
  metaSignature,
  twilioWebhook,
} from '../../../src/playground/sign';
import { fixture, fixtureBytes, fixtureNames } from '../../support/fixtures';

const meta = fixture<{ app_secret: string; signatures: Record<string, string> }>(
  'messenger/_signatures.json',
);
const account = { appSecret: meta.app_secret, pageId: '100000000000101', from: '7000000000000201' };

interface TwilioFixture {
  url: string;
  auth_token: string;
  headers: Record<string, string>;
  params: Record<string, string>;
}

describe('signatures', () => {
  test.each(Object.entries(meta.signatures))('signs %s as Meta does', (file, expected) => {
    expect(metaSignature(meta.app_secret, fixtureBytes(`messenger/${file}`))).toBe(expected);
  });

  test.each(fixtureNames('twilio_sms'))('signs %s as Twilio does', (file) => {
    const {
      url,
      auth_token: authToken,
      params,
      headers,
    } = fixture<TwilioFixture>(`twilio_sms/${file}`);
    expect(twilioWebhook({ authToken, url, params }).signature).toBe(headers['X-Twilio-Signature']);
  });
});

describe('a Messenger webhook', () => {
  const timestamp = 1772000000000;
  const eventOf = (body: string) =>
    (JSON.parse(body) as { entry: [{ messaging: [Record<string, unknown>] }] }).entry[0]
      .messaging[0];
  const eventIn = (file: string) => eventOf(fixtureBytes(`messenger/${file}`).toString('utf8'));

  test('travels with escaped characters and slashes, and is signed in that form', () => {
    const { body, signature } = messengerWebhook({ ...account, text: 'Señora Ángel ₱5/6 🙂' });
    expect(body).toMatch(/^[\x20-\x7e]+$/);
    expect(body).toContain('Se\\u00f1ora \\u00c1ngel \\u20b15\\/6 \\ud83d\\ude42');
    expect(eventOf(body).message).toMatchObject({ text: 'Señora Ángel ₱5/6 🙂' });
    expect(signature).toBe(metaSignature(meta.app_secret, body));
    expect(signature).not.toBe(metaSignature(meta.app_secret, JSON.stringify(JSON.parse(body))));
  });

  test('has the shape of a captured one, for every kind', () => {
    const midOf = (file: string) => {
      const { message, postback } = eventIn(file) as Record<string, { mid: string } | undefined>;
      return (message ?? postback)?.mid;
    };
    const built = (file: string, content: Partial<Parameters<typeof messengerWebhook>[0]>) =>
      eventOf(messengerWebhook({ ...account, timestamp, mid: midOf(file), ...content }).body);

    const cases: [string, Partial<Parameters<typeof messengerWebhook>[0]>][] = [
      ['message_text.json', { text: 'hello, world!' }],
      ['message_quick_reply.json', { text: 'Red', quickReply: { payload: 'PICK_COLOR:red' } }],
      [
        'postback_button.json',
        { postback: { title: 'Add to cart', payload: 'ADD_TO_CART:SKU-1001' } },
      ],
      [
        'postback_get_started_referral.json',
        {
          postback: { title: 'Get Started', payload: 'GET_STARTED' },
          referral: { ref: 'poster-42' },
        },
      ],
      ['referral_m_me.json', { referral: { ref: 'product_SKU-1001' } }],
      [
        'message_attachment_image.json',
        { image: { url: 'https://cdn.example.com/v/t1/photo.jpg?oh=abc&oe=def' } },
      ],
      ['read.json', { timestamp: 1772000001900, read: { watermark: 1772000001800 } }],
    ];
    for (const [file, content] of cases) expect(built(file, content)).toEqual(eventIn(file));
  });

  test('carries a pinned location as coordinates', () => {
    const { body } = messengerWebhook({
      ...account,
      location: { latitude: 14.5547, longitude: 121.0244 },
    });
    expect(eventOf(body).message).toMatchObject({
      attachments: [
        { type: 'location', payload: { coordinates: { lat: 14.5547, long: 121.0244 } } },
      ],
    });
  });

  test('gives every message an id of its own', () => {
    const mids = [1, 2].map(
      () => eventOf(messengerWebhook({ ...account, text: 'hi' }).body).message,
    );
    expect(mids[0]).not.toEqual(mids[1]);
  });
});

test('Meta JSON leaves plain ASCII as it is', () => {
  expect(metaJson({ text: 'plain "text" \\ here' })).toBe(
    JSON.stringify({ text: 'plain "text" \\ here' }),
  );
});

test('an inbound SMS passes the check of the official library', () => {
  const url = 'https://shop.example.com/webhooks/twilio';
  const params = inboundSms({
    accountSid: 'AC1',
    from: '+639170000000',
    to: '+15005550999',
    body: 'Saan na po? 100% & more',
  });
  const { body, signature } = twilioWebhook({ authToken: 'secret', url, params });
  const received = Object.fromEntries(new URLSearchParams(body));
  expect(validateRequest('secret', signature, url, received)).toBe(true);
  expect(validateRequest('secret', signature, url, { ...received, Body: 'something else' })).toBe(
    false,
  );
});
