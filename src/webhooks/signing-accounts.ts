import type { Accounts } from '../channels/accounts';
import type { Account } from '../channels/channel';
import type { ChannelName } from '../channels/inbound';

export interface NamedAccount {
  channel: ChannelName;
  accountId: string;
}

/** Accounts of one body that are looked up; a batch of a platform has the events of a few. */
const MAX_NAMED = 50;

/**
 * The accounts that may have signed a request, each secret once: those that it names, and the deployment's own, which sign
 * for pages and numbers that we do not know, too. Not everybody's: one request would cost a hash for each business.
 */
export async function secretsToTry(
  accounts: Accounts,
  named: readonly NamedAccount[],
  comesThisWay: (account: Account) => boolean,
): Promise<Account[]> {
  await accounts.freshen();
  const distinct = new Map(named.map((one) => [`${one.channel}:${one.accountId}`, one]));
  const candidates: Account[] = [];
  for (const { channel, accountId } of [...distinct.values()].slice(0, MAX_NAMED)) {
    const account = await accounts.lookUp(channel, accountId);
    if (account) candidates.push(account);
  }
  candidates.push(...accounts.all.filter(({ isStored }) => !isStored));
  const bySecret = new Map<string, Account>();
  for (const account of candidates.filter(comesThisWay)) {
    // Without a secret anybody could sign.
    if (account.secret !== '' && !bySecret.has(account.secret))
      bySecret.set(account.secret, account);
  }
  return [...bySecret.values()];
}
