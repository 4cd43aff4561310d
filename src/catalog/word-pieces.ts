import { normalise } from '../lib/text';

/** As sp_learn_search_word has them: letters that are compared, and from how many on two may be wrong. */
const HEAD = 7;
const MIN_LENGTH = 3;
const TWO_WRONG_FROM = 6;
const MAX_WORDS = 6;

/** The words of a typed text as they are looked for: no accents, no plural, six at most. "T-Shirts, red" is t, shirt, red. */
export function searchWords(text: string): string[] {
  const words = normalise(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  return [...new Set(words.map(singular))].slice(0, MAX_WORDS);
}

/** "mugs" finds "mug"; "glass" stays. */
export const singular = (word: string): string =>
  word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;

/** Words with digits are numbers and codes, which nobody wants guessed; short ones are like too many others. */
export const canBeMistyped = (word: string): boolean =>
  word.length >= MIN_LENGTH && !/\p{N}/u.test(word);

/**
 * What a mistyped word still shares with the one that was meant, whichever letter is wrong, missing, too many or in the wrong place: its
 * first seven letters without one of them, or without two in a longer word. At most 29.
 */
export function piecesOf(word: string): string[] {
  const head = word.slice(0, HEAD);
  const once = withoutOne(head);
  const twice = word.length >= TWO_WRONG_FROM ? once.flatMap(withoutOne) : [];
  return [...new Set([head, ...once, ...twice])];
}

const withoutOne = (word: string): string[] =>
  Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1));
