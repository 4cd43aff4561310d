import { findBusiness } from '../businesses/business-store';
import { channelOf } from '../channels/registry';
import type { ConversationRow } from '../customers/conversation-store';
import type { Transaction } from '../db/database';
import { markHandled, type InboxMessage } from '../inbox/inbox-store';
import { insertNotification } from '../notifications/notification-store';
import { insertOutgoing } from '../outgoing/outgoing-store';
import { toLanguage } from '../templates/load-templates';
import { isTakenOver } from './takeover/takeover';
import type { TurnDeps } from './turn-deps';

const NOBODY_WAITS: ReadonlySet<string> = new Set(['receipt', 'echo', 'moved']);

/** The lane goes on without this message: the customer gets an apology, unless a person talks to them, and the owner an alert (section 18). */
export async function setAside(
  deps: TurnDeps,
  trx: Transaction,
  conversation: ConversationRow,
  message: InboxMessage,
): Promise<void> {
  const now = deps.clock.now();
  await markHandled(trx, message.id, 'failed', now);
  // Unless it is certain that no person waits for an answer.
  if (NOBODY_WAITS.has(message.body.kind)) return;
  const business = await findBusiness(trx, message.businessId);
  const language = toLanguage(conversation.language ?? business?.language);
  const text = deps.templates.text('apology', language, conversation.channel, {
    shop: business?.name ?? '',
  });
  if (!isTakenOver(conversation, now))
    await insertOutgoing(
      trx,
      channelOf(conversation)
        .render({ text })
        .map((rendered) => ({
          businessId: message.businessId,
          conversationId: conversation.id,
          inboxMessageId: message.id,
          notificationId: null,
          message: rendered,
        })),
      now,
    );
  await insertNotification(trx, {
    businessId: message.businessId,
    recipientType: 'owner',
    template: 'owner_message_failed',
    payload: { message_id: message.id },
    priority: 1,
    scheduledAt: now,
  });
}
