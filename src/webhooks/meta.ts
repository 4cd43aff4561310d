import express, { type Request, type Response } from 'express';
import type { Account } from '../channels/channel';
import type { ChannelName } from '../channels/inbound';
import { isSignedBy } from '../channels/messenger/signature';
import { AppError } from '../lib/errors';
import { equalInConstantTime } from '../lib/hash';
import { secretsToTry, type NamedAccount } from './signing-accounts';
import type { WebhookDeps } from './take-in';

/** Meta's largest payload. */
const MAX_BODY = '3mb';

/** The raw bytes are what is signed. */
export const rawBody = express.raw({ type: () => true, limit: MAX_BODY });

/** One of Meta's webhooks: the channels that come by it, and how its bodies name our accounts. */
export interface MetaWebhook {
  channels: readonly ChannelName[];
  /** Reads a body that nobody has vouched for yet. */
  accountsNamedIn(body: unknown): NamedAccount[];
  off: () => AppError;
}

/** Whether Meta signs for this account, on one of these channels. */
const comesBy =
  ({ channels }: MetaWebhook) =>
  ({ channel, principal, secret }: Account): boolean =>
    channels.includes(channel) && !principal.startsWith('AC') && secret !== '';

/** The handshake when a webhook is set up: the challenge comes back as plain text, since it is anybody's text. */
export async function verifySubscription(
  { accounts }: Pick<WebhookDeps, 'accounts'>,
  webhook: MetaWebhook,
  req: Request,
  res: Response,
): Promise<void> {
  await accounts.freshen();
  const words = new Set(
    accounts.all.filter(comesBy(webhook)).flatMap(({ verifyToken }) => verifyToken ?? []),
  );
  if (words.size === 0) throw webhook.off();
  const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = req.query;
  const isOurs =
    mode === 'subscribe' &&
    typeof token === 'string' &&
    typeof challenge === 'string' &&
    [...words].some((word) => equalInConstantTime(token, word));
  if (!isOurs)
    throw new AppError(
      'VERIFICATION_FAILED',
      403,
      'The verify token is not the one that is set here.',
    );
  res.type('text/plain').send(challenge);
}

export interface SignedRequest {
  /** An account whose secret signed the body. */
  signer: Account;
  body: unknown;
}

/**
 * What a signed request says. Whose secret counts is told by the accounts that the body names, which is all that is read of
 * it before. 401 when none of them has signed it, 404 when the channel is not connected (RUN-5).
 */
export async function readSigned(
  { accounts }: Pick<WebhookDeps, 'accounts'>,
  webhook: MetaWebhook,
  req: Request,
): Promise<SignedRequest> {
  const raw = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const header = req.get('x-hub-signature-256');
  const body = parsed(raw);
  const named = body ? webhook.accountsNamedIn(body.value) : [];
  const candidates = await secretsToTry(accounts, named, comesBy(webhook));
  const signer = candidates.find(({ secret }) => isSignedBy(secret, raw, header));
  if (!signer) {
    const isOn = accounts.all.some((one) => comesBy(webhook)(one) && !one.isPlayground);
    if (!isOn) throw webhook.off();
    throw new AppError(
      'INVALID_SIGNATURE',
      401,
      'The signature does not match the body. Check the app secret.',
    );
  }
  if (!body) throw new AppError('INVALID_JSON', 400, 'The body is signed, but it is not JSON.');
  return { signer, body: body.value };
}

function parsed(raw: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(raw.toString('utf8')) as unknown };
  } catch {
    return undefined;
  }
}
