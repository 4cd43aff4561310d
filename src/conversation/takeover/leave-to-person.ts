import { clearTakeover } from '../../customers/takeover-store';
import { say, type Turn } from '../turn';
import { isBotBack, isTakenOver } from './takeover';

const LINKING = /^\/link\b/i;

/** Commands of the shop's people work in their own chats, whoever has the conversation; a customer's are words to the person. */
export const mayCommand = ({ conversation, event, now }: Turn): boolean =>
  !isTakenOver(conversation, now) ||
  conversation.staffId !== null ||
  LINKING.test((event.text ?? '').trim());

/**
 * True when a person has the conversation: the message is kept for them, and the bot says nothing (G-12). Once they have been
 * silent for long enough the bot is back, and says so before it answers.
 */
export async function leaveToPerson(turn: Turn): Promise<boolean> {
  if (isTakenOver(turn.conversation, turn.now)) return true;
  if (!isBotBack(turn.conversation, turn.now)) return false;
  await clearTakeover(turn.trx, turn.conversation.id);
  turn.conversation.takeoverUntil = null;
  say(turn, 'takeover_ended');
  return false;
}
