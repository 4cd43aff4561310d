import fc from 'fast-check';
import { mailAddress } from '../../src/channels/email/address';
import { treatMailError } from '../../src/channels/email/errors';
import { mailHtml } from '../../src/channels/email/html';
import { renderMail } from '../../src/channels/email/render';
import { optionsOf } from '../../src/channels/reply';
import { anyReply, isWellFormed } from '../support/replies';

interface Payload {
  subject: string;
  text: string;
  html: string;
}

test('any reply is one mail with a short subject of one line, and every option by its number', () => {
  fc.assert(
    fc.property(anyReply, fc.option(fc.string(), { nil: undefined }), (reply, subject) => {
      const rendered = renderMail({ ...reply, subject });
      expect(rendered.length).toBeLessThanOrEqual(1);
      for (const { payload } of rendered) {
        const mail = payload as unknown as Payload;
        expect(mail.subject.length).toBeLessThanOrEqual(78);
        expect(mail.subject).not.toMatch(/[\r\n]/);
        expect(isWellFormed(mail.subject)).toBe(true);
        if ((reply.choices ?? []).some(({ title }) => /^\d+$/.test(title))) continue;
        const shown = mail.text.replace(/\s/g, '');
        optionsOf(reply).forEach(({ title }, index) =>
          expect(shown).toContain(`${index + 1}.${title.replace(/\s/g, '')}`),
        );
      }
    }),
  );
});

test('no text becomes a tag of the page', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const evil = `${text}<img src=x onerror=alert(1)>"'&https://a.example/?a=1&b="><b>${text}`;
      const html = mailHtml({ subject: evil, text: evil, imageUrl: `https://a.example/"><b>` });
      const tags = [...html.matchAll(/<\/?([a-z]+)/g)].map(([, tag]) => tag);
      expect(tags.filter((tag) => tag === 'b')).toEqual([]);
      expect(tags.filter((tag) => tag === 'img')).toHaveLength(1);
    }),
  );
});

test('an address in a text can be followed, without the full stop behind it', () => {
  const html = mailHtml({ subject: 'x', text: 'Track it: https://lbc.example/t?id=1&x=2.' });
  expect(html).toContain(
    '<a href="https://lbc.example/t?id=1&amp;x=2">https://lbc.example/t?id=1&amp;x=2</a>.',
  );
});

test('a mail without a subject is about its first sentence', () => {
  const [mail] = renderMail({ text: 'Low stock. Left to sell: mugs.' });
  expect((mail!.payload as unknown as Payload).subject).toBe('Low stock.');
  expect(mail!.display).toBe('Low stock.\n\nLow stock. Left to sell: mugs.');
});

test('an address is one of one person, and the same whatever its case after the @', () => {
  expect(mailAddress(' Juan@Customer.EXAMPLE ')).toBe('Juan@customer.example');
  for (const wrong of [null, undefined, '', 'juan', 'a@b@c', 'a@b\nc', `${'a'.repeat(160)}@b.c`])
    expect(mailAddress(wrong)).toBeUndefined();
});

test.each([
  [{ code: 'ECONNECTION' }, 'retry'],
  [{ code: 'ETIMEDOUT' }, 'retry'],
  [{ code: 'EDNS' }, 'retry'],
  [{ code: 'ESOCKET' }, 'retry'],
  [{ code: 'EENVELOPE' }, 'permanent'],
  [{ code: 'ETLS' }, 'configuration'],
  [{ code: 'ENOAUTH' }, 'configuration'],
  [{ code: 'EAUTH', responseCode: 454 }, 'retry'],
  [{}, 'retry'],
])('%j without an answer of the server is %s', (error, errorClass) => {
  expect(treatMailError(error).errorClass).toBe(errorClass);
});
