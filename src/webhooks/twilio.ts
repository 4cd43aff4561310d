import express, { Router, type Request, type Response } from 'express';
import type { Account } from '../channels/channel';
import type { InboundEvent } from '../channels/inbound';
import { accountsNamedIn, parseTwilioMessage, parseTwilioStatus } from '../channels/twilio/parse';
import { isSignedByTwilio, type Form } from '../channels/twilio/signature';
import { AppError } from '../lib/errors';
import { secretsToTry } from './signing-accounts';
import { takeIn, type WebhookDeps } from './take-in';

/** A long text, ten files and all that Twilio tells about a number. */
const MAX_BODY = '256kb';
/** Says nothing: what we answer goes out by the API, so that it has a row (channels.md, 4.3). */
const NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

/** `POST /webhooks/twilio` and `/webhooks/twilio/status` (CHN-3): SMS, and WhatsApp by Twilio. */
export function twilioWebhook(deps: WebhookDeps): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: MAX_BODY });
  const receive =
    (parse: (req: Request, receivedAt: Date) => InboundEvent) =>
    async (req: Request, res: Response) => {
      const signer = await signerOf(deps, req);
      const receivedAt = deps.clock.now();
      await takeIn(deps, signer, [parse(req, receivedAt)], receivedAt);
      res.type('text/xml').send(NOTHING_TO_SAY);
    };
  // A number and a WhatsApp sender may be told addresses of their own.
  router.post(['/', '/sms', '/whatsapp'], form, receive((req, at) => parseTwilioMessage(formOf(req), at))); // prettier-ignore
  router.post('/status', form, receive((req, at) => parseTwilioStatus(formOf(req), req.query.outbox, at))); // prettier-ignore
  return router;
}

/** The account whose token signed the request; 403 when none did, 404 when there is no such channel here (RUN-5). */
async function signerOf({ config, accounts }: WebhookDeps, req: Request): Promise<Account> {
  const form = formOf(req);
  const candidates = await secretsToTry(accounts, accountsNamedIn(form), isTwilios);
  // Behind a proxy the request's own host is another one than Twilio called.
  const url = `${config.publicUrl}${req.originalUrl}`;
  const header = req.get('x-twilio-signature');
  const signer = candidates.find(({ secret }) => isSignedByTwilio(secret, header, url, form));
  if (signer) return signer;
  if (!accounts.all.some((account) => isTwilios(account) && !account.isPlayground)) {
    throw new AppError(
      'CHANNEL_OFF',
      404,
      'Twilio is not connected here: its settings (TWILIO_…) are not set, and no business has an account of its own.',
    );
  }
  throw new AppError(
    'INVALID_SIGNATURE',
    403,
    'The signature does not match. PUBLIC_URL must be the address that Twilio calls, and TWILIO_AUTH_TOKEN its token.',
  );
}

const isTwilios = ({ principal }: Account): boolean => principal.startsWith('AC');

/** No fields when the body is no form. */
const formOf = (req: Request): Form => (req.body as Form | undefined) ?? {};
