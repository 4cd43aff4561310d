import { setTimeout as delay } from 'node:timers/promises';
import type { SendRequest, SendResult } from '../channel';
import { SEND_TIMEOUT_MS } from '../http';
import { fetchPicture } from './fetch-picture';
import { linkOf } from './links';
import type { SendOutcome } from './messages';
import { chatIdOf } from './parse';

/** What is not begun by then has time left to be answered within SEND_TIMEOUT_MS. */
const BEGIN_WITHIN_MS = SEND_TIMEOUT_MS / 2;

/** One message through the browser that this process runs. */
export async function sendWhatsAppWeb(
  { account, to, payload, outgoingId }: SendRequest,
  timeoutMs = SEND_TIMEOUT_MS,
): Promise<SendResult> {
  const link = linkOf(account.accountId);
  if (!link) return retry('not_linked', 'the browser of this number is not linked here');
  const timeout = new AbortController();
  const beginBefore = Date.now() + Math.min(BEGIN_WITHIN_MS, timeoutMs);
  try {
    const { imageUrl, text } = payload;
    const picture = typeof imageUrl === 'string' ? await fetchPicture(imageUrl) : undefined;
    const words = typeof text === 'string' ? text : undefined;
    if (!picture && words === undefined)
      return { ok: false, errorClass: 'permanent', code: 'picture', message: 'no such picture' };
    const outcome = await Promise.race([
      link.send({ chatId: chatIdOf(to), text: words, picture, outgoingId }, beginBefore),
      delay(timeoutMs, undefined, { signal: timeout.signal }),
    ]);
    return outcome ? resultOf(outcome) : retry('no_answer', 'WhatsApp Web did not answer');
  } finally {
    timeout.abort();
  }
}

function resultOf(outcome: SendOutcome): SendResult {
  if (outcome.ok) return { ok: true, providerMessageId: outcome.id };
  // The number is not on WhatsApp.
  if (outcome.why === 'no_chat')
    return { ok: false, errorClass: 'permanent', code: 'no_chat', message: outcome.message };
  return retry(outcome.why, outcome.message);
}

const retry = (code: string, message: string): SendResult => ({
  ok: false,
  errorClass: 'retry',
  code,
  message,
});
