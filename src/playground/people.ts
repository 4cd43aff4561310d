import { z } from 'zod';
import { PLAYGROUND_OWNER_PHONE, type Accounts } from '../channels/accounts';
import type { Account } from '../channels/channel';
import { conversationKey } from '../channels/inbound';
import type { Config } from '../config';

/** Each browser makes up its own people, in the shape of Messenger's ids, so that two visitors do not mix. */
export const psid = z.string().regex(/^7\d{15}$/, 'must have 16 digits and start with 7');
export const OWNER = 'owner';
export const person = z.union([psid, z.literal(OWNER)]);
export type Person = z.infer<typeof person>;

/** The conversations of a person; the owner's SMS may come from several numbers of the shop. */
export function conversationsOf(config: Config, accounts: Accounts, who: Person): string[] {
  if (who !== OWNER) {
    const { channel, accountId } = playgroundPage(accounts);
    return [conversationKey(channel, accountId, who)];
  }
  return accounts.all
    .filter((account) => account.channel === 'sms')
    .map((account) => conversationKey('sms', account.accountId, ownerPhone(config)));
}

export const ownerPhone = (config: Config): string => config.ownerPhone ?? PLAYGROUND_OWNER_PHONE;

/** The page that the playground's customers write to. */
export function playgroundPage(accounts: Accounts): Account {
  const page = accounts.all.find(
    (account) => account.isPlayground && account.channel === 'messenger',
  );
  if (!page) throw new Error('the playground is served, but it has no Messenger account');
  return page;
}

/** Where this instance listens: the playground's accounts name it as the address of their platform. */
export const ownOrigin = (account: Account): string => new URL(account.apiUrl).origin;
