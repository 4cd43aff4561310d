import type { Database } from '../../../src/db/database';
import type { Mix } from './protocol';

/** What people write, and what that is in words for the report. */
export interface DescribedMix {
  mix: Mix;
  about: string;
}

export type Mixes = Record<'shopping' | 'newcomers', DescribedMix>;

/** Out of the shop that is there: a category and a product that a tap can name. */
export async function makeMixes(db: Database): Promise<Mixes> {
  const [category] = await db.query<{ id: number }>(
    'SELECT id FROM categories ORDER BY id LIMIT 1',
  );
  const [product] = await db.query<{ sku: string }>(
    `SELECT sku FROM products AS p
     WHERE stock_quantity > 10 AND NOT EXISTS (SELECT 1 FROM product_variants AS v WHERE v.product_id = p.id)
     ORDER BY id LIMIT 1`,
  );
  if (!category || !product) throw new Error('the demo shop is empty');
  const tap = (text: string, payload: string) => ({ text, quickReply: { payload } });
  const button = (title: string, payload: string) => ({ postback: { title, payload } });
  return {
    shopping: {
      mix: {
        name: 'people who shop',
        newPercent: 10,
        says: [
          { weight: 15, message: { text: 'hi' } },
          { weight: 20, message: tap('Shop', 'SHOP') },
          { weight: 20, message: tap('A category', `SHOW_CATEGORY:${category.id}`) },
          { weight: 20, message: button('See more', `SHOW_PRODUCT:${product.sku}`) },
          { weight: 10, message: button('Add to cart', `ADD_TO_CART:${product.sku}`) },
          { weight: 10, message: { text: 'cart' } },
          { weight: 5, message: { text: 'help' } },
        ],
      },
      about:
        '10 % first messages of new customers; of the others 20 % each open the shop, a category and a product, 15 % say hi, 10 % each add to the cart and look at it, 5 % ask for help',
    },
    newcomers: {
      mix: { name: 'new customers only', newPercent: 100, says: [] },
      about: 'the first message of somebody new, each time',
    },
  };
}
