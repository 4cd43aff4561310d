import { splitText } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { optionsOf, type Reply } from '../reply';
import { toGsm } from './gsm';

/** Twilio takes 1600 characters; ten segments are already a lot to read on a small phone. */
export const MAX_SMS = 1530;

/** A reply as plain text: cards and choices become a numbered list, answered by number or by text. */
export function renderSms(reply: Reply): RenderedMessage[] {
  const cards = (reply.cards ?? []).map((card) => [card.title, card.subtitle].filter(Boolean).join(' - '));
  const options = optionsOf(reply).map((option, index) => `${index + 1}. ${cards[index] ?? option.title}`);
  const text = toGsm([reply.text, ...options].filter((line) => line !== '').join('\n'));
  return splitText(text, MAX_SMS).map((part) => ({ payload: { body: part }, display: part }));
}
