import type { Business } from '../../businesses/business-store';
import { channelOf } from '../../channels/registry';
import type { ConversationRow } from '../../customers/conversation-store';
import { waitForConversation } from '../../customers/takeover-store';
import type { Transaction } from '../../db/database';
import { insertPersonMessages } from '../../outgoing/person-message-store';
import type { Templates } from '../../templates/load-templates';
import { announceTakeOver, businessOf, release, takeOver } from './takeover';

/** What somebody of the shop does in a conversation, from the dashboard, the API or their own chat. */
export interface AsPerson {
  businessId: number;
  conversationId: number;
  /** `staff:3` or `api`. */
  by: string;
  now: Date;
}
interface Words {
  templates: Templates;
}

/** Takes the conversation; the customer is told once. Null when there is none. */
export async function takeAsPerson(
  trx: Transaction,
  deps: Words,
  who: AsPerson,
): Promise<ConversationRow | null> {
  const found = await hold(trx, who);
  if (!found) return null;
  await announceTakeOver(trx, deps, { ...found, by: who.by, at: who.now }, who.now);
  return found.conversation;
}

/** Gives the conversation back to the bot; `isReleased` is false when nobody had it. */
export async function releaseAsPerson(
  trx: Transaction,
  deps: Words,
  who: AsPerson,
): Promise<{ conversation: ConversationRow; isReleased: boolean } | null> {
  const found = await hold(trx, who);
  if (!found) return null;
  const isReleased = await release(trx, deps, found, who.now);
  return { conversation: found.conversation, isReleased };
}

/**
 * Says something to the customer, after what is on its way already, and takes the conversation: these words tell the
 * customer that a person is there. Returns the rows that it goes out in.
 */
export async function replyAsPerson(
  trx: Transaction,
  who: AsPerson,
  text: string,
): Promise<{ conversation: ConversationRow; messageIds: number[] } | null> {
  const found = await hold(trx, who);
  if (!found) return null;
  const { conversation, business } = found;
  await takeOver(trx, { ...found, by: who.by, at: who.now }, who.now);
  const messageIds = await insertPersonMessages(
    trx,
    { businessId: business.id, conversationId: conversation.id, writtenBy: who.by },
    channelOf(conversation).render({ text }),
    who.now,
  );
  return { conversation, messageIds };
}

async function hold(
  trx: Transaction,
  { businessId, conversationId }: AsPerson,
): Promise<{ conversation: ConversationRow; business: Business } | null> {
  const conversation = await waitForConversation(trx, businessId, conversationId);
  return conversation && { conversation, business: await businessOf(trx, conversation) };
}
