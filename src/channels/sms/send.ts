import { AsyncLocalStorage } from 'node:async_hooks';
import twilio, { RequestClient, RestException } from 'twilio';
import type { Account, SendRequest, SendResult } from '../channel';
import { retryAfter, SEND_TIMEOUT_MS } from '../http';
import { classifyTwilioError } from './errors';

const TWILIO = 'https://api.twilio.com';

/** What the answer to the request under way asked for: the library's errors carry no headers. */
const asked = new AsyncLocalStorage<{ retryAfterMs?: number }>();

/** One client per account, with its own connections. */
const clients = new Map<string, ReturnType<typeof twilio>>();

/** One call of Twilio's Messages API through its own library. */
export async function sendSms(
  { account, to, payload, outgoingId }: SendRequest,
  timeoutMs = SEND_TIMEOUT_MS,
): Promise<SendResult> {
  const prefix = account.channel === 'whatsapp' ? 'whatsapp:' : '';
  const { body, mediaUrl, contentSid, contentVariables } = payload;
  const wishes: { retryAfterMs?: number } = {};
  try {
    const message = await asked.run(wishes, () =>
      clientOf(account, timeoutMs).messages.create({
        to: `${prefix}${to}`,
        from: `${prefix}${account.accountId}`,
        ...(typeof body === 'string' ? { body } : {}),
        ...(typeof mediaUrl === 'string' ? { mediaUrl: [mediaUrl] } : {}),
        ...(typeof contentSid === 'string' ? { contentSid } : {}),
        ...(typeof contentVariables === 'string' ? { contentVariables } : {}),
        ...(account.statusUrl
          ? { statusCallback: `${account.statusUrl}?outbox=${outgoingId}` }
          : {}),
      }),
    );
    // Something on the way that says 200 to everything has not sent an SMS.
    if (!message.sid) throw new Error('an answer without a message');
    return { ok: true, providerMessageId: message.sid };
  } catch (error) {
    const known = error instanceof RestException ? error : undefined;
    const treatment = classifyTwilioError(known?.code, known?.status);
    return {
      ok: false,
      ...treatment,
      code: String(known?.code ?? known?.status ?? 'no_answer'),
      message: String(known?.message ?? 'no usable answer').replaceAll(account.token, '***'),
      retryAfterMs: wishes.retryAfterMs ?? treatment.retryAfterMs,
    };
  }
}

function clientOf(account: Account, timeoutMs: number): ReturnType<typeof twilio> {
  // With the token: new credentials get a new client.
  const key = `${account.principal} ${account.token} ${account.apiUrl} ${timeoutMs}`;
  const existing = clients.get(key);
  if (existing) return existing;
  const client = twilio(account.principal, account.token, {
    httpClient: requestsTo(account.apiUrl, timeoutMs),
  });
  clients.set(key, client);
  return client;
}

/** The library always speaks to Twilio's own host; TWILIO_API_URL moves it (RUN-4). */
function requestsTo(apiUrl: string, timeoutMs: number): RequestClient {
  const client = new RequestClient({ timeout: timeoutMs, keepAlive: true });
  const request = client.request.bind(client);
  client.request = (options) =>
    request({ ...options, uri: options.uri.replace(TWILIO, apiUrl) }).then((answer) => {
      const headers = answer.headers as Record<string, unknown> | undefined;
      const wishes = asked.getStore();
      const wish = headers?.['retry-after'];
      if (wishes && typeof wish === 'string') wishes.retryAfterMs = retryAfter(wish);
      return answer;
    });
  return client;
}
