import twilio, { RequestClient, RestException } from 'twilio';
import type { Account, SendRequest, SendResult } from '../channel';
import { classifyTwilioError } from './errors';

const TWILIO = 'https://api.twilio.com';
const TIMEOUT_MS = 10_000;

/** One client per account, with its own connections. */
const clients = new Map<string, ReturnType<typeof twilio>>();

/** One call of Twilio's Messages API through its own library. */
export async function sendSms({ account, to, payload }: SendRequest): Promise<SendResult> {
  try {
    const message = await clientOf(account).messages.create({
      to,
      from: account.accountId,
      body: String(payload.body),
    });
    return { ok: true, providerMessageId: message.sid };
  } catch (error) {
    const known = error instanceof RestException ? error : undefined;
    return {
      ok: false,
      errorClass: classifyTwilioError(known?.code, known?.status),
      code: String(known?.code ?? known?.status ?? 'no_answer'),
      message: known?.message ?? 'no usable answer',
      slowsAccount: known?.status === 429,
    };
  }
}

function clientOf(account: Account): ReturnType<typeof twilio> {
  const key = `${account.principal} ${account.apiUrl}`;
  const existing = clients.get(key);
  if (existing) return existing;
  const client = twilio(account.principal, account.token, { httpClient: requestsTo(account.apiUrl) });
  clients.set(key, client);
  return client;
}

/** The library always speaks to Twilio's own host; TWILIO_API_URL moves it (RUN-4). */
function requestsTo(apiUrl: string): RequestClient {
  const client = new RequestClient({ timeout: TIMEOUT_MS, keepAlive: true });
  const request = client.request.bind(client);
  client.request = (options) => request({ ...options, uri: options.uri.replace(TWILIO, apiUrl) });
  return client;
}
