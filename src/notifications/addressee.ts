import type { Business } from '../businesses/business-store';
import { adminsEmail } from '../businesses/staff-store';
import { PLAYGROUND_OWNER_PHONE, type Accounts } from '../channels/accounts';
import { CONSENT_CHANNELS } from '../channels/consent-words';
import { mailAddress } from '../channels/email/address';
import { conversationKey, type ChannelName } from '../channels/inbound';
import type { Config } from '../config';
import { findOptOut } from '../customers/consent-store';
import {
  conversationsOf,
  createConversation,
  findConversation,
  findConversationById,
  type ConversationRow,
} from '../customers/conversation-store';
import { findCustomer } from '../customers/customer-store';
import type { Transaction } from '../db/database';
import { windowOf } from '../outgoing/window';
import { toLanguage } from '../templates/load-templates';
import { approvedMessage } from './approved-message';
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

/** Where something is told, and how. */
export interface Route {
  conversation: ConversationRow;
  /** The channel, or `whatsapp:template`: what has failed is not tried again. */
  name: string;
  /** The approved request, where only such a one may go. */
  approved?: Record<string, unknown>;
}

/** Of a customer's chats so many are looked at. */
const MAX_CHATS = 10;
/** What is written now goes out a little later. */
const WINDOW_MARGIN_MS = 5 * 60_000;

/**
 * The way to tell it (NTF-2), chosen before anything is sent: by whether the person has not said stop, can be reached, and by
 * what the platform allows now; then by cost. First the chat that it is about, then another one of theirs, both free of charge
 * while their windows are open; then a message that the platform has approved; then an SMS; then a mail. Each once.
 */
export async function addressee(
  deps: AddresseeDeps,
  trx: Transaction,
  business: Business,
  notification: Notification,
  now: Date,
): Promise<Route | null> {
  const isUntried = (route: string) => !notification.triedRoutes.includes(route);
  const isOwner = notification.recipientType === 'owner';
  const chats = isOwner ? [] : await reachableChats(deps, trx, notification);
  const at = new Date(now.getTime() + WINDOW_MARGIN_MS);
  const open = chats.find(
    (chat) => isUntried(chat.channel) && windowOf(chat, chat.lastInboundAt, at) === 'open',
  );
  if (open) return { conversation: open, name: open.channel };
  const byTemplate = chats.flatMap((chat) => approvedRoute(business, chat, notification));
  const approved = byTemplate.find(({ name }) => isUntried(name));
  if (approved) return approved;
  const ways = isOwner
    ? await waysToOwner(deps, trx, business)
    : await waysToCustomer(trx, notification);
  for (const { channel, externalId } of ways) {
    if (!externalId || !isUntried(channel)) continue;
    const found = await conversationWith(deps, trx, business.id, { channel, externalId });
    if (found && (await isReachable(deps, trx, found)))
      return { conversation: found, name: channel };
  }
  return null;
}

/** The chat that it is about, and others of the same person; none that says stop, and none that is known to be dead. */
async function reachableChats(
  deps: AddresseeDeps,
  trx: Transaction,
  { conversationId, userId, businessId }: Notification,
): Promise<ConversationRow[]> {
  const chat = conversationId === null ? null : await findConversationById(trx, conversationId);
  const others = userId === null ? [] : await conversationsOf(trx, userId, MAX_CHATS);
  const all = [
    ...(chat ? [chat] : []),
    ...others.filter(
      (one) => one.id !== chat?.id && one.businessId === businessId && WITH_WINDOW.has(one.channel),
    ),
  ];
  const reachable: ConversationRow[] = [];
  for (const one of all) if (await isReachable(deps, trx, one)) reachable.push(one);
  return reachable;
}

/** Where people come back to: a page in a browser may be closed for good, and SMS and mail have ways of their own. */
const WITH_WINDOW: ReadonlySet<ChannelName> = new Set(['messenger', 'instagram', 'whatsapp']);

async function isReachable(
  { accounts }: AddresseeDeps,
  trx: Transaction,
  { channel, accountId, externalId, unreachableAt, lastInboundAt }: ConversationRow,
): Promise<boolean> {
  if (unreachableAt && unreachableAt >= (lastInboundAt ?? new Date(0))) return false;
  if (!accounts.find(channel, accountId)) return false;
  if (!CONSENT_CHANNELS.has(channel)) return true;
  return (await findOptOut(trx, { channel, accountId, externalId })) === null;
}

function approvedRoute(
  business: Business,
  chat: ConversationRow,
  { template, payload }: Notification,
): Route[] {
  const language = toLanguage(chat.language ?? business.language);
  const params = { shop: business.name, ...payload };
  const approved = approvedMessage(business, chat, { template, params }, language);
  return approved ? [{ conversation: chat, name: `${chat.channel}:template`, approved }] : [];
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
