import type { Accounts } from '../channels/accounts';
import type { Database } from '../db/database';
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
 * meet it, and again only after a message has got through in between.
 */
export async function alertStoppedAccount(
  { db, clock, log, accounts }: AlertDeps,
  account: SendingAccount,
  code: string,
): Promise<void> {
  const { channel, accountId } = account;
  const business = accounts.find(channel, accountId)?.businessId;
  const now = clock.now();
  const isNew = await db.transaction(async (trx) => {
    if (!(await noteStopped(trx, account, code, now))) return false;
    if (business === undefined) return true;
    await insertNotification(trx, {
      businessId: business,
      recipientType: 'owner',
      template: 'owner_channel_stopped',
      payload: { channel, code },
      priority: PRIORITY,
      scheduledAt: now,
    });
    return true;
  });
  if (isNew) log.error({ channel, accountId, code }, 'an account has stopped sending');
}
