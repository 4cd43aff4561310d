import { mailAccount } from '../../src/channels/email/account';
import { email } from '../../src/channels/email';
import { sendMail } from '../../src/channels/email/send';
import { MAIL_PASSWORD, startMailServer, type MailServer } from '../support/mail-server';

let server: MailServer;
beforeEach(async () => (server = await startMailServer()));
afterEach(() => server.close());

const account = (url = server.url) =>
  mailAccount({
    from: 'Sari-sari <orders@shop.example>',
    url,
    secret: 'secret',
    businessId: 1,
    isPlayground: false,
  });
const PAYLOAD = email.render({ subject: 'Order 12', text: 'Salamat po, Ñoño!\nTotal: ₱1,500.' })[0]!
  .payload;
const send = (
  fields: { to?: string; payload?: Record<string, unknown>; outgoingId?: number } = {},
) =>
  sendMail({
    account: account(),
    to: 'juan@customer.example',
    payload: PAYLOAD,
    outgoingId: 42,
    ...fields,
  });

it('a mail arrives in words and as a page, from the shop, and its Message-ID is what we keep', async () => {
  const result = await send();
  const [{ from, to, mail }] = server.received as [MailServer['received'][0]];
  expect({ from, to }).toEqual({ from: 'orders@shop.example', to: ['juan@customer.example'] });
  expect(mail).toMatchObject({
    from: { name: 'Sari-sari', address: 'orders@shop.example' },
    subject: 'Order 12',
  });
  expect(mail.text?.trim()).toBe('Salamat po, Ñoño!\nTotal: ₱1,500.');
  expect(mail.html).toContain('Salamat po, Ñoño!<br>Total: ₱1,500.');
  expect(mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
  expect(mail.messageId).toMatch(/^<42\.[0-9a-f]{16}@shop\.example>$/);
  expect(result).toEqual({ ok: true, providerMessageId: mail.messageId });
});

it('the same row tried again is the same mail, another row is another', async () => {
  for (const outgoingId of [42, 42, 43]) await send({ outgoingId });
  const ids = server.received.map(({ mail }) => mail.messageId);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).not.toBe(ids[2]);
});

it.each([
  'juan@customer.example\r\nBcc: everybody@customer.example',
  'juan@customer.example,everybody@customer.example',
  'Juan <juan@customer.example>',
  'juan@customer.example\u0000',
  'no address',
  '',
])('nothing is sent to %j', async (to) => {
  expect(await send({ to })).toMatchObject({
    ok: false,
    errorClass: 'permanent',
    code: 'no_address',
  });
  expect(server.received).toEqual([]);
});

it('what is in a mail makes no head of its own', async () => {
  const evil = 'Hello\r\nBcc: everybody@customer.example\r\n\r\n<script>alert(1)</script>';
  const [rendered] = email.render({ subject: evil, text: evil });
  await send({ payload: { ...rendered!.payload, subject: evil } });
  const [{ to, mail }] = server.received as [MailServer['received'][0]];
  expect(to).toEqual(['juan@customer.example']);
  expect(mail.bcc).toBeUndefined();
  expect(mail.headers.filter(({ key }) => key === 'bcc')).toEqual([]);
  expect(mail.html).not.toContain('<script');
});

describe('what the server answers', () => {
  it.each([
    ['to', 450, '4.2.1 mailbox is busy', { errorClass: 'retry' }],
    ['to', 452, '4.2.2 mailbox is full', { errorClass: 'retry' }],
    ['data', 451, '4.3.0 try later', { errorClass: 'retry' }],
    ['from', 421, '4.7.0 too many of yours', { errorClass: 'retry', slowsAccount: true }],
    ['to', 550, '5.1.1 no such user', { errorClass: 'permanent', stopsPerson: true }],
    ['to', 550, '5.7.1 not wanted', { errorClass: 'permanent', stopsPerson: false }],
    ['data', 554, '5.6.0 refused', { errorClass: 'permanent' }],
    ['from', 550, '5.7.1 not your name', { errorClass: 'configuration', stopsAccount: true }],
    ['auth', 535, '5.7.8 wrong password', { errorClass: 'configuration', stopsAccount: true }],
    ['auth', 454, '4.7.0 cannot check now', { errorClass: 'retry' }],
  ] as const)('at %s: %i %s', async (at, status, message, expected) => {
    server.refusal = { at, status, message };
    expect(await send()).toMatchObject({ ok: false, code: String(status), ...expected });
    expect(server.received).toEqual([]);
  });

  it('a server that repeats our password does not bring it into our records', async () => {
    const url = server.url.replace('shop:', 'nobody:');
    const request = { account: account(url), to: 'juan@customer.example', payload: PAYLOAD };
    const result = await sendMail({ ...request, outgoingId: 1 });
    expect(result).toMatchObject({ ok: false, errorClass: 'configuration' });
    expect(JSON.stringify(result)).toContain('***');
    expect(JSON.stringify(result)).not.toContain(MAIL_PASSWORD);
  });

  it('a server that is not there, or does not come to an end, is asked again', async () => {
    const request = {
      account: account(),
      to: 'juan@customer.example',
      payload: PAYLOAD,
      outgoingId: 1,
    };
    server.hangs = true;
    expect(await sendMail(request, 300)).toMatchObject({ errorClass: 'retry', code: 'no_answer' });
    const nobody = account('smtp://127.0.0.1:9');
    expect(await sendMail({ ...request, account: nobody })).toMatchObject({ errorClass: 'retry' });
  });
});
