import { Router } from 'express';
import { parseWhatsAppWebhook } from '../channels/whatsapp/parse';
import { AppError } from '../lib/errors';
import { rawBody, readSigned, verifySubscription } from './meta';
import { takeIn, type WebhookDeps } from './take-in';

/** `GET/POST /webhooks/whatsapp` (CHN-2, Cloud API): check, store, answer; the work comes after the answer. */
export function whatsappWebhook(deps: WebhookDeps): Router {
  const router = Router();
  const { config, accounts, clock } = deps;
  router.get('/', (req, res) => {
    if (!config.whatsapp) throw channelOff();
    verifySubscription(config.whatsapp.verifyToken, req, res);
  });
  router.post('/', rawBody, async (req, res) => {
    const candidates = accounts.all.filter(
      ({ channel, principal }) => channel === 'whatsapp' && principal === '',
    );
    const { signer, body } = readSigned(
      req,
      candidates,
      config.whatsapp ? undefined : channelOff(),
    );
    const receivedAt = clock.now();
    await takeIn(deps, signer, parseWhatsAppWebhook(body, receivedAt), receivedAt);
    // Nothing but a 200 counts as received.
    res.type('text/plain').send('EVENT_RECEIVED');
  });
  return router;
}

const channelOff = () =>
  new AppError(
    'CHANNEL_OFF',
    404,
    'WhatsApp is not connected here: its settings (WHATSAPP_…) are not set.',
  );
