import fc from 'fast-check';
import { channelOf } from '../../src/channels/registry';
import { optionsOf } from '../../src/channels/reply';
import { whatsapp } from '../../src/channels/whatsapp';
import { whatsappWeb } from '../../src/channels/whatsapp-web';
import { renderWhatsAppWeb } from '../../src/channels/whatsapp-web/render';
import { chatIdOf, parseWhatsAppWeb } from '../../src/channels/whatsapp-web/parse';
import { findBrowser } from '../../src/channels/whatsapp-web/find-browser';
import { anyReply, isWellFormed } from '../support/replies';
import { seenText } from '../support/whatsapp-web/scripted-browser';

interface Payload {
  text?: string;
  imageUrl?: string;
}

test('any reply is within what WhatsApp takes, with every option by its number', () => {
  fc.assert(
    fc.property(anyReply, (reply) => {
      const payloads = renderWhatsAppWeb(reply).map(({ payload }) => payload as Payload);
      for (const { text, imageUrl } of payloads) {
        expect(text?.trim() ?? imageUrl ?? '').not.toBe('');
        expect((text ?? '').length).toBeLessThanOrEqual(imageUrl === undefined ? 4096 : 1024);
        expect(isWellFormed(text ?? '')).toBe(true);
      }
      const shown = payloads
        .map(({ text }) => text ?? '')
        .join('')
        .replace(/\s/g, '');
      if ((reply.choices ?? []).some(({ title }) => /^\d+$/.test(title))) return;
      optionsOf(reply).forEach(({ title }, index) =>
        expect(shown).toContain(`${index + 1}.${title.replace(/\s/g, '')}`),
      );
    }),
  );
});

test('a number that a browser has linked is this driver’s, others are not', () => {
  expect(channelOf({ channel: 'whatsapp', accountId: 'web-12' })).toBe(whatsappWeb);
  expect(channelOf({ channel: 'whatsapp', accountId: '200000000000601' })).toBe(whatsapp);
});

test.each(['15550002222@c.us', '100000000000701@lid'])(
  'an answer to %s goes back into its chat',
  (chat) => {
    const message = seenText('A', 'hi', chat);
    const event = parseWhatsAppWeb('web-1', { kind: 'message', message }, new Date());
    expect(chatIdOf(event!.externalId)).toBe(chat);
  },
);

test('a device of a person is the person', () => {
  const message = seenText('A', 'hi', '15550002222:7@c.us');
  expect(parseWhatsAppWeb('web-1', { kind: 'message', message }, new Date())).toMatchObject({
    externalId: '+15550002222',
  });
});

test('the browser is the setting’s, else the machine’s, else there are words for it', () => {
  expect(findBrowser(process.execPath)).toEqual({ path: process.execPath });
  expect(findBrowser(__filename)).toHaveProperty('problem');
  expect(findBrowser(undefined, '/nowhere')).toEqual({
    problem: expect.stringMatching(
      /Install the package chromium.*PUPPETEER_EXECUTABLE_PATH/,
    ) as string,
  });
});
