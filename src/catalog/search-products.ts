import Fuse from 'fuse.js';
import type { Queryable } from '../db/database';
import { normalise } from '../lib/text';
import { productsByIds } from './catalog-store';
import type { Product } from './product';
import { productsWithPieces, productsWithWords, type Named } from './search-store';

const MAX_WORDS = 6;
/** Names that are compared word by word; more would be no answer to anybody. */
const MAX_WITH_WORDS = 500;
/** Names that are compared letter by letter, the likeliest first; all of them in most shops. */
const MAX_WITH_PIECES = 2_000;
/** A typing error leaves some three letters of a word as they are. */
const PIECE = 3;
const MAX_PIECES = 24;
const LOOSE_THRESHOLD = 0.34;

/**
 * Products whose names have the words of a text, else those that come close: customers type on small keys (CAT-2). The database looks
 * through the whole catalogue, and what is likely is compared here.
 */
export async function searchProducts(
  q: Queryable,
  businessId: number,
  text: string,
  limit: number,
): Promise<Product[]> {
  const words = normalise(text).split(' ').filter(Boolean).slice(0, MAX_WORDS).map(singular);
  if (words.length === 0) return [];
  const named = await productsWithWords(q, { businessId, words, limit: MAX_WITH_WORDS });
  const ids = matchWords(named, words) ?? (await searchLoosely(q, businessId, words));
  return productsByIds(q, ids.slice(0, limit));
}

async function searchLoosely(
  q: Queryable,
  businessId: number,
  words: readonly string[],
): Promise<number[]> {
  const pieces = piecesOf(words);
  const named = await productsWithPieces(q, { businessId, pieces, limit: MAX_WITH_PIECES });
  return matchLoosely(named, words.join(' '));
}

/** "tshirt" in threes: tsh, shi, hir, irt. */
function piecesOf(words: readonly string[]): string[] {
  const pieces = words.flatMap((word) =>
    Array.from({ length: Math.max(0, word.length - PIECE + 1) }, (_, at) =>
      word.slice(at, at + PIECE),
    ),
  );
  return [...new Set(pieces)].slice(0, MAX_PIECES);
}

/** Every word is in the name, the category or the SKU; names first. */
function matchWords(names: readonly Named[], words: readonly string[]): number[] | null {
  const has = (text: string) => {
    const own = normalise(text).split(/[ -]/).map(singular);
    return words.every((word) =>
      own.some((one) => one === word || (word.length > 2 && one.startsWith(word))),
    );
  };
  const exact = names.filter(
    (one) => normalise(one.name) === words.join(' ') || normalise(one.sku) === words.join(' '),
  );
  if (exact.length === 1) return exact.map((one) => one.id);
  const byName = names.filter((one) => has(one.name));
  const found =
    byName.length > 0 ? byName : names.filter((one) => has(`${one.name} ${one.category ?? ''}`));
  return found.length > 0 ? found.map((one) => one.id) : null;
}

function matchLoosely(names: readonly Named[], text: string): number[] {
  if (text.length < PIECE) return [];
  const fuse = new Fuse(names, {
    keys: ['name'],
    threshold: LOOSE_THRESHOLD,
    ignoreLocation: true,
    minMatchCharLength: 3,
  });
  return fuse.search(text).map(({ item }) => item.id);
}

/** "mugs" finds "mug"; "glass" stays. */
const singular = (word: string): string =>
  word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
