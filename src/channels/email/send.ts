import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type nodemailer from 'nodemailer';
import { hmacSha256 } from '../../lib/hash';
import type { Account, SendRequest, SendResult } from '../channel';
import { SEND_TIMEOUT_MS } from '../http';
import { addressIn, mailAddress } from './address';
import { treatMailError, type MailError } from './errors';

/** The library is loaded when there is something to send: most deployments have no e-mail. */
const load = createRequire(__filename);

/** A server that says nothing for this long is away; all of it together stays below SEND_TIMEOUT_MS. */
const CONNECT_TIMEOUT_MS = 4_000;
const SILENCE_TIMEOUT_MS = 6_000;

/** One mail by SMTP, over a connection of its own. Tried again, it bears the same Message-ID, so that mailboxes can tell. */
export async function sendMail(
  request: SendRequest,
  timeoutMs = SEND_TIMEOUT_MS,
): Promise<SendResult> {
  const { account, outgoingId } = request;
  // The playground's mailbox shows what is marked as sent.
  if (account.isPlayground) return { ok: true, providerMessageId: `playground:${outgoingId}` };
  const to = mailAddress(request.to);
  if (to === undefined)
    return failure({ code: 'no_address' }, { errorClass: 'permanent', stopsPerson: true }, account);
  const timeout = new AbortController();
  try {
    const sent = await Promise.race([
      deliver(request, to),
      delay(timeoutMs, undefined, { signal: timeout.signal }),
    ]);
    if (sent === undefined) return failure({ code: 'no_answer' }, { errorClass: 'retry' }, account);
    return { ok: true, providerMessageId: sent };
  } catch (error) {
    return failure(error as MailError, treatMailError(error as MailError), account);
  } finally {
    timeout.abort();
  }
}

async function deliver({ account, payload, outgoingId }: SendRequest, to: string): Promise<string> {
  const { createTransport } = load('nodemailer') as typeof nodemailer;
  const transport = createTransport({
    url: account.token,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    // What is in a mail is never a name of something to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const word = (key: string) => (typeof payload[key] === 'string' ? payload[key] : undefined);
  const sent = await transport.sendMail({
    from: account.principal,
    to: { name: '', address: to },
    subject: word('subject'),
    text: word('text'),
    html: word('html'),
    messageId: messageIdOf(account, outgoingId),
    // Nobody's absence notice answers it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  return sent.messageId;
}

/** The same for each try of a row, and no other deployment's. */
function messageIdOf({ secret, principal }: Account, outgoingId: number): string {
  const own = hmacSha256(secret, `mail ${outgoingId}`).slice(0, 16);
  return `<${outgoingId}.${own}@${addressIn(principal).split('@').at(-1)}>`;
}

function failure(
  error: MailError & { message?: string },
  treatment: ReturnType<typeof treatMailError>,
  account: Account,
): SendResult {
  const code = String(error.responseCode ?? error.code ?? 'unknown').toLowerCase();
  const words = error.response ?? error.message ?? code;
  return { ok: false, ...treatment, code, message: withoutPassword(words, account) };
}

/** Some servers repeat what they were told. */
function withoutPassword(words: string, { token }: Account): string {
  const { password } = new URL(token);
  return password === '' ? words : words.replaceAll(decodeURIComponent(password), '***');
}
