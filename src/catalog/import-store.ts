import type { Queryable } from '../db/database';

/** Whose SKU it is: a product's, or a variant's; null when nobody's. */
export async function findSkuOwner(
  q: Queryable,
  businessId: number,
  sku: string,
): Promise<{ productId: number; variantId: number | null } | null> {
  const [row] = await q.query<{ productId: number; variantId: number | null }>(
    `SELECT id AS productId, CAST(NULL AS UNSIGNED) AS variantId FROM products WHERE business_id = :businessId AND sku = :sku
     UNION ALL
     SELECT product_id, id FROM product_variants WHERE business_id = :businessId AND sku = :sku LIMIT 1`,
    { businessId, sku },
  );
  return row ?? null;
}

/** The categories of a shop, whatever their state: ids by slug. */
export async function categoryIds(q: Queryable, businessId: number): Promise<Map<string, number>> {
  const rows = await q.query<{ id: number; slug: string }>(
    'SELECT id, slug FROM categories WHERE business_id = :businessId',
    { businessId },
  );
  return new Map(rows.map(({ id, slug }) => [slug, id]));
}
