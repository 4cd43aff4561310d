import { z } from 'zod';
import type { SendRequest, SendResult } from '../channel';
import { pauseAfter, postJson, SEND_TIMEOUT_MS } from '../http';
import { classifyWhatsAppError } from './errors';

const sent = z.object({ messages: z.array(z.object({ id: z.string() })).min(1) });
const refused = z.object({ error: z.object({ code: z.number(), message: z.string().optional() }) });

/** One call of the Cloud API. Our row's id travels along and comes back in every status. */
export async function sendWhatsApp(
  { account, to, payload, outgoingId }: SendRequest,
  timeoutMs = SEND_TIMEOUT_MS,
): Promise<SendResult> {
  const url = `${account.apiUrl}/${encodeURIComponent(account.accountId)}/messages`;
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    // A person with a user name may have no number that we know of.
    ...(to.startsWith('+') ? { to } : { recipient: to }),
    ...payload,
    biz_opaque_callback_data: `outbox:${outgoingId}`,
  };
  const headers = { authorization: `Bearer ${account.token}` };
  const answer = await postJson(url, body, timeoutMs, headers);

  const success = sent.safeParse(answer.body);
  const first = success.success ? success.data.messages[0] : undefined;
  if (answer.status >= 200 && answer.status < 300 && first)
    return { ok: true, providerMessageId: first.id, ...pauseAfter(answer) };
  const failure = refused.safeParse(answer.body);
  if (!failure.success) {
    const code = `http_${answer.status}`;
    const message = `no usable answer (${code})`;
    const { retryAfterMs } = answer;
    const slowsAccount = retryAfterMs !== undefined;
    return { ok: false, errorClass: 'retry', code, message, retryAfterMs, slowsAccount };
  }
  const { error } = failure.data;
  const known = classifyWhatsAppError(error.code, answer.status);
  return {
    ok: false,
    ...known,
    code: String(error.code),
    message: (error.message ?? '').replaceAll(account.token, '***'),
    retryAfterMs: answer.retryAfterMs ?? known.retryAfterMs,
  };
}
