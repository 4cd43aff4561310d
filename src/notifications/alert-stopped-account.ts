import type { Accounts } from '../channels/accounts';
import type { Database, Transaction } from '../db/database';
import type { Clock } from '../lib/clock';
import type { Log } from '../lib/log';
import { noteStopped, type SendingAccount } from '../outgoing/sending-account-store';
import { insertNotification } from './notification-store';

export interface AlertDeps {
  db: Database;
  clock: Clock;
  log: Log;
  accounts: Accounts;
}

/** Before everything else that waits. */
const PRIORITY = 1;

/**
 * Tells the owner that an account of theirs sends nothing any more, and why (CHN-8): once, however many instances and messages
 * meet it, and again only after a message has got through in between. Call when the platform has refused a request.
 */
export async function alertStoppedAccount(
  { db, clock, log, accounts }: AlertDeps,
  account: SendingAccount,
  code: string,
): Promise<void> {
  const businessId = accounts.find(account.channel, account.accountId)?.businessId;
  if (businessId === undefined) return;
  const isNew = await db.transaction((trx) =>
    tellStopped(trx, { ...account, businessId }, code, clock.now()),
  );
  if (isNew) log.error({ ...account, code }, 'an account has stopped sending');
}

/** The same within a transaction, for what a platform reports later. False when it has been told. */
export async function tellStopped(
  trx: Transaction,
  { channel, accountId, businessId }: SendingAccount & { businessId: number },
  code: string,
  now: Date,
): Promise<boolean> {
  if (!(await noteStopped(trx, { channel, accountId }, code, now))) return false;
  await insertNotification(trx, {
    businessId,
    recipientType: 'owner',
    template: 'owner_channel_stopped',
    payload: { channel, code },
    priority: PRIORITY,
    scheduledAt: now,
  });
  return true;
}
