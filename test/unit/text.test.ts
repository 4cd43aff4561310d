import fc from 'fast-check';
import { normalise, splitText, truncate } from '../../src/lib/text';
import { isWellFormed } from '../support/replies';

const FAMILY = '👩‍👩‍👧‍👦';
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(fc.constantFrom('word', ' ', '\n', '😀', FAMILY, 'e\u0301', '👩‍'.repeat(30)), {
      maxLength: 80,
    })
    .map((parts) => parts.join('')),
);
const withoutSpaces = (text: string) => text.replace(/\s/g, '');

describe('truncating', () => {
  test('leaves a text alone that fits', () => {
    expect(truncate('12345', 5)).toBe('12345');
  });

  test('ends a cut text in an ellipsis, without a space before it', () => {
    expect(truncate('123456', 5)).toBe('1234…');
    expect(truncate('123 456', 5)).toBe('123…');
  });

  test('does not cut an emoji or an accent apart', () => {
    expect(truncate(`ab${FAMILY}cd`, 8)).toBe('ab…');
    expect(truncate('cafe\u0301 au lait', 5)).toBe('caf…');
  });

  test('any text fits, is whole and is the beginning of what was given', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const short = truncate(text, max);
        expect(short.length).toBeLessThanOrEqual(max);
        expect(isWellFormed(short)).toBe(true);
        if (text.length > max) {
          expect(short.endsWith('…')).toBe(true);
          expect(text.startsWith(short.slice(0, -1))).toBe(true);
        } else {
          expect(short).toBe(text);
        }
      }),
    );
  });
});

describe('splitting', () => {
  test('keeps a short text in one part, even an empty one', () => {
    expect(splitText('abc', 3)).toEqual(['abc']);
    expect(splitText('', 3)).toEqual(['']);
  });

  test('prefers the end of a line, then a space', () => {
    expect(splitText('one two\nthree four', 12)).toEqual(['one two', 'three four']);
    expect(splitText('one two three', 9)).toEqual(['one two', 'three']);
  });

  test('cuts a word that is too long', () => {
    expect(splitText('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
  });

  test('does not cut an emoji apart', () => {
    expect(splitText('😀😀😀', 5)).toEqual(['😀😀', '😀']);
  });

  test('a text of any kind fits, is whole and loses nothing but spaces', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 60 }), (text, max) => {
        const parts = splitText(text, max);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(max);
          expect(isWellFormed(part)).toBe(true);
        }
        expect(withoutSpaces(parts.join(''))).toBe(withoutSpaces(text));
      }),
      { numRuns: 300 },
    );
  });
});

describe('normalising', () => {
  test.each([
    ['  My   CART!! ', 'my cart'],
    ['Café', 'cafe'],
    ['cafe\u0301', 'cafe'],
    ['PIÑATA', 'pinata'],
    ['ｆｕｌｌ　ｗｉｄｔｈ', 'full width'],
    ['“quoted”', 'quoted'],
    ['/confirm 12', '/confirm 12'],
    ['#12 & more', '#12 & more'],
    ['👍', ''],
    ['...', ''],
    ['日本', '日本'],
  ])('%j is compared as %j', (given, expected) => {
    expect(normalise(given)).toBe(expected);
  });

  test('is done after one time', () => {
    fc.assert(
      fc.property(anyText, (text) => expect(normalise(normalise(text))).toBe(normalise(text))),
      { numRuns: 500 },
    );
  });
});
