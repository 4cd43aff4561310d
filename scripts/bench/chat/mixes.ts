import type { Database } from '../../../src/db/database';
import type { Message, Mix } from './protocol';

/** What people write, and what that is in words for the report. */
export interface DescribedMix {
  mix: Mix;
  about: string;
}

export type Mixes = Record<'shopping' | 'newcomers', DescribedMix>;

/** Categories and products that people look at. */
const DIFFERENT = 20;

/** Out of the shop that is there. */
export async function makeMixes(db: Database): Promise<Mixes> {
  const categories = await db.query<{ id: number }>(
    'SELECT id FROM categories ORDER BY id LIMIT :limit',
    { limit: DIFFERENT },
  );
  const products = await db.query<{ sku: string }>(
    `SELECT sku FROM products AS p
     WHERE stock_quantity > 10 AND NOT EXISTS (SELECT 1 FROM product_variants AS v WHERE v.product_id = p.id)
     ORDER BY id LIMIT :limit`,
    { limit: DIFFERENT },
  );
  if (categories.length === 0 || products.length === 0) throw new Error('the demo shop is empty');
  const tap = (text: string, payload: string) => ({ text, quickReply: { payload } });
  const button = (title: string, payload: string) => ({ postback: { title, payload } });
  const each = <T>(weight: number, of: readonly T[], message: (one: T) => Message) =>
    of.map((one) => ({ weight: weight / of.length, message: message(one) }));
  return {
    shopping: {
      mix: {
        name: 'people who shop',
        newPercent: 10,
        says: [
          { weight: 15, message: { text: 'hi' } },
          { weight: 20, message: tap('Shop', 'SHOP') },
          ...each(20, categories, ({ id }) => tap('A category', `SHOW_CATEGORY:${id}`)),
          ...each(20, products, ({ sku }) => button('See more', `SHOW_PRODUCT:${sku}`)),
          ...each(10, products, ({ sku }) => button('Add to cart', `ADD_TO_CART:${sku}`)),
          { weight: 10, message: { text: 'cart' } },
          { weight: 5, message: { text: 'help' } },
        ],
      },
      about:
        '10 % first messages of new customers; of the others 20 % each open the shop, one of its categories and one of its products, 15 % say hi, 10 % each add to the cart and look at it, 5 % ask for help',
    },
    newcomers: {
      mix: { name: 'new customers only', newPercent: 100, says: [] },
      about: 'the first message of somebody new, each time',
    },
  };
}
