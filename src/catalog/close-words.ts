import Fuse from 'fuse.js';
import type { Queryable } from '../db/database';
import { normalise } from '../lib/text';
import { wordsWithPieces, type Term } from './search-store';
import { canBeMistyped, piecesOf, singular } from './word-pieces';

/** Words that may have been meant by one; more are guesses. */
const MAX_CLOSE = 8;
/** Two letters in the wrong order count as two errors: half of a short word, which has one piece in common all the same. */
const SHORT = 6;
const THRESHOLD = { short: 0.5, long: 0.34 };

export interface Way {
  terms: Term[];
  /** Every word is in it; else the rest has to be close enough to a name for all of them. */
  isWhole: boolean;
}

/**
 * What may have been meant by mistyped words, the likeliest way first: each as it is or as the word of the shop that comes closest; as any
 * that comes close; without numbers, "200 blue mugs"; all as one word that was typed with a space in it.
 */
export async function closeTerms(
  q: Queryable,
  businessId: number,
  words: readonly string[],
): Promise<Way[]> {
  const close: Close[] = [];
  for (const word of words) close.push(await closeWords(q, businessId, word));
  const terms = (which: keyof Close): Term[] =>
    words.map((word, n) => ({
      words: [...new Set([word, ...(close[n]?.[which] ?? [])])],
      categoryIds: [],
    }));
  const named = terms('all').filter((_, n) => canBeMistyped(words[n] ?? ''));
  const ways = [
    { terms: terms('closest'), isWhole: true },
    { terms: terms('all'), isWhole: true },
    { terms: named, isWhole: false },
  ];
  if (words.length === 1) return ways;
  const joined = words.join('');
  const asOne = (await closeWords(q, businessId, joined)).all;
  const term = { words: [...new Set([joined, ...asOne])], categoryIds: [] };
  return [...ways, { terms: [term], isWhole: true }];
}

interface Close {
  /** Those that are as close as the closest. */
  closest: string[];
  all: string[];
}

/** Words of product names that come close to a mistyped one. */
async function closeWords(q: Queryable, businessId: number, word: string): Promise<Close> {
  if (!canBeMistyped(word)) return { closest: [], all: [] };
  const alike = await wordsWithPieces(q, { businessId, pieces: piecesOf(word), ending: word });
  const named = alike.map((written) => ({ written, typed: singular(normalise(written)) }));
  const fuse = new Fuse(named, {
    keys: ['typed'],
    threshold: word.length < SHORT ? THRESHOLD.short : THRESHOLD.long,
    ignoreLocation: true,
    includeScore: true,
  });
  const found = fuse.search(word).slice(0, MAX_CLOSE);
  const best = found[0]?.score ?? 0;
  return {
    closest: found.filter(({ score = 1 }) => score === best).map(({ item }) => item.written),
    all: found.map(({ item }) => item.written),
  };
}
