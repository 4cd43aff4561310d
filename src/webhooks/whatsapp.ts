import { Router } from 'express';
import { numbersNamedIn } from '../channels/whatsapp/numbers-named';
import { parseWhatsAppWebhook } from '../channels/whatsapp/parse';
import { AppError } from '../lib/errors';
import { rawBody, readSigned, verifySubscription, type MetaWebhook } from './meta';
import { takeIn, type WebhookDeps } from './take-in';

const webhook: MetaWebhook = {
  channels: ['whatsapp'],
  accountsNamedIn: numbersNamedIn,
  off: () =>
    new AppError(
      'CHANNEL_OFF',
      404,
      'WhatsApp is not connected here: its settings (WHATSAPP_…) are not set, and no business has an account of its own.',
    ),
};

/** `GET/POST /webhooks/whatsapp` (CHN-2, Cloud API): check, store, answer; the work comes after the answer. */
export function whatsappWebhook(deps: WebhookDeps): Router {
  const router = Router();
  router.get('/', (req, res) => verifySubscription(deps, webhook, req, res));
  router.post('/', rawBody, async (req, res) => {
    const { signer, body } = await readSigned(deps, webhook, req);
    const receivedAt = deps.clock.now();
    await takeIn(deps, signer, parseWhatsAppWebhook(body, receivedAt), receivedAt);
    // Nothing but a 200 counts as received.
    res.type('text/plain').send('EVENT_RECEIVED');
  });
  return router;
}
