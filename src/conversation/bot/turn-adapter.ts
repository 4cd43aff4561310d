import {
  ActivityTypes,
  BotAdapter,
  TurnContext,
  type Activity,
  type ResourceResponse,
} from 'botbuilder-core';
import type { Turn } from '../turn';

const TURN = Symbol('turn');

/** The turn behind a botbuilder context. */
export function turnOf(context: TurnContext): Turn {
  return context.turnState.get<Turn>(TURN);
}

/**
 * Runs our turn as a botbuilder turn. It sends nothing: what the dialogs say is collected in the turn and goes out after
 * the commit. botbuilder is used behind this file only (ADR 0003).
 */
class TurnAdapter extends BotAdapter {
  async run(turn: Turn, logic: (context: TurnContext) => Promise<void>): Promise<void> {
    const context = new TurnContext(this, activityOf(turn));
    context.turnState.set(TURN, turn);
    await this.runMiddleware(context, logic);
  }

  /** Only messages count: `trace` activities hold the whole state and go nowhere. */
  override sendActivities(
    context: TurnContext,
    activities: Partial<Activity>[],
  ): Promise<ResourceResponse[]> {
    for (const activity of activities) {
      if (activity.type === ActivityTypes.Message)
        turnOf(context).replies.push({ text: activity.text ?? '' });
    }
    return Promise.resolve(activities.map((_, index) => ({ id: String(index) })));
  }

  override updateActivity(): Promise<void> {
    return Promise.reject(new Error('a message that is out cannot be changed'));
  }

  override deleteActivity(): Promise<void> {
    return Promise.reject(new Error('a message that is out cannot be taken back'));
  }

  override continueConversation(): Promise<void> {
    return Promise.reject(
      new Error('messages on our own initiative go through notification_queue'),
    );
  }
}

const adapter = new TurnAdapter();

export const runAsBotTurn = (
  turn: Turn,
  logic: (context: TurnContext) => Promise<void>,
): Promise<void> => adapter.run(turn, logic);

function activityOf(turn: Turn): Partial<Activity> {
  const { conversation, message, event, business } = turn;
  return {
    type: ActivityTypes.Message,
    id: String(message.id),
    channelId: conversation.channel,
    serviceUrl: '',
    timestamp: message.sentAt,
    conversation: {
      id: conversation.conversationKey,
      isGroup: false,
      conversationType: 'personal',
      name: '',
    },
    from: { id: conversation.externalId, name: event.profileName ?? '' },
    recipient: { id: conversation.accountId, name: business.name },
    locale: turn.language,
    text: event.text ?? '',
    value: event.payload,
  };
}
