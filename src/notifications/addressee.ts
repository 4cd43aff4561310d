import type { Business } from '../businesses/business-store';
import { adminsEmail } from '../businesses/staff-store';
import { PLAYGROUND_OWNER_PHONE, type Accounts } from '../channels/accounts';
import { mailAddress } from '../channels/email/address';
import { conversationKey, type ChannelName } from '../channels/inbound';
import type { Config } from '../config';
import {
  createConversation,
  findConversation,
  findConversationById,
  type ConversationRow,
} from '../customers/conversation-store';
import { findCustomer } from '../customers/customer-store';
import type { Transaction } from '../db/database';
import type { Notification } from './notification-store';

export interface AddresseeDeps {
  config: Config;
  accounts: Accounts;
}

/** A way to somebody: where, and under which id there. */
interface Way {
  channel: ChannelName;
  externalId: string | null | undefined;
}

/** The conversation to tell it in: the chat that it is about, else the phone by SMS, else the mailbox; each once (NTF-2). */
export async function addressee(
  deps: AddresseeDeps,
  trx: Transaction,
  business: Business,
  notification: Notification,
): Promise<ConversationRow | null> {
  const isUntried = (channel: ChannelName) => !notification.triedChannels.includes(channel);
  if (notification.recipientType !== 'owner' && notification.conversationId !== null) {
    const chat = await findConversationById(trx, notification.conversationId);
    if (chat && isUntried(chat.channel)) return chat;
  }
  const ways =
    notification.recipientType === 'owner'
      ? await waysToOwner(deps, trx, business)
      : await waysToCustomer(trx, notification);
  for (const { channel, externalId } of ways) {
    if (!externalId || !isUntried(channel)) continue;
    const found = await conversationWith(deps, trx, business.id, { channel, externalId });
    if (found) return found;
  }
  return null;
}

async function waysToOwner(
  deps: AddresseeDeps,
  trx: Transaction,
  business: Business,
): Promise<Way[]> {
  const email = business.settings.owner_email ?? (await adminsEmail(trx, business.id));
  return [
    { channel: 'sms', externalId: ownerPhone(deps.config, business) },
    { channel: 'email', externalId: mailAddress(email) },
  ];
}

async function waysToCustomer(trx: Transaction, { userId, payload }: Notification): Promise<Way[]> {
  const customer = userId === null ? null : await findCustomer(trx, userId);
  // What was given with the order goes before what is known of the customer.
  const given = typeof payload.phone === 'string' ? payload.phone : customer?.phone;
  return [
    { channel: 'sms', externalId: given },
    { channel: 'email', externalId: mailAddress(customer?.email) },
  ];
}

/** The business's own setting first, then the deployment's; the playground has a phone for an owner without one. */
export function ownerPhone(config: Config, business: Business): string | undefined {
  return (
    business.settings.owner_phone ??
    config.ownerPhone ??
    (config.playground ? PLAYGROUND_OWNER_PHONE : undefined)
  );
}

/** Nothing where the business has no account to send from. */
async function conversationWith(
  { accounts }: AddresseeDeps,
  trx: Transaction,
  businessId: number,
  { channel, externalId }: { channel: ChannelName; externalId: string },
): Promise<ConversationRow | null> {
  const account = accounts.sender(channel, businessId);
  if (!account) return null;
  const { accountId } = account;
  const key = conversationKey(channel, accountId, externalId);
  const known = await findConversation(trx, key);
  if (known) return known;
  await createConversation(trx, {
    conversationKey: key,
    businessId,
    channel,
    accountId,
    externalId,
  });
  return findConversation(trx, key);
}
