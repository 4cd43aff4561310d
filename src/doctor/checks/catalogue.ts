import { byRanges, type Check } from '../check';

export const catalogueChecks: readonly Check[] = [
  {
    id: 'CAT-2',
    name: 'search-words',
    claim: 'every product is searched for by its name, in the state that it has',
    level: 'warning',
    why: 'Customers do not find it. Its row was written past the triggers of products, or its search words were changed by hand.',
    remedy: 'CALL sp_index_product(<product_id>)',
    find: byRanges(
      'products',
      `SELECT p.id AS product_id, p.status
       FROM products AS p
       WHERE p.id BETWEEN :from AND :to AND p.name REGEXP '[a-z0-9]'
         AND (NOT EXISTS (SELECT 1 FROM product_search_words AS w WHERE w.product_id = p.id AND w.place = 0)
              OR EXISTS (SELECT 1 FROM product_search_words AS w
                         WHERE w.product_id = p.id AND (w.status <> p.status OR w.business_id <> p.business_id)))`,
    ),
  },
];
