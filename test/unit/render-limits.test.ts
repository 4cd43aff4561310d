import fc from 'fast-check';
import { instagram } from '../../src/channels/instagram';
import { messenger } from '../../src/channels/messenger';
import { segmentsOf } from '../../src/channels/sms/gsm';
import { whatsapp } from '../../src/channels/whatsapp';
import { whatsappTwilio } from '../../src/channels/whatsapp-twilio';
import { approvedMessage } from '../../src/notifications/approved-message';
import { settingsSchema } from '../../src/businesses/settings';
import type { Business } from '../../src/businesses/business-store';
import { refuseMessengerRequest } from '../../src/playground/platforms/messenger-limits';
import { refuseWhatsAppRequest } from '../../src/playground/platforms/whatsapp-limits';
import { anyReply, isWellFormed } from '../support/replies';

/** What a platform says to a request, per channel. */
const judges = [
  [messenger, (body: object) => refuseMessengerRequest({ ...body, recipient: { id: '1' } })],
  [instagram, (body: object) => refuseMessengerRequest({ ...body, recipient: { id: '1' } })],
  [
    whatsapp,
    (body: object) =>
      refuseWhatsAppRequest({ ...body, messaging_product: 'whatsapp', to: '+15550002222' }),
  ],
] as const;

test.each(judges.map(([channel, refuse]) => [channel.name, channel, refuse] as const))(
  'any reply on %s keeps its limits when its pictures are taken away',
  (_name, channel, refuse) => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        for (const { payload } of channel.render(reply)) {
          const bare = channel.withoutPicture?.(payload);
          if (!bare) continue;
          expect(refuse(bare)).toBeNull();
          expect(JSON.stringify(bare)).not.toContain('image_url');
        }
      }),
    );
  },
);

test('any reply on WhatsApp by Twilio has bodies that Twilio takes, whole characters, and an address for a picture', () => {
  fc.assert(
    fc.property(anyReply, (reply) => {
      for (const { payload } of whatsappTwilio.render(reply)) {
        const body = typeof payload.body === 'string' ? payload.body : '';
        expect(body.length).toBeLessThanOrEqual(1600);
        expect(isWellFormed(body)).toBe(true);
        expect(body.trim() !== '' || payload.mediaUrl !== undefined).toBe(true);
        if (payload.mediaUrl !== undefined) expect(payload.mediaUrl).toMatch(/^https?:/);
      }
    }),
  );
});

const shop = (channel: 'messenger' | 'whatsapp', parameters: string[]): Business => ({
  id: 1,
  slug: 'shop',
  name: 'Shop',
  currency: 'PHP',
  country: 'PH',
  timezone: 'Asia/Manila',
  language: 'en',
  settings: settingsSchema.parse({
    approved_templates: [
      { channel, template: 'order_shipped', language: 'en', name: 'order_update', parameters },
    ],
  }),
});

test('whatever fills an approved message, its values are one line each, and none is empty', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('messenger' as const, 'whatsapp' as const),
      fc.dictionary(
        fc.stringMatching(/^[a-z]{1,8}$/),
        fc.oneof(fc.string({ maxLength: 3000 }), fc.integer()),
      ),
      (channel, params) => {
        const told = { template: 'order_shipped', params };
        const business = shop(channel, Object.keys(params).slice(0, 20));
        const payload = approvedMessage(business, { channel, accountId: '1' }, told, 'en');
        const isBlank = Object.keys(params)
          .slice(0, 20)
          .some((name) => String(params[name]).trim() === '');
        expect(payload === null).toBe(isBlank);
        const texts = JSON.stringify(payload ?? {}).match(/"text":"(?:[^"\\]|\\.)*"/g) ?? [];
        for (const text of texts) {
          const { text: value } = JSON.parse(`{${text}}`) as { text: string };
          expect(value).not.toMatch(/[\n\r\t]|\s{2}/);
        }
      },
    ),
  );
});

describe('segments of an SMS', () => {
  test.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    // 76 of two places fill 152 of 153: the last one stays empty.
    ['€'.repeat(152), 2],
    ['€'.repeat(153), 3],
    ['ж'.repeat(70), 1],
    ['ж'.repeat(71), 2],
    ['😀'.repeat(35), 1],
    // 33 of two places fill 66 of 67.
    ['😀'.repeat(66), 2],
    ['😀'.repeat(67), 3],
  ])('%s', (text, segments) => expect(segmentsOf(text)).toBe(segments));

  test('are never fewer than the places that the text takes, and one more text never fewer', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '€', 'ж', '😀', '\n'), maxLength: 400 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(segmentsOf(one + other)).toBeGreaterThanOrEqual(segmentsOf(one));
        expect(segmentsOf(one) * 160).toBeGreaterThanOrEqual(one.replace(/😀/g, '').length);
      }),
    );
  });
});
