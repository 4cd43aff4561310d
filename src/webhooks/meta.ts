import express, { type Request, type Response } from 'express';
import type { Account } from '../channels/channel';
import { isSignedBy } from '../channels/messenger/signature';
import { AppError } from '../lib/errors';
import { equalInConstantTime } from '../lib/hash';

/** Meta's largest payload. */
const MAX_BODY = '3mb';

/** The raw bytes are what is signed. */
export const rawBody = express.raw({ type: () => true, limit: MAX_BODY });

/** The handshake when a webhook is set up: the challenge comes back as plain text, since it is anybody's text. */
export function verifySubscription(verifyToken: string, req: Request, res: Response): void {
  const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = req.query;
  const isOurs =
    mode === 'subscribe' &&
    typeof token === 'string' &&
    typeof challenge === 'string' &&
    equalInConstantTime(token, verifyToken);
  if (!isOurs)
    throw new AppError(
      'VERIFICATION_FAILED',
      403,
      'The verify token is not the one that is set here.',
    );
  res.type('text/plain').send(challenge);
}

export interface SignedRequest {
  /** The account whose secret signed the body. */
  signer: Account;
  body: unknown;
}

/** What a signed request says; 401 when none of the accounts has signed it, `off` when the channel is not connected. */
export function readSigned(
  req: Request,
  candidates: readonly Account[],
  off: AppError | undefined,
): SignedRequest {
  const raw = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const header = req.get('x-hub-signature-256');
  const signer = candidates.find((account) => isSignedBy(account.secret, raw, header));
  if (!signer)
    throw (
      off ??
      new AppError(
        'INVALID_SIGNATURE',
        401,
        'The signature does not match the body. Check the app secret.',
      )
    );
  try {
    return { signer, body: JSON.parse(raw.toString('utf8')) as unknown };
  } catch {
    throw new AppError('INVALID_JSON', 400, 'The body is signed, but it is not JSON.');
  }
}
