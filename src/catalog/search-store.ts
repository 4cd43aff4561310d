import type { Queryable } from '../db/database';

/** What a product is found by. */
export interface Named {
  id: number;
  name: string;
  sku: string;
  category: string | null;
}

const SELECT_NAMED = `SELECT p.id, p.name, p.sku, c.name AS category
  FROM products AS p LEFT JOIN categories AS c ON c.id = p.category_id
  WHERE p.business_id = :businessId AND p.status = 'active'`;

/** Active products that have every word somewhere in their name, SKU or category; those with the most of them in the name first. */
export async function productsWithWords(
  q: Queryable,
  { businessId, words, limit }: { businessId: number; words: readonly string[]; limit: number },
): Promise<Named[]> {
  const params = Object.fromEntries(words.map((word, n) => [`word${n}`, `%${word}%`]));
  const has = words.map(
    (_, n) => `(p.name LIKE :word${n} OR p.sku LIKE :word${n} OR c.name LIKE :word${n})`,
  );
  const inName = words.map((_, n) => `(p.name LIKE :word${n})`).join(' + ');
  return q.query<Named>(
    `${SELECT_NAMED} AND ${has.join(' AND ')}
     ORDER BY ${inName} DESC, p.position, p.id LIMIT :limit`,
    { ...params, businessId, limit },
  );
}

/** Active products, those first whose names have the most of these pieces of words in them. */
export async function productsWithPieces(
  q: Queryable,
  { businessId, pieces, limit }: { businessId: number; pieces: readonly string[]; limit: number },
): Promise<Named[]> {
  const params = Object.fromEntries(pieces.map((piece, n) => [`piece${n}`, `%${piece}%`]));
  const hits = pieces.map((_, n) => `(p.name LIKE :piece${n})`).join(' + ') || '0';
  return q.query<Named>(`${SELECT_NAMED} ORDER BY ${hits} DESC, p.position, p.id LIMIT :limit`, {
    ...params,
    businessId,
    limit,
  });
}
