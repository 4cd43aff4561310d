import { recordAudit } from '../businesses/audit-store';
import { findBusiness, type Business } from '../businesses/business-store';
import type { Database, Queryable, Transaction } from '../db/database';
import type { Identity } from './identity';
import { AppError } from '../lib/errors';

/** Does something in one transaction, with its line in the audit log (SEC-3). What is thrown takes both back. */
export function change<T>(
  db: Database,
  who: Identity,
  action: string,
  work: (
    trx: Transaction,
  ) => Promise<{ subject: string; detail?: Record<string, unknown>; result: T }>,
): Promise<T> {
  return db.transaction(async (trx) => {
    const { subject, detail, result } = await work(trx);
    await recordAudit(trx, {
      businessId: who.businessId,
      actor: who.actor,
      action,
      subject,
      outcome: 'done',
      ...(detail ? { detail } : {}),
    });
    return result;
  });
}

/** The business of the request, with its rules. */
export async function businessFor(q: Queryable, who: Identity): Promise<Business> {
  const business = await findBusiness(q, who.businessId);
  if (!business) throw new AppError('BUSINESS_NOT_FOUND', 404, 'There is no such business.');
  return business;
}
