import type { Accounts } from '../channels/accounts';
import type { Config } from '../config';
import type { Transaction } from '../db/database';
import {
  findChannelOwner,
  isUsedByOthers,
  putChannel,
  type NewChannelRow,
} from './channel-account-store';
import { sealSecrets, type ChannelSecrets } from './channel-credentials';
import { keyRingOf } from './live-accounts';

export type NewChannelAccount = Pick<
  NewChannelRow,
  'businessId' | 'channel' | 'driver' | 'accountId' | 'principal' | 'appId'
> &
  ChannelSecrets;

export type SetOutcome = { ok: true } | { ok: false; code: string; message: string };

/**
 * Keeps a business's own account of a channel, its secrets encrypted (RUN-6); the one that it had of this channel goes.
 * `ENCRYPTION_KEY_REQUIRED`: nobody could open them after a restart. `ACCOUNT_TAKEN`: messages to it are another shop's.
 */
export async function setChannelAccount(
  trx: Transaction,
  { config, accounts }: { config: Config; accounts: Accounts },
  account: NewChannelAccount,
): Promise<SetOutcome> {
  if (!config.isEncryptionKeySet) return NO_KEY;
  const { businessId, channel, accountId, driver, principal, appId } = account;
  const isDeployments = accounts.all.some(
    (one) => !one.isStored && one.channel === channel && one.accountId === accountId,
  );
  const owner = await findChannelOwner(trx, channel, accountId);
  if (isDeployments || (owner !== null && owner !== businessId)) return TAKEN;
  if (await isUsedByOthers(trx, channel, accountId, businessId)) return TAKEN;
  const sealed = sealSecrets(keyRingOf(config), account, account);
  await putChannel(trx, { businessId, channel, accountId, driver, principal, appId, ...sealed });
  return { ok: true };
}

const NO_KEY: SetOutcome = {
  ok: false,
  code: 'ENCRYPTION_KEY_REQUIRED',
  message:
    'Credentials can only be stored encrypted. Set ENCRYPTION_KEY (64 hexadecimal digits) and start again.',
};

const TAKEN: SetOutcome = {
  ok: false,
  code: 'ACCOUNT_TAKEN',
  message:
    'This account is connected elsewhere: it is set in the environment, or another business has or had it and talked to people by it.',
};
