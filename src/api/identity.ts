import type { Request, RequestHandler } from 'express';
import { AppError } from '../lib/errors';

/** From the least to the most that they may do (SEC-1). */
export const API_ROLES = ['operator', 'manager', 'admin'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** Who makes a request: whatever lets somebody in (a key, a login) says so here, and nothing else looks at credentials. */
export interface Identity {
  /** For history, ledger and audit log. */
  actor: string;
  role: ApiRole;
  /** Every query of the request is bound to it. */
  businessId: number;
}

const identities = new WeakMap<Request, Identity>();

export function identify(req: Request, identity: Identity): void {
  identities.set(req, identity);
}

export function identityOf(req: Request): Identity {
  const identity = identities.get(req);
  if (!identity) {
    throw new AppError('API_KEY_REQUIRED', 401, 'Send your API key in the header X-API-Key.');
  }
  return identity;
}

export const businessOf = (req: Request): number => identityOf(req).businessId;

/** Lets through who has this role or one above it. */
export function requireRole(role: ApiRole): RequestHandler {
  return (req, _res, next) => {
    if (API_ROLES.indexOf(identityOf(req).role) < API_ROLES.indexOf(role)) {
      throw new AppError('FORBIDDEN', 403, `This takes the role ${role}.`);
    }
    next();
  };
}
