import { deploymentAccounts, lookupOf, twilioStatusUrl, type Accounts } from '../channels/accounts';
import type { Account } from '../channels/channel';
import type { Config } from '../config';
import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';
import type { Log } from '../lib/log';
import { createKeyRing, type KeyRing } from '../lib/secret-box';
import {
  allChannels,
  channelsFingerprint,
  replaceSealed,
  type ChannelRow,
} from './channel-account-store';
import { openSecrets, resealed } from './channel-credentials';

/** What another instance has changed is seen within this time. */
const FRESH_MS = 1_000;
/** Webhooks that name nobody we know cannot make us look more often than this. */
const LOOK_AGAIN_MS = 200;

export interface LiveAccountsDeps {
  config: Config;
  db: Database;
  clock: Clock;
  log: Log;
}

export const keyRingOf = (
  config: Pick<Config, 'encryptionKey' | 'previousEncryptionKey'>,
): KeyRing =>
  createKeyRing(
    config.encryptionKey,
    ...(config.previousEncryptionKey ? [config.previousEncryptionKey] : []),
  );

/**
 * The deployment's accounts and those that businesses keep in the database (RUN-6). Whoever handles messages finds them in
 * memory; one small question a second tells whether any instance has changed them.
 */
export function createLiveAccounts(deps: LiveAccountsDeps, firstBusinessId: number): Accounts {
  const { config, db, clock } = deps;
  const fixed = deploymentAccounts(config, firstBusinessId);
  const phones = fixed.filter(({ isPlayground }) => isPlayground);
  const real = fixed.filter(({ isPlayground }) => !isPlayground);
  const ring = keyRingOf(config);
  let current = lookupOf(fixed);
  let fingerprint = '0:0';
  let lookedAt = -Infinity;
  let look: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    const startedAt = clock.now().getTime();
    // Before the rows are read: what changes meanwhile is seen by the next look.
    const seen = await channelsFingerprint(db);
    if (seen !== fingerprint) {
      const stored = (await allChannels(db)).flatMap((row) => toAccount(deps, ring, row));
      // A real account goes before the playground's phones (RUN-5).
      current = lookupOf([...real, ...stored, ...phones]);
      fingerprint = seen;
    }
    lookedAt = startedAt;
  };
  const lookOnce = (): Promise<void> =>
    (look ??= load().finally(() => {
      look = undefined;
    }));
  const age = () => clock.now().getTime() - lookedAt;

  const freshen = async (when?: 'now'): Promise<void> => {
    if (when === undefined) return age() < FRESH_MS ? undefined : lookOnce();
    // The look under way may have begun before what has to be seen.
    await look?.catch(() => undefined);
    return lookOnce();
  };
  return {
    get all() {
      return current.all;
    },
    find: (channel, accountId) => current.find(channel, accountId),
    sender: (channel, businessId) => current.sender(channel, businessId),
    lookUp: async (channel, accountId) => {
      await freshen();
      if (!current.find(channel, accountId) && age() >= LOOK_AGAIN_MS) await lookOnce();
      return current.find(channel, accountId);
    },
    freshen,
  };
}

/** Nothing when its secrets cannot be opened: the other accounts go on, and the doctor says which one does not. */
function toAccount({ config, log }: LiveAccountsDeps, ring: KeyRing, row: ChannelRow): Account[] {
  const secrets = openSecrets(ring, row);
  if (!secrets.ok) {
    const { id, businessId, channel } = row;
    const { field, reason } = secrets;
    log.error({ id, businessId, channel, field, reason }, 'stored credentials cannot be opened');
    return [];
  }
  const isByTwilio = row.principal.startsWith('AC');
  const account: Account = {
    channel: row.channel,
    accountId: row.accountId,
    businessId: row.businessId,
    secret: secrets.secret,
    token: secrets.token,
    principal: row.principal,
    verifyToken: secrets.verifyToken ?? undefined,
    appId: row.appId ?? undefined,
    apiUrl: isByTwilio ? config.twilioApiUrl : `${config.graphApiUrl}/${config.graphApiVersion}`,
    statusUrl: isByTwilio ? twilioStatusUrl(config.publicUrl) : undefined,
    isPlayground: false,
    isStored: true,
  };
  return [account];
}

/** After a change of ENCRYPTION_KEY: seals anew what the previous key has sealed. Any number of instances may do it. Gives how many. */
export async function resealStored(
  db: Database,
  config: Pick<Config, 'encryptionKey' | 'previousEncryptionKey'>,
): Promise<number> {
  if (!config.previousEncryptionKey) return 0;
  const ring = keyRingOf(config);
  let count = 0;
  for (const row of await allChannels(db)) {
    const sealed = resealed(ring, row);
    if (sealed && (await replaceSealed(db, row, sealed))) count += 1;
  }
  return count;
}
