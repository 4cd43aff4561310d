import fc from 'fast-check';
import { renderSms } from '../../src/channels/sms/render';
import { toGsm } from '../../src/channels/sms/gsm';
import { optionsOf, type Card, type Choice, type Reply } from '../../src/channels/reply';
import { anyReply, isWellFormed } from '../support/replies';

const bodiesOf = (reply: Reply): string[] =>
  renderSms(reply).map(({ payload }) => payload.body as string);
const linesOf = (reply: Reply): string[] => bodiesOf(reply).join('\n').split('\n');

const choices = (...titles: string[]): Choice[] =>
  titles.map((title) => ({ title, value: `PICK:${title}` }));
const card = (title: string, subtitle?: string): Card => ({
  title,
  subtitle,
  choices: [{ title: 'Add to cart', value: `ADD_TO_CART:${title}` }],
});

describe('any reply', () => {
  test('is rendered within what Twilio takes, without half a character', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        for (const { payload, display } of renderSms(reply)) {
          const body = payload.body as string;
          expect(body.length).toBeLessThanOrEqual(1600);
          expect(body.trim()).not.toBe('');
          expect(isWellFormed(body)).toBe(true);
          expect(display).toBe(body);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('shows each option with the number that answers it', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        // A long line is cut at a space, so spaces are not compared.
        const text = bodiesOf(reply).join('').replace(/\s/g, '');
        let from = 0;
        optionsOf(reply).forEach(({ title }, index) => {
          const shown = `${index + 1}.${toGsm(title).replace(/\s/g, '')}`;
          const at = text.indexOf(shown, from);
          expect({ shown, isShown: at >= 0 }).toEqual({ shown, isShown: true });
          from = at + shown.length;
        });
      }),
      { numRuns: 150 },
    );
  });
});

test('cards and choices are one list with numbers that go on', () => {
  const reply = {
    text: 'Mugs:',
    cards: [card('Blue mug', 'P100'), card('Red mug')],
    choices: choices('More', 'My cart'),
  };
  expect(linesOf(reply)).toEqual([
    'Mugs:',
    '1. Blue mug - P100',
    '2. Red mug',
    '3. More',
    '4. My cart',
  ]);
  expect(optionsOf(reply).map(({ value }) => value)).toEqual([
    'ADD_TO_CART:Blue mug',
    'ADD_TO_CART:Red mug',
    'PICK:More',
    'PICK:My cart',
  ]);
});

test('a card that offers nothing is shown, but takes no number from the others', () => {
  const sold: Card = { title: 'Green mug', subtitle: 'sold out', choices: [] };
  const reply = { text: 'Mugs:', cards: [sold, card('Blue mug')], choices: choices('More') };
  expect(linesOf(reply)).toEqual(['Mugs:', 'Green mug - sold out', '1. Blue mug', '2. More']);
  expect(optionsOf(reply)[0]!.value).toBe('ADD_TO_CART:Blue mug');
});

test('40 choices and 25 cards keep their numbers over all messages', () => {
  const reply = {
    text: 'All of it:',
    cards: Array.from({ length: 25 }, (_, i) => card(`Mug with a rather long name ${i}`, 'P1,500')),
    choices: choices(
      ...Array.from({ length: 40 }, (_, i) => `A choice with a rather long name ${i}`),
    ),
  };
  expect(bodiesOf(reply).length).toBeGreaterThan(1);
  const numbers = linesOf(reply)
    .slice(1)
    .map((line) => Number(/^(\d+)\. /.exec(line)?.[1]));
  expect(numbers).toEqual(Array.from({ length: 65 }, (_, i) => i + 1));
});

test.each(['', ' ', '😀', '👍🏽 🇵🇭', '\n\n'])(
  'a reply with nothing to read (%j) is no message, since Twilio refuses an empty one',
  (text) => {
    expect(renderSms({ text })).toEqual([]);
  },
);

test('a picture alone is no SMS', () => {
  expect(renderSms({ text: '', imageUrl: 'https://cdn.example.com/a.jpg' })).toEqual([]);
});

test('emoji and typographic characters do not make the text cost more than twice', () => {
  expect(bodiesOf({ text: 'Salamat 🙏🏽 “₱1,500” – sold…' })).toEqual(['Salamat "P1,500" - sold...']);
});
