import { z } from 'zod';
import type { Account, SendRequest, SendResult } from '../channel';
import { pauseAfter, postJson, SEND_TIMEOUT_MS } from '../http';
import { classifyGraphError } from './errors';

const sent = z.object({ message_id: z.string() });
const refused = z.object({
  error: z.object({
    code: z.number(),
    error_subcode: z.number().optional(),
    message: z.string().optional(),
    is_transient: z.boolean().optional(),
  }),
});

/** One call of the Send API. Our row's id travels as metadata and comes back in the echo. */
export function sendMessenger(
  { account, to, payload, outgoingId }: SendRequest,
  timeoutMs = SEND_TIMEOUT_MS,
): Promise<SendResult> {
  const message = { ...(payload.message as object), metadata: `outbox:${outgoingId}` };
  return callSendApi(
    account,
    account.accountId,
    { recipient: { id: to }, ...payload, message },
    timeoutMs,
  );
}

/** Pages and the Instagram accounts that belong to them send by the same call. */
export async function callSendApi(
  account: Account,
  pageId: string,
  body: Record<string, unknown>,
  timeoutMs: number,
): Promise<SendResult> {
  const url = `${account.apiUrl}/${encodeURIComponent(pageId)}/messages?access_token=${encodeURIComponent(account.token)}`;
  const answer = await postJson(url, body, timeoutMs);

  const success = sent.safeParse(answer.body);
  if (answer.status >= 200 && answer.status < 300 && success.success) {
    return { ok: true, providerMessageId: success.data.message_id, ...pauseAfter(answer) };
  }
  const failure = refused.safeParse(answer.body);
  const { retryAfterMs } = answer;
  if (!failure.success) {
    // No answer, or one that is not the platform's: a proxy's error page. The outcome is unknown, so it is tried again.
    const code = `http_${answer.status}`;
    return {
      ok: false,
      errorClass: 'retry',
      code,
      message: `no usable answer (${code})`,
      retryAfterMs,
      slowsAccount: retryAfterMs !== undefined,
    };
  }
  const { error } = failure.data;
  const code = [error.code, error.error_subcode].filter((part) => part !== undefined).join('/');
  // Graph quotes a token that it cannot read.
  const reason = (error.message ?? '').replaceAll(account.token, '***');
  const treatment = classifyGraphError(error, answer.status);
  return {
    ok: false,
    ...treatment,
    code,
    message: reason,
    retryAfterMs: retryAfterMs ?? treatment.retryAfterMs,
  };
}
