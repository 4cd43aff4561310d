import { Router, type Request, type Response } from 'express';
import { parseMessengerWebhook } from '../channels/messenger/parse';
import { AppError } from '../lib/errors';
import { rawBody, readSigned, verifySubscription } from './meta';
import { takeIn, type WebhookDeps } from './take-in';

/** `GET/POST /webhooks/messenger` (CHN-1), for Instagram, too: check, store, answer; the work comes after the answer. */
export function messengerWebhook(deps: WebhookDeps): Router {
  const router = Router();
  router.get('/', (req, res) => {
    if (!deps.config.messenger) throw channelOff();
    verifySubscription(deps.config.messenger.verifyToken, req, res);
  });
  router.post('/', rawBody, (req, res) => receive(deps, req, res));
  return router;
}

async function receive(deps: WebhookDeps, req: Request, res: Response): Promise<void> {
  const candidates = deps.accounts.all.filter((account) => account.channel === 'messenger');
  const { signer, body } = readSigned(
    req,
    candidates,
    deps.config.messenger ? undefined : channelOff(),
  );
  const receivedAt = deps.clock.now();
  await takeIn(deps, signer, parseMessengerWebhook(body, receivedAt), receivedAt);
  res.type('text/plain').send('EVENT_RECEIVED');
}

const channelOff = () =>
  new AppError(
    'CHANNEL_OFF',
    404,
    'Messenger is not connected here: its settings (MESSENGER_…) are not set.',
  );
