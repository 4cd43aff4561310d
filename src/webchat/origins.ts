import type { Request, RequestHandler } from 'express';
import type { Business } from '../businesses/business-store';
import type { Config } from '../config';
import { AppError } from '../lib/errors';

/** A browser need not ask again for this long; Chromium takes two hours at most. */
const PREFLIGHT_SECONDS = 7200;

/**
 * Any page may ask and read the answer, which is how it learns that it may not chat here (`admitOrigin`). Nothing is given
 * to a page by cookie: who has no token of ours learns no more than the shop's name.
 */
export const acrossOrigins: RequestHandler = (req, res, next) => {
  // Helmet keeps what we serve from other sites' pages; this is made for them.
  res.set('Cross-Origin-Resource-Policy', 'cross-origin');
  res.set('Access-Control-Allow-Origin', '*');
  res.set('Access-Control-Expose-Headers', 'Retry-After');
  if (req.method !== 'OPTIONS') return next();
  res
    .set({
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, Last-Event-ID',
      'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
    })
    .status(204)
    .end();
};

/** 403 for a page of another site that the business does not have on its list. */
export function admitOrigin(config: Config, business: Business, req: Request): void {
  const origin = req.get('origin');
  if (origin === undefined || isAllowed(config, business, origin, req.get('host'))) return;
  throw new AppError(
    'ORIGIN_NOT_ALLOWED',
    403,
    `The chat of this shop may not be used on ${origin}. The shop's setting webchat.allowed_origins lists the pages that may.`,
  );
}

function isAllowed(
  { publicUrl }: Config,
  { settings }: Business,
  origin: string,
  host: string | undefined,
): boolean {
  const allowed = settings.webchat.allowed_origins;
  if (allowed.includes('*') || allowed.includes(origin)) return true;
  // A page in a sandbox, or a file, says "null".
  if (!URL.canParse(origin)) return false;
  return new URL(publicUrl).origin === origin || new URL(origin).host === host;
}
