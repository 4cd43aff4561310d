import { findBusiness } from '../businesses/business-store';
import type { Accounts } from '../channels/accounts';
import type { RenderedMessage } from '../channels/channel';
import { channelOf } from '../channels/registry';
import type { Reply } from '../channels/reply';
import type { Config } from '../config';
import { lockConversation, type ConversationRow } from '../customers/conversation-store';
import type { Database, Transaction } from '../db/database';
import type { Clock } from '../lib/clock';
import { crashPoint } from '../lib/crash-point';
import type { Log } from '../lib/log';
import { insertOutgoing, type SendLane } from '../outgoing/outgoing-store';
import { toLanguage, type Templates } from '../templates/load-templates';
import { addressee } from './addressee';
import { groupBurst } from './group-burst';
import {
  claimNotifications,
  giveUpNotification,
  notificationDispatched,
} from './notification-store';

export interface DispatchDeps {
  db: Database;
  config: Config;
  accounts: Accounts;
  templates: Templates;
  clock: Clock;
  log: Log;
  wakeSender(lane: SendLane): void;
}

/** What this round leaves to the next one: conversations in which a turn is under way, and what was to be told there. */
interface PassedOver {
  notifications: Set<number>;
  conversations: Set<number>;
}

/** What became of one: a message to send, nobody to tell, or left for later. */
type Dispatched = { sendIn?: SendLane } | 'passed over';

/**
 * Turns due notifications into outgoing messages, each in a transaction of its own: claimed, addressed, written. What
 * happens to the message is the sender's; if the channel cannot reach the person, the notification comes back here and
 * goes by the next one. A conversation that is busy is never waited for: a turn that hangs holds up nobody else's
 * notifications. Returns how many it took.
 */
export async function dispatchNotifications(deps: DispatchDeps, limit: number): Promise<number> {
  await deps.accounts.freshen();
  const passedOver: PassedOver = { notifications: new Set(), conversations: new Set() };
  let count = 0;
  while (count < limit && passedOver.notifications.size < limit) {
    const done = await deps.db.transaction((trx) => dispatchOne(deps, trx, passedOver));
    if (!done) break;
    if (done === 'passed over') continue;
    count += 1;
    crashPoint('notify.after-commit');
    if (done.sendIn) deps.wakeSender(done.sendIn);
  }
  return count;
}

async function dispatchOne(
  deps: DispatchDeps,
  trx: Transaction,
  passedOver: PassedOver,
): Promise<Dispatched | null> {
  const now = deps.clock.now();
  const [claimed] = await claimNotifications(trx, now, 1, [...passedOver.notifications]);
  if (!claimed) return null;
  const notification = await groupBurst(trx, claimed, now);
  if (!notification) return {};
  const business = await findBusiness(trx, notification.businessId);
  const route = business && (await addressee(deps, trx, business, notification, now));
  const conversation = route && (await lockUnlessBusy(trx, route.conversation, passedOver));
  if (conversation === 'busy') {
    passedOver.notifications.add(notification.id);
    return 'passed over';
  }
  if (!business || !conversation) {
    await giveUpNotification(
      trx,
      notification.id,
      'nobody to tell: no chat, no phone, no e-mail, or every channel has failed',
    );
    return {};
  }
  const language = toLanguage(conversation.language ?? business.language);
  const params = { shop: business.name, ...notification.payload };
  const { template } = notification;
  const text = deps.templates.text(template, language, conversation.channel, params);
  const subject = deps.templates.subject(template, language, params);
  await insertOutgoing(
    trx,
    rendered(conversation, { text, subject }, route.approved).map((message) => ({
      businessId: business.id,
      conversationId: conversation.id,
      inboxMessageId: null,
      notificationId: notification.id,
      message,
    })),
    now,
  );
  await notificationDispatched(trx, notification.id, {
    channel: conversation.channel,
    language,
    route: route.name,
  });
  crashPoint('notify.before-commit');
  const { id: conversationId, channel, accountId, externalId } = conversation;
  return { sendIn: { conversationId, channel, accountId, externalId } };
}

/** As the platform has approved it, or in our own words. */
const rendered = (
  conversation: ConversationRow,
  reply: Reply,
  approved: Record<string, unknown> | undefined,
): RenderedMessage[] =>
  approved ? [{ payload: approved, display: reply.text }] : channelOf(conversation).render(reply);

/** Once passed over in a round, a conversation stays so: what is told in it keeps its order. */
async function lockUnlessBusy(
  trx: Transaction,
  { id, conversationKey: key }: ConversationRow,
  { conversations }: PassedOver,
): Promise<ConversationRow | 'busy'> {
  const locked = conversations.has(id) ? null : await lockConversation(trx, key);
  if (locked) return locked;
  conversations.add(id);
  return 'busy';
}
