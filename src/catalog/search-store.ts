import type { Queryable } from '../db/database';
import type { ProductStatus } from './product';

/** What a product is found by. */
export interface Named {
  id: number;
  name: string;
  sku: string;
  category: string | null;
}

/** Where a word may stand; `product_search_words.place`. */
export const PLACES = { name: 0, sku: 1, description: 2 } as const;

/** Which products are looked through, and which of their texts. */
export interface Scope {
  businessId: number;
  statuses: readonly ProductStatus[];
  places: readonly (typeof PLACES)[keyof typeof PLACES][];
}

/** One word of a search: the words that will do for it, and the categories whose products have it by their name. */
export interface Term {
  words: readonly string[];
  categoryIds: readonly number[];
}

/** Products of the rarest word that are looked at for the others; bounds every search. */
export const MAX_LOOKED_AT = 5_000;
/** A list is joined as a whole when it is not much longer than that which it is joined to; else each one is looked up. */
const MAX_TIMES_LONGER = 8;
/** Words that share a piece with a mistyped one; those few that are close are chosen from them. */
const MAX_ALIKE = 500;
/** From this length on a word stands for those that begin like it: "choco" finds "chocolate", "mug" finds "mugs". */
const MIN_BEGINNING = 3;

export interface Counted {
  term: Term;
  /** Products that have it among their words, counted to MAX_LOOKED_AT; those of its categories are not counted. */
  count: number;
}

/** How many products have each of the terms. */
export async function countTerms(
  q: Queryable,
  scope: Scope,
  terms: readonly Term[],
): Promise<Counted[]> {
  const one = (term: Term) =>
    `SELECT COUNT(*) AS found FROM (SELECT 1 FROM product_search_words AS w
       WHERE ${IN_SCOPE} AND ${hasWord(term)} LIMIT ${MAX_LOOKED_AT}) AS counted`;
  const rows = await q.query<{ found: number }>(
    terms.map(one).join(' UNION ALL '),
    terms.flatMap((term) => [...inScope(scope), ...wordParams(term)]),
  );
  return terms.map((term, n) => ({ term, count: rows[n]?.found ?? 0 }));
}

/**
 * Products that have every term; that whose name is `text` first, then in the shop's order. The first term's products are looked through,
 * `lookedAt` at most: it has to be the rarest.
 */
export async function productsWithTerms(
  q: Queryable,
  scope: Scope,
  given: { terms: readonly Counted[]; text: string; limit: number; lookedAt: number },
): Promise<Named[]> {
  const [from, ...others] = given.terms;
  if (!from) return [];
  const isListed = ({ term, count }: Counted) =>
    term.categoryIds.length === 0 &&
    count < MAX_LOOKED_AT &&
    count <= from.count * MAX_TIMES_LONGER;
  const listed = others.filter(isListed);
  const lookedUp = others.filter((one) => !isListed(one)).map(({ term }) => term);
  const join = ({ term }: Counted, n: number) =>
    `JOIN (${productsOf(term, MAX_LOOKED_AT)}) AS t${n} ON t${n}.product_id = found.product_id`;
  const conditions = lookedUp.map(
    (term) => `(EXISTS (SELECT 1 FROM product_search_words AS w
                WHERE w.product_id = p.id AND w.place IN (?) AND ${hasWord(term)})${inCategory(term)})`,
  );
  return q.query<Named>(
    `SELECT p.id, p.name, p.sku, c.name AS category
     FROM (${productsOf(from.term, given.lookedAt)}) AS found
     ${listed.map(join).join(' ')}
     STRAIGHT_JOIN products AS p ON p.id = found.product_id
     LEFT JOIN categories AS c ON c.id = p.category_id
     ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
     ORDER BY p.name = ? DESC, p.position, p.id LIMIT ?`,
    [
      ...productsOfParams(scope, from.term),
      ...listed.flatMap(({ term }) => productsOfParams(scope, term)),
      ...lookedUp.flatMap((term) => [scope.places, ...wordParams(term), ...categoryParams(term)]),
      given.text,
      given.limit,
    ],
  );
}

/** Words of the shop's product names that have one of these pieces, or that end in `ending` or in a word that begins like it. */
export async function wordsWithPieces(
  q: Queryable,
  { businessId, pieces, ending }: { businessId: number; pieces: string[]; ending: string },
): Promise<string[]> {
  const rows = await q.query<{ word: string }>(
    `SELECT DISTINCT word FROM search_word_pieces
     WHERE business_id = ? AND (piece IN (?) OR piece LIKE ?) LIMIT ?`,
    [businessId, pieces, `${ending}%`, MAX_ALIKE],
  );
  return rows.map(({ word }) => word);
}

/** The names of a shop's categories, of which there are few. */
export async function categoryNames(
  q: Queryable,
  businessId: number,
): Promise<{ id: number; name: string }[]> {
  return q.query('SELECT id, name FROM categories WHERE business_id = ?', [businessId]);
}

const IN_SCOPE = 'w.business_id = ? AND w.status IN (?) AND w.place IN (?)';
const inScope = (scope: Scope): unknown[] => [scope.businessId, scope.statuses, scope.places];

/** Words are letters and digits, so LIKE has nothing to escape. */
const hasWord = (term: Term): string => `(${term.words.map(() => 'w.word LIKE ?').join(' OR ')})`;
const wordParams = (term: Term): string[] =>
  term.words.map((word) => (word.length < MIN_BEGINNING ? word : `${word}%`));

const inCategory = (term: Term): string =>
  term.categoryIds.length > 0 ? ' OR p.category_id IN (?)' : '';
const categoryParams = (term: Term): unknown[] =>
  term.categoryIds.length > 0 ? [term.categoryIds] : [];

/** The first products of a term; limited here, so that nothing behind this is done for more. */
function productsOf(term: Term, limit: number): string {
  const byWord = `SELECT DISTINCT w.product_id FROM product_search_words AS w
    WHERE ${IN_SCOPE} AND ${hasWord(term)} LIMIT ${limit}`;
  const byCategory = `SELECT o.id FROM products AS o
    WHERE o.business_id = ? AND o.status IN (?) AND o.category_id IN (?) LIMIT ${limit}`;
  return term.categoryIds.length > 0 ? `(${byWord}) UNION (${byCategory})` : byWord;
}
const productsOfParams = (scope: Scope, term: Term): unknown[] => [
  ...inScope(scope),
  ...wordParams(term),
  ...(term.categoryIds.length > 0 ? [scope.businessId, scope.statuses, term.categoryIds] : []),
];
