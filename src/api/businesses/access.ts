import { findBusiness, type Business } from '../../businesses/business-store';
import type { Accounts } from '../../channels/accounts';
import type { Config } from '../../config';
import type { Database, Queryable } from '../../db/database';
import { AppError } from '../../lib/errors';
import type { Identity } from '../identity';
import { idIn, missing, type Call } from '../resource';

export interface BusinessesApiDeps {
  db: Database;
  config: Config;
  accounts: Accounts;
  firstBusinessId: number;
}

export const businessNotFound = missing('business');

/** The admins of the first business run the deployment (RUN-4): they see to all businesses, everybody else to their own. */
export const runsDeployment = (who: Identity, firstBusinessId: number): boolean =>
  who.role === 'admin' && who.businessId === firstBusinessId;

/** The business of the path; one that is not theirs to see is not found. */
export async function businessIn(
  q: Queryable,
  call: Pick<Call, 'params' | 'who'>,
  firstBusinessId: number,
): Promise<Business> {
  const id = idIn(call, businessNotFound);
  const isTheirs = id === call.who.businessId || runsDeployment(call.who, firstBusinessId);
  const business = isTheirs ? await findBusiness(q, id) : null;
  if (!business) throw businessNotFound();
  return business;
}

export const forbidden = (): AppError =>
  new AppError('FORBIDDEN', 403, 'This takes an admin of the first business.');
