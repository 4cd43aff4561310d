import { z } from 'zod';
import { guardedRequest, isLoopbackHost } from '../../lib/guarded-request';
import type { Account, SendFailure, SendRequest, SendResult, Treatment } from '../channel';
import { retryAfter, SEND_TIMEOUT_MS } from '../http';
import { isEmulatorOnly } from './account';
import { referenceSchema, type Reference } from './activity';
import { botToken, NoToken } from './tokens';

/** An id and a few words. */
const MAX_ANSWER = 64 * 1024;
const accepted = z.object({ id: z.string().optional() });
const refused = z.object({ error: z.object({ code: z.string(), message: z.string().optional() }) });

/** One call of the Bot Connector: POST {serviceUrl}/v3/conversations/{id}/activities[/{activity}]. */
export async function sendBotFramework(request: SendRequest): Promise<SendResult> {
  const { account, payload, outgoingId } = request;
  const reference = referenceSchema.safeParse(request.address);
  if (!reference.success)
    return failed({ errorClass: 'permanent' }, 'no_address', 'nobody has written from there');
  if (!mayReach(account, reference.data.serviceUrl))
    return failed({ errorClass: 'permanent' }, 'address', 'not an address for this channel');
  const first = await post(account, reference.data, payload, false);
  // The token may have been withdrawn before its time.
  const answer = first.status === 401 ? await post(account, reference.data, payload, true) : first;
  if (answer.status >= 200 && answer.status < 300) {
    const { id } = accepted.catch({}).parse(answer.body);
    return { ok: true, providerMessageId: id || `botframework:${outgoingId}` };
  }
  const error = refused.safeParse(answer.body);
  const code = error.success ? error.data.error.code : `http_${answer.status}`;
  const message = error.success ? (error.data.error.message ?? code) : answer.reason;
  return failed({ ...classify(answer.status), retryAfterMs: answer.retryAfterMs }, code, message);
}

/** Without an app id nothing is signed, and only this machine may be spoken to; the request itself checks the rest. */
export function mayReach(account: Account, serviceUrl: string): boolean {
  if (!URL.canParse(serviceUrl)) return false;
  return !isEmulatorOnly(account) || isLoopbackHost(new URL(serviceUrl).hostname);
}

interface Answer {
  status: number;
  body?: unknown;
  reason: string;
  retryAfterMs?: number;
}

async function post(
  account: Account,
  reference: Reference,
  payload: Record<string, unknown>,
  withNewToken: boolean,
): Promise<Answer> {
  const { serviceUrl, conversation, bot, user, activityId, locale } = reference;
  const replyTo = activityId === undefined ? '' : `/${encodeURIComponent(activityId)}`;
  let token: string | undefined;
  try {
    token = isEmulatorOnly(account) ? undefined : await botToken(account, withNewToken);
  } catch (error) {
    if (!(error instanceof NoToken)) throw error;
    // A wrong password is answered with 400 or 401, and is a matter of our settings.
    const isOurs = error.status >= 400 && error.status < 500 && error.status !== 429;
    return { status: isOurs ? 401 : 0, reason: error.message };
  }
  const answer = await guardedRequest({
    method: 'POST',
    url: `${serviceUrl}/v3/conversations/${encodeURIComponent(conversation.id)}/activities${replyTo}`,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({
      type: 'message',
      // Plain: a name with stars in it is not meant to be bold.
      textFormat: 'plain',
      inputHint: 'acceptingInput',
      from: bot,
      recipient: user,
      conversation,
      ...(activityId === undefined ? {} : { replyToId: activityId }),
      ...(locale === undefined ? {} : { locale }),
      ...payload,
    }),
    maxBytes: MAX_ANSWER,
    timeoutMs: SEND_TIMEOUT_MS,
    allowsLoopback: account.allowsLoopback ?? false,
  });
  if (!answer.ok) return { status: answer.reason === 'address' ? 400 : 0, reason: answer.message };
  return {
    status: answer.status,
    body: parsed(answer.body),
    reason: `no usable answer (${answer.status})`,
    retryAfterMs: retryAfter(answer.headers['retry-after']),
  };
}

/** The class of a status of the Bot Connector (its REST reference, and the retry guidance of Teams). */
function classify(status: number): Treatment {
  if (status === 401) return { errorClass: 'configuration', stopsAccount: true };
  // The bot was removed or blocked, or the conversation is gone.
  if (status === 403 || status === 404) return { errorClass: 'reroute' };
  // The limit is one conversation's.
  if (status === 429) return { errorClass: 'retry', slowsAccount: false };
  const isPassing = status === 0 || status === 408 || status === 412 || status >= 500;
  return { errorClass: isPassing ? 'retry' : 'permanent' };
}

const failed = (treatment: Treatment, code: string, message: string): SendFailure => ({
  ok: false,
  ...treatment,
  code,
  message,
});

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
