import fc from 'fast-check';
import type { Card, Choice, Reply } from '../../src/channels/reply';

/** No half of a surrogate pair, raw or as JSON writes it. */
export const isWellFormed = (text: string): boolean =>
  !/\p{Surrogate}/u.test(text) && !/\\ud[89a-f]/i.test(text);

/** What shops write: long names, accents, other scripts, emoji of one and of many parts. */
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom(...'abcXYZ 09-'), maxLength: 12 }) },
  fc.constantFrom('🔥', '👍🏽', '🇵🇭', '👩‍👩‍👧‍👦', '1️⃣', '👩‍'.repeat(800)),
  fc.constantFrom(
    'Café',
    'piñata',
    'e\u0301',
    '₱1,500',
    '“best”',
    'Ω',
    '日本語のマグ',
    'กาแฟ',
    '^{}[]~|\\€',
  ),
  fc.string({ unit: 'grapheme', maxLength: 10 }),
);
const words = (min: number, max: number): fc.Arbitrary<string> =>
  fc.array(piece, { minLength: min, maxLength: max }).map((parts) => parts.join(' '));
/** One line, and not blank: what a name in the catalogue is. */
const name = fc
  .tuple(fc.constantFrom('Mug', 'Black cotton T-shirt', 'Sülze', 'マグ'), words(0, 12))
  .map(([first, rest]) => `${first} ${rest}`.replace(/\s+/g, ' ').trim());

const choice: fc.Arbitrary<Choice> = fc.record({
  title: name,
  value: fc.string({ unit: fc.constantFrom(...'ABC_:019'), minLength: 1, maxLength: 200 }),
});
const card: fc.Arbitrary<Card> = fc.record(
  {
    title: name,
    subtitle: fc.oneof(fc.constant(''), name),
    imageUrl: fc.constant('https://cdn.example.com/a.jpg'),
    choices: fc.array(choice, { maxLength: 5 }),
  },
  { requiredKeys: ['title', 'choices'] },
);

/** Up to 25 cards and 40 choices, with or without words. Its text holds no line that looks like an option. */
export const anyReply: fc.Arbitrary<Reply> = fc.record(
  {
    text: fc.oneof(
      fc.constantFrom('', ' ', '😀', '\n'),
      words(0, 20).map((text) => text.replace(/^[\d\s]+/gm, '')),
      words(300, 500).map((text) => text.replace(/^[\d\s]+/gm, '')),
    ),
    imageUrl: fc.constant('https://cdn.example.com/b.jpg'),
    cards: fc.oneof(
      fc.array(card, { maxLength: 3 }),
      fc.array(card, { minLength: 25, maxLength: 25 }),
    ),
    choices: fc.oneof(
      fc.array(choice, { maxLength: 14 }),
      fc.array(choice, { minLength: 40, maxLength: 40 }),
    ),
  },
  { requiredKeys: ['text'] },
);
