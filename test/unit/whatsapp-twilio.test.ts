import fc from 'fast-check';
import type { Account } from '../../src/channels/channel';
import { channelOf } from '../../src/channels/registry';
import { whatsappTwilio } from '../../src/channels/whatsapp-twilio';
import { renderWhatsAppByTwilio } from '../../src/channels/whatsapp-twilio/render';
import { optionsOf } from '../../src/channels/reply';
import { NUMBER, smsAccount } from '../support/accounts';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';
import { anyReply, isWellFormed } from '../support/replies';

let platforms: FakePlatforms;
beforeAll(async () => (platforms = await startFakePlatforms()));
afterEach(() => platforms.reset());
afterAll(() => platforms.close());

const PERSON = '+15550002222';
const channel = channelOf({ channel: 'whatsapp', accountId: NUMBER });
const send = (payload: Record<string, unknown>) => {
  const account: Account = { ...smsAccount(platforms.twilioUrl), channel: 'whatsapp' };
  return channel.send({ account, to: PERSON, payload, outgoingId: 42 });
};

test('a sender that is a number is Twilio’s, one with an id is Meta’s', () => {
  expect(channel).toBe(whatsappTwilio);
  expect(channelOf({ channel: 'whatsapp', accountId: '200000000000601' })).not.toBe(channel);
});

test('any reply is within what Twilio takes, with every option by its number', () => {
  fc.assert(
    fc.property(anyReply, (reply) => {
      const messages = renderWhatsAppByTwilio(reply);
      for (const { payload } of messages) {
        const { body, mediaUrl } = payload as { body?: string; mediaUrl?: string };
        expect(body?.trim() ?? mediaUrl ?? '').not.toBe('');
        expect((body ?? '').length).toBeLessThanOrEqual(1600);
        expect(isWellFormed(JSON.stringify(payload))).toBe(true);
      }
      const text = messages
        .map(({ payload }) => String((payload as { body?: string }).body ?? ''))
        .join('')
        .replace(/\s/g, '');
      if ((reply.choices ?? []).some(({ title }) => /^\d+$/.test(title))) return;
      optionsOf(reply).forEach(({ title }, index) =>
        expect(text).toContain(`${index + 1}.${title.replace(/\s/g, '')}`),
      );
    }),
  );
});

test('both ends are WhatsApp addresses', async () => {
  expect(await send({ body: 'Hello', mediaUrl: 'https://cdn.example.com/a.jpg' })).toMatchObject({
    ok: true,
  });
  const [message] = platforms.messages;
  expect(message).toMatchObject({ platform: 'whatsapp', recipient: PERSON, text: 'Hello' });
  expect(message!.body).toMatchObject({
    To: `whatsapp:${PERSON}`,
    From: `whatsapp:${NUMBER}`,
    MediaUrl: 'https://cdn.example.com/a.jpg',
  });
});

test('a closed window (63016) is told another way, at once or when it is reported', async () => {
  platforms.failNext('sms', 'whatsapp_window');
  expect(await send({ body: 'Hello' })).toMatchObject({ errorClass: 'reroute', code: '63016' });
  expect(channel.classify?.('63016')).toEqual({ errorClass: 'reroute' });
});
