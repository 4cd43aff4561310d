import express, { Router, type Request, type Response } from 'express';
import { isEmulatorOnly } from '../channels/botframework/account';
import { activitySchema, referenceOf, type Activity } from '../channels/botframework/activity';
import { parseActivity } from '../channels/botframework/parse';
import { keepReference } from '../channels/botframework/reference-store';
import { mayReach } from '../channels/botframework/send';
import { createVerifier, type VerifyActivity } from '../channels/botframework/tokens';
import type { Account } from '../channels/channel';
import type { Database } from '../db/database';
import { AppError } from '../lib/errors';
import { isLoopbackHost, mayBeAsked } from '../lib/guarded-request';
import { parseOr400 } from '../lib/parse-or-400';
import { takeIn, type WebhookDeps } from './take-in';

/** The protocol's own limit for an activity. */
const MAX_BODY = '256kb';

/**
 * `POST /api/messages` (CHN-6): the Emulator and the channels of the Bot Framework. Checks the token, keeps the address of
 * the answer, stores, answers 200.
 */
export function botFrameworkWebhook(deps: WebhookDeps & { db: Database }): Router {
  const { config, accounts, db, clock } = deps;
  const verify =
    config.botFramework && createVerifier(config.botFramework, config.botFrameworkUrls);
  const router = Router();
  router.post('/', express.json({ limit: MAX_BODY }), async (req: Request, res: Response) => {
    const account = accounts.all.find(({ channel }) => channel === 'botframework');
    if (!account) throw off();
    if (isEmulatorOnly(account)) admitThisMachine(req);
    const activity = parseOr400(activitySchema, req.body);
    if (!isEmulatorOnly(account)) await admitSigned(verify, activity, req);
    admitServiceUrl(account, activity.serviceUrl);
    const receivedAt = clock.now();
    const event = parseActivity(activity, account.accountId, receivedAt);
    // Before the message: whoever handles it may answer at once.
    if (event.body.kind === 'message')
      await keepReference(db, event, referenceOf(activity), receivedAt);
    await takeIn(deps, account, [event], receivedAt);
    res.status(200).json({});
  });
  return router;
}

/** Without an app id nothing is signed: only a program on this machine is believed. */
function admitThisMachine(req: Request): void {
  const from = req.socket.remoteAddress ?? '';
  const isForwarded = req.get('x-forwarded-for') !== undefined;
  if (isLoopbackHost(from) && !isForwarded) return;
  throw new AppError(
    'EMULATOR_ONLY',
    403,
    'Without MICROSOFT_APP_ID only the Bot Framework Emulator on this machine may call this.',
  );
}

async function admitSigned(
  verify: VerifyActivity | undefined,
  activity: Activity,
  req: Request,
): Promise<void> {
  const verdict = (await verify?.(activity, req.get('authorization') ?? '')) ?? 'refused';
  if (verdict === 'authentic') return;
  if (verdict === 'unavailable')
    throw new AppError('KEYS_UNAVAILABLE', 503, 'The keys of the Bot Framework cannot be had now.');
  throw new AppError(
    'INVALID_TOKEN',
    401,
    'The token is not one of the Bot Framework for this bot. Check MICROSOFT_APP_ID and MICROSOFT_APP_PASSWORD.',
  );
}

/** Where we are to answer is said by the caller: never an address in our own network (SEC-5). */
function admitServiceUrl(account: Account, serviceUrl: string): void {
  if (mayReach(account, serviceUrl) && mayBeAsked(serviceUrl, account.allowsLoopback ?? false))
    return;
  throw new AppError(
    'SERVICE_URL_NOT_ALLOWED',
    400,
    'The serviceUrl is not an address that answers may be sent to: https on the open internet; outside production also this machine.',
  );
}

const off = () =>
  new AppError(
    'CHANNEL_OFF',
    404,
    'The Bot Framework is not connected here: its settings (MICROSOFT_APP_…) are not set.',
  );
