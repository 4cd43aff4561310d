import Fuse from 'fuse.js';
import type { Queryable } from '../db/database';
import { normalise } from '../lib/text';
import { findProductBySku, productsByIds } from './catalog-store';
import { findSkuOwner } from './import-store';
import type { Product, ProductStatus } from './product';
import {
  categoryNames,
  countTerms,
  MAX_LOOKED_AT,
  PLACES,
  productsWithTerms,
  type Counted,
  type Named,
  type Scope,
  type Term,
} from './search-store';
import { closeTerms } from './close-words';
import { searchWords, singular } from './word-pieces';

/** Names that are compared here; more would be no answer to anybody. */
const MAX_NAMED = 500;
/** Products that are put in order for a single word: eight are shown. */
const MAX_OF_ONE_WORD = 1_000;
const LOOSE_THRESHOLD = 0.34;

export interface SearchOptions {
  businessId: number;
  text: string;
  limit: number;
  /** Also what has the words only in its SKU or its description: for those who asked for a search. */
  inDescriptions?: boolean;
}

/**
 * Active products by what a customer types (CAT-2): by SKU, else those that have every word in the name, else in the name or the
 * category, else in any text, else those whose names come close, for customers type on small keys. The likeliest first.
 */
export async function searchProducts(q: Queryable, search: SearchOptions): Promise<Product[]> {
  const { businessId, text, limit } = search;
  const words = searchWords(text);
  if (words.length === 0) return [];
  const bySku = await findProductBySku(q, businessId, normalise(text));
  if (bySku) return [bySku];
  const found = await findNamed(q, search, words);
  return productsByIds(
    q,
    found.slice(0, limit).map(({ id }) => id),
  );
}

/**
 * The ids of products in these states, for those who run the shop: that of the SKU, and all that have every word in any text, or names
 * that come close; 5,000 at most.
 */
export async function searchProductIds(
  q: Queryable,
  { businessId, statuses, text }: { businessId: number; statuses: readonly ProductStatus[]; text: string }, // prettier-ignore
): Promise<number[]> {
  const words = searchWords(text);
  if (words.length === 0) return [];
  const owner = await findSkuOwner(q, businessId, text);
  const scope: Scope = { businessId, statuses, places: Object.values(PLACES) };
  const named = await withTerms(q, scope, words.map(asTerm), { text, limit: MAX_LOOKED_AT });
  const ids = [...(owner ? [owner.productId] : []), ...named.map(({ id }) => id)];
  if (ids.length > 0) return [...new Set(ids)];
  return (await searchLoosely(q, { ...scope, places: [PLACES.name] }, words)).map(({ id }) => id);
}

async function findNamed(
  q: Queryable,
  { businessId, text, inDescriptions = false }: SearchOptions,
  words: readonly string[],
): Promise<Named[]> {
  const names: Scope = { businessId, statuses: ['active'], places: [PLACES.name] };
  const terms = words.map(asTerm);
  const asked = { text: normalise(text), limit: MAX_NAMED };
  const byName = await withTerms(q, names, terms, asked);
  if (byName.length > 0) return onlyExact(byName, words);
  const inCategories = await withCategories(q, businessId, terms);
  const hasCategory = inCategories.some(({ categoryIds }) => categoryIds.length > 0);
  const byCategory = hasCategory ? await withTerms(q, names, inCategories, asked) : [];
  if (byCategory.length > 0) return mostInName(byCategory, words);
  const anywhere: Scope = { ...names, places: Object.values(PLACES) };
  const byAnyText = inDescriptions ? await withTerms(q, anywhere, inCategories, asked) : [];
  return byAnyText.length > 0 ? byAnyText : searchLoosely(q, names, words);
}

interface Asked {
  text: string;
  limit: number;
}

/** Products that have all terms, looked for from the rarest on; none when one term leads nowhere. */
async function withTerms(
  q: Queryable,
  scope: Scope,
  terms: readonly Term[],
  asked: Asked,
): Promise<Named[]> {
  const counted = await counts(q, scope, terms);
  const leadsNowhere = ({ term, count }: Counted) => count === 0 && term.categoryIds.length === 0;
  return counted.some(leadsNowhere) ? [] : withCounted(q, scope, counted, asked);
}

/** A term alone is looked for whatever its count. */
const counts = async (q: Queryable, scope: Scope, terms: readonly Term[]): Promise<Counted[]> =>
  terms.length > 1
    ? countTerms(q, scope, terms)
    : terms.map((term) => ({ term, count: MAX_LOOKED_AT }));

/** A category's products are not counted: they are looked through first only when every word is one of a category. */
async function withCounted(
  q: Queryable,
  scope: Scope,
  counted: readonly Counted[],
  asked: Asked,
): Promise<Named[]> {
  const cost = ({ term, count }: Counted) =>
    (term.categoryIds.length > 0 ? MAX_LOOKED_AT : 0) + count;
  const terms = [...counted].sort((a, b) => cost(a) - cost(b));
  const lookedAt = terms.length > 1 ? MAX_LOOKED_AT : Math.max(MAX_OF_ONE_WORD, asked.limit);
  return productsWithTerms(q, scope, { ...asked, terms, lookedAt });
}

async function withCategories(
  q: Queryable,
  businessId: number,
  terms: readonly Term[],
): Promise<Term[]> {
  const categories = await categoryNames(q, businessId);
  return terms.map((term) => ({
    ...term,
    categoryIds: categories
      .filter(({ name }) => term.words.some((word) => has(name, word)))
      .map(({ id }) => id),
  }));
}

/**
 * Names with words that come close, those first that come closest as a whole. A word that leads nowhere is passed over, if the rest of
 * the text is close to the name all the same: "200 blue mugs".
 */
async function searchLoosely(
  q: Queryable,
  scope: Scope,
  words: readonly string[],
): Promise<Named[]> {
  const text = words.join(' ');
  const tried = new Set([JSON.stringify(words.map(asTerm))]);
  for (const { terms, isWhole } of await closeTerms(q, scope.businessId, words)) {
    if (terms.length === 0 || tried.has(JSON.stringify(terms))) continue;
    tried.add(JSON.stringify(terms));
    const counted = (await counts(q, scope, terms)).filter(({ count }) => count > 0);
    const named = await withCounted(q, scope, counted, { text, limit: MAX_NAMED });
    const closest = closestNames(named, text);
    if (closest.length > 0) return closest;
    // The words are there, in another order.
    if (isWhole && counted.length === terms.length && named.length > 0) return named;
  }
  return [];
}

const closestNames = (named: readonly Named[], text: string): Named[] =>
  new Fuse(named, {
    keys: ['name'],
    threshold: LOOSE_THRESHOLD,
    ignoreLocation: true,
    minMatchCharLength: 3,
  })
    .search(text)
    .map(({ item }) => item);

const asTerm = (word: string): Term => ({ words: [word], categoryIds: [] });

/** "blue mug" is the blue mug, even if there is a blue mug with a lid. */
function onlyExact(named: readonly Named[], words: readonly string[]): Named[] {
  const exact = named.filter(({ name }) => searchWords(name).join(' ') === words.join(' '));
  return exact.length === 1 ? exact : [...named];
}

function mostInName(named: readonly Named[], words: readonly string[]): Named[] {
  const inName = ({ name }: Named) => words.filter((word) => has(name, word)).length;
  return [...named].sort((a, b) => inName(b) - inName(a));
}

const has = (text: string, word: string): boolean =>
  normalise(text)
    .split(/[^\p{L}\p{N}]+/u)
    .map(singular)
    .some((own) => own === word || (word.length > 2 && own.startsWith(word)));
