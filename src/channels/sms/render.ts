import { splitText } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { optionsOf, type Card, type Reply } from '../reply';
import { segmentsOf, toGsm } from './gsm';

/** Twilio takes 1600 characters; ten segments are already a lot to read on a small phone. */
export const MAX_SMS = 1530;

/** A reply as plain text: cards and choices become a numbered list, answered by number or by text. */
export function renderSms(reply: Reply): RenderedMessage[] {
  const cards = reply.cards ?? [];
  const answerable = cards.filter((card) => card.choices.length > 0);
  const options = (asksForNumber(reply) ? [] : optionsOf(reply)).map((option, index) => {
    const card = answerable[index];
    return `${index + 1}. ${card ? wordsOf(card) : option.title}`;
  });
  const others = cards.filter((card) => card.choices.length === 0).map(wordsOf);
  const text = toGsm([reply.text, ...others, ...options].filter((line) => line !== '').join('\n'));
  // Twilio refuses a message without words (21602): a reply of pictures alone is not sent.
  return splitText(text, MAX_SMS)
    .filter((part) => part.trim() !== '')
    .map((part) => ({ payload: { body: part }, display: part, segments: segmentsOf(part) }));
}

/** "How many?" is answered by the number itself: the fourth choice must not be the number 5. */
const asksForNumber = ({ choices = [] }: Reply): boolean => choices.some(({ title }) => /^\d+$/.test(title));

const wordsOf = (card: Card): string => [card.title, card.subtitle].filter(Boolean).join(' - ');
