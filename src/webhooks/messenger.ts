import { Router, type Request, type Response } from 'express';
import { parseMessengerWebhook } from '../channels/messenger/parse';
import { pagesNamedIn } from '../channels/messenger/pages-named';
import { AppError } from '../lib/errors';
import { rawBody, readSigned, verifySubscription, type MetaWebhook } from './meta';
import { takeIn, type WebhookDeps } from './take-in';

const webhook: MetaWebhook = {
  channels: ['messenger', 'instagram'],
  accountsNamedIn: pagesNamedIn,
  off: () =>
    new AppError(
      'CHANNEL_OFF',
      404,
      'Messenger is not connected here: its settings (MESSENGER_…) are not set, and no business has an account of its own.',
    ),
};

/** `GET/POST /webhooks/messenger` (CHN-1), for Instagram, too: check, store, answer; the work comes after the answer. */
export function messengerWebhook(deps: WebhookDeps): Router {
  const router = Router();
  router.get('/', (req, res) => verifySubscription(deps, webhook, req, res));
  router.post('/', rawBody, (req, res) => receive(deps, req, res));
  return router;
}

async function receive(deps: WebhookDeps, req: Request, res: Response): Promise<void> {
  const { signer, body } = await readSigned(deps, webhook, req);
  const receivedAt = deps.clock.now();
  await takeIn(deps, signer, parseMessengerWebhook(body, receivedAt), receivedAt);
  res.type('text/plain').send('EVENT_RECEIVED');
}
