import express, { Router, type Request, type Response } from 'express';
import type { Account } from '../channels/channel';
import { parseMessengerWebhook } from '../channels/messenger/parse';
import { isSignedBy } from '../channels/messenger/signature';
import { AppError } from '../lib/errors';
import { equalInConstantTime } from '../lib/hash';
import { takeIn, type WebhookDeps } from './take-in';

/** Meta's largest payload. */
const MAX_BODY = '3mb';

/** `GET/POST /webhooks/messenger` (CHN-1): check, store, answer; the work comes after the answer. */
export function messengerWebhook(deps: WebhookDeps): Router {
  const router = Router();
  router.get('/', (req, res) => verifySubscription(deps, req, res));
  router.post('/', express.raw({ type: () => true, limit: MAX_BODY }), (req, res) =>
    receive(deps, req, res),
  );
  return router;
}

/** The handshake when the page is connected: the challenge comes back as plain text, since it is anybody's text. */
function verifySubscription({ config }: WebhookDeps, req: Request, res: Response): void {
  if (!config.messenger) throw channelOff();
  const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = req.query;
  const isOurs =
    mode === 'subscribe' &&
    typeof token === 'string' &&
    typeof challenge === 'string' &&
    equalInConstantTime(token, config.messenger.verifyToken);
  if (!isOurs)
    throw new AppError(
      'VERIFICATION_FAILED',
      403,
      'The verify token is not the one that is set here.',
    );
  res.type('text/plain').send(challenge);
}

async function receive(deps: WebhookDeps, req: Request, res: Response): Promise<void> {
  const rawBody = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const signer = signerOf(deps, rawBody, req.get('x-hub-signature-256'));
  const receivedAt = deps.clock.now();
  const events = parseMessengerWebhook(parseJson(rawBody), receivedAt);
  await takeIn(deps, signer, events, receivedAt);
  res.type('text/plain').send('EVENT_RECEIVED');
}

/** The account whose secret signed the body; 401 when none did, 404 when there is no such channel here (RUN-5). */
function signerOf(
  { config, accounts }: WebhookDeps,
  rawBody: Buffer,
  header: string | undefined,
): Account {
  const candidates = accounts.all.filter((account) => account.channel === 'messenger');
  const signer = candidates.find((account) => isSignedBy(account.secret, rawBody, header));
  if (signer) return signer;
  if (!config.messenger) throw channelOff();
  throw new AppError(
    'INVALID_SIGNATURE',
    401,
    'The signature does not match the body. Check the app secret.',
  );
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    throw new AppError('INVALID_JSON', 400, 'The body is signed, but it is not JSON.');
  }
}

const channelOff = () =>
  new AppError(
    'CHANNEL_OFF',
    404,
    'Messenger is not connected here: its settings (MESSENGER_…) are not set.',
  );
