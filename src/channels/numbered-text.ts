import { optionsOf, type Card, type Reply } from './reply';

/** A reply where nothing can be tapped: cards and choices become a numbered list, answered by number or by text. */
export function numberedText(reply: Reply): string {
  const cards = reply.cards ?? [];
  const answerable = cards.filter((card) => card.choices.length > 0);
  const options = (asksForNumber(reply) ? [] : optionsOf(reply)).map((option, index) => {
    const card = answerable[index];
    return `${index + 1}. ${card ? wordsOf(card) : option.title}`;
  });
  const others = cards.filter((card) => card.choices.length === 0).map(wordsOf);
  return [reply.text, ...others, ...options].filter((line) => line !== '').join('\n');
}

/** "How many?" is answered by the number itself: the fourth choice must not be the number 5. */
const asksForNumber = ({ choices = [] }: Reply): boolean =>
  choices.some(({ title }) => /^\d+$/.test(title));

const wordsOf = (card: Card): string => [card.title, card.subtitle].filter(Boolean).join(' - ');
