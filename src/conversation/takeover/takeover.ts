import { findBusiness, type Business } from '../../businesses/business-store';
import { channelOf } from '../../channels/registry';
import type { ConversationRow } from '../../customers/conversation-store';
import { clearTakeover, saveTakeover } from '../../customers/takeover-store';
import type { Transaction } from '../../db/database';
import { insertOutgoing } from '../../outgoing/outgoing-store';
import { skipQueuedAnswers } from '../../outgoing/person-message-store';
import { toLanguage, type Templates } from '../../templates/load-templates';

/** Whether a person has the conversation at this instant: then the bot is silent in it (G-12). No timer ends it, the clock does. */
export const isTakenOver = (
  { takeoverUntil }: Pick<ConversationRow, 'takeoverUntil'>,
  now: Date,
): boolean => takeoverUntil !== null && takeoverUntil > now;

/** Whether a person had it and has said nothing for so long that the bot is back, which the customer has not been told yet. */
export const isBotBack = (
  { takeoverUntil }: Pick<ConversationRow, 'takeoverUntil'>,
  now: Date,
): boolean => takeoverUntil !== null && takeoverUntil <= now;

export interface Takeover {
  conversation: ConversationRow;
  business: Business;
  /** `staff:3`, `api`; or where they wrote: `inbox`, `phone`. */
  by: string;
  /** When they took it, or wrote. */
  at: Date;
}

/**
 * A person has the conversation from now on, until they have been silent for the business's time (DLG-8). What the bot was
 * still about to say is not said. Call with the lane held. False when they have been silent for so long already.
 */
export async function takeOver(
  trx: Transaction,
  { conversation, business, by, at }: Takeover,
  now: Date,
): Promise<boolean> {
  const idleMs = business.settings.takeover_idle_minutes * 60_000;
  const fromNow = new Date(at.getTime() + idleMs);
  if (fromNow <= now) return false;
  const isNew = !isTakenOver(conversation, now);
  const earlier = conversation.takeoverUntil;
  // An older message that comes late takes nothing away.
  const until = earlier && earlier > fromNow ? earlier : fromNow;
  await skipQueuedAnswers(trx, conversation.id);
  await saveTakeover(trx, conversation.id, { by, since: now, until, isNew });
  conversation.takeoverUntil = until;
  conversation.takeoverBy = by;
  return true;
}

type Words = { templates: Templates };

/** As `takeOver`, for somebody who has not said anything yet: the customer is told, once. */
export async function announceTakeOver(
  trx: Transaction,
  deps: Words,
  takeover: Takeover,
  now: Date,
): Promise<void> {
  const isNew = !isTakenOver(takeover.conversation, now);
  await takeOver(trx, takeover, now);
  if (isNew) await tell(trx, deps, takeover, 'takeover_started', now);
}

/** The bot has it again, and the customer is told. Call with the lane held. False when nobody had it. */
export async function release(
  trx: Transaction,
  deps: Words,
  { conversation, business }: Pick<Takeover, 'conversation' | 'business'>,
  now: Date,
): Promise<boolean> {
  if (conversation.takeoverUntil === null) return false;
  await clearTakeover(trx, conversation.id);
  conversation.takeoverUntil = null;
  conversation.takeoverBy = null;
  await tell(trx, deps, { conversation, business }, 'takeover_ended', now);
  return true;
}

async function tell(
  trx: Transaction,
  { templates }: Words,
  { conversation, business }: Pick<Takeover, 'conversation' | 'business'>,
  template: string,
  now: Date,
): Promise<void> {
  const language = toLanguage(conversation.language ?? business.language);
  const text = templates.text(template, language, conversation.channel, { shop: business.name });
  const rows = channelOf(conversation)
    .render({ text })
    .map((message) => ({
      businessId: business.id,
      conversationId: conversation.id,
      inboxMessageId: null,
      notificationId: null,
      message,
    }));
  await insertOutgoing(trx, rows, now);
}

/** The business of a conversation; one without it is a bug. */
export async function businessOf(
  trx: Transaction,
  { id, businessId }: Pick<ConversationRow, 'id' | 'businessId'>,
): Promise<Business> {
  const business = await findBusiness(trx, businessId);
  if (!business) throw new Error(`conversation ${id} has no business`);
  return business;
}
