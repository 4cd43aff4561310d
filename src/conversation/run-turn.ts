import type { Business } from '../businesses/business-store';
import { channelOf } from '../channels/registry';
import type { ConversationRow, SavedTurn } from '../customers/conversation-store';
import type { Transaction } from '../db/database';
import type { InboxMessage } from '../inbox/inbox-store';
import type { NewOutgoing } from '../outgoing/outgoing-store';
import { windowStart } from '../outgoing/window';
import { toLanguage } from '../templates/load-templates';
import { runAdminCommand } from './admin-commands/run-admin-command';
import { runBot } from './bot/run-bot';
import { readState, type DialogState } from './bot/turn-storage';
import { heedConsent } from './heed-consent';
import { leaveToPerson, mayCommand } from './takeover/leave-to-person';
import type { ConversationDeps, Turn } from './turn';

/** A message of a person, and who and what it is about. */
export interface TurnInput {
  business: Business;
  conversation: ConversationRow;
  userId: number;
  message: InboxMessage;
  event: Turn['event'];
}

/** What a turn has decided: rows that its caller writes in the turn's transaction. */
export interface FinishedTurn {
  conversation: ConversationRow;
  message: InboxMessage;
  outgoing: NewOutgoing[];
  saved: SavedTurn;
}

/** One turn of the dialog, from the person's message to the rows of the answer. Call with the lane held. */
export async function runTurn(
  deps: ConversationDeps,
  trx: Transaction,
  { business, conversation, userId, message, event }: TurnInput,
): Promise<FinishedTurn> {
  const state: DialogState = readState(conversation.dialogState);
  const turn: Turn = {
    deps,
    trx,
    business,
    conversation: { ...conversation, userId },
    userId,
    message,
    event,
    now: deps.clock.now(),
    language: toLanguage(conversation.language ?? business.language),
    memory: state.memory,
    input: { kind: 'text', text: event.text ?? '' },
    replies: [],
  };
  const isDone =
    (await heedConsent(turn)) ||
    (mayCommand(turn) && (await runAdminCommand(turn))) ||
    (await leaveToPerson(turn));
  if (!isDone) await runBot(turn, state);
  return {
    conversation,
    message,
    outgoing: outgoingOf(turn),
    saved: {
      conversation,
      userId,
      staffId: turn.conversation.staffId,
      language: turn.conversation.language,
      dialogState: JSON.stringify(state),
      lastInboundAt: windowStart(message),
    },
  };
}

function outgoingOf(turn: Turn): NewOutgoing[] {
  const channel = channelOf(turn.conversation);
  return turn.replies.flatMap((reply) =>
    channel.render(withAbsoluteUrls(reply, turn.deps.config.publicUrl)).map((message) => ({
      businessId: turn.business.id,
      conversationId: turn.conversation.id,
      inboxMessageId: turn.message.id,
      notificationId: reply.notificationId ?? null,
      message,
    })),
  );
}

/** Pictures of the catalogue are paths on this server; platforms fetch them from outside. */
function withAbsoluteUrls(
  reply: Turn['replies'][number],
  publicUrl: string,
): Turn['replies'][number] {
  const absolute = (url: string | undefined) => (url?.startsWith('/') ? `${publicUrl}${url}` : url);
  return {
    ...reply,
    imageUrl: absolute(reply.imageUrl),
    cards: reply.cards?.map((card) => ({ ...card, imageUrl: absolute(card.imageUrl) })),
  };
}
