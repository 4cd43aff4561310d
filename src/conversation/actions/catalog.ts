import {
  findProductBySku,
  listCategories,
  listProducts,
  listVariants,
} from '../../catalog/catalog-store';
import { searchProducts } from '../../catalog/search-products';
import type { Product, Sellable } from '../../catalog/product';
import type { Card, Choice } from '../../channels/reply';
import { displayMoney } from '../../lib/money';
import { label, slotText, type Turn } from '../turn';
import { defineAction } from './action';

/** What a carousel shows well, and what a numbered list on a small phone can bear. */
const PER_PAGE = 8;
const MAX_CATEGORIES = 12;
const MAX_VARIANTS = 12;

defineAction('catalog.categories', ['ok', 'empty'], async (turn) => {
  const categories = await listCategories(turn.trx, turn.business.id);
  if (categories.length === 0) return { outcome: 'empty' };
  const choices = categories
    .slice(0, MAX_CATEGORIES)
    .map(({ id, name }) => ({ title: name, value: `SHOW_CATEGORY:${id}` }));
  return { outcome: 'ok', view: { reply: { choices } } };
});

/** One page of a category; `category` is its id, with `@` and an offset for the further pages. */
defineAction('catalog.products', ['ok', 'empty'], async (turn, slots) => {
  const [id = '', from = '0'] = slotText(slots, 'category').split('@');
  const categoryId = Number(id);
  const offset = Math.max(0, Number(from) || 0);
  const category = (await listCategories(turn.trx, turn.business.id)).find(
    (one) => one.id === categoryId,
  );
  if (!category) return { outcome: 'empty' };
  const { products, total } = await listProducts(turn.trx, turn.business.id, {
    categoryId,
    offset,
    limit: PER_PAGE,
  });
  if (products.length === 0) return { outcome: 'empty' };
  const next = offset + products.length;
  const more: Choice[] =
    next < total
      ? [
          {
            title: label(turn, 'product_words', 'more'),
            value: `SHOW_CATEGORY:${categoryId}@${next}`,
          },
        ]
      : [];
  return {
    outcome: 'ok',
    view: {
      params: { category: category.name, from: offset + 1, to: next, total },
      reply: { cards: products.map((product) => cardOf(turn, product)), choices: more },
    },
  };
});

defineAction('catalog.search', ['ok', 'none'], async (turn, slots) => {
  const query = slotText(slots, 'query');
  const products = await searchProducts(turn.trx, {
    businessId: turn.business.id,
    text: query,
    limit: PER_PAGE,
    inDescriptions: true,
  });
  if (products.length === 0) return { outcome: 'none' };
  return {
    outcome: 'ok',
    view: {
      params: { query, count: products.length },
      reply: { cards: products.map((product) => cardOf(turn, product)) },
    },
  };
});

defineAction('catalog.product', ['ok', 'gone'], async (turn, slots) => {
  const product = await findProductBySku(turn.trx, turn.business.id, slotText(slots, 'sku'));
  if (!product) return { outcome: 'gone' };
  const variants = product.hasVariants ? await listVariants(turn.trx, [product.id]) : [];
  const choices = product.hasVariants
    ? variants.slice(0, MAX_VARIANTS - 2).map((variant) => variantChoice(turn, variant))
    : product.available > 0
      ? [{ title: label(turn, 'product_words', 'add'), value: `ADD_TO_CART:${product.sku}` }]
      : [];
  return {
    outcome: 'ok',
    view: {
      params: {
        name: product.name,
        price: priceOf(turn, product),
        description: product.description,
        stock: stockWords(turn, product),
      },
      reply: { imageUrl: product.imageUrl ?? undefined, choices },
    },
  };
});

defineAction('catalog.variants', ['ok', 'gone'], async (turn, slots) => {
  const product = await findProductBySku(turn.trx, turn.business.id, slotText(slots, 'sku'));
  const variants = product ? await listVariants(turn.trx, [product.id]) : [];
  if (!product || variants.length === 0) return { outcome: 'gone' };
  return {
    outcome: 'ok',
    view: {
      params: { name: product.name },
      reply: {
        choices: variants.slice(0, MAX_VARIANTS).map((variant) => variantChoice(turn, variant)),
      },
    },
  };
});

/** "In stock", or how few are left: a number only when it is getting short. */
export function stockWords(
  turn: Turn,
  of: Pick<Product, 'available' | 'lowStockThreshold'>,
): string {
  const level = of.available <= 0 ? 'out' : of.available <= of.lowStockThreshold ? 'low' : 'plenty';
  return label(turn, 'stock_words', level, { available: of.available });
}

export const priceOf = (turn: Turn, of: { price: number }): string =>
  displayMoney(of.price, turn.business.currency);

function cardOf(turn: Turn, product: Product): Card {
  const see = { title: label(turn, 'product_words', 'see'), value: `SHOW_PRODUCT:${product.sku}` };
  const add = {
    title: label(turn, 'product_words', product.hasVariants ? 'choose' : 'add'),
    value: `ADD_TO_CART:${product.sku}`,
  };
  return {
    title: product.name,
    subtitle: `${priceOf(turn, product)} - ${stockWords(turn, product)}`,
    imageUrl: product.imageUrl ?? undefined,
    choices: product.available > 0 ? [see, add] : [see],
  };
}

function variantChoice(turn: Turn, variant: Sellable): Choice {
  const soldOut =
    variant.available > 0 ? '' : ` (${label(turn, 'stock_words', 'out', { available: 0 })})`;
  return {
    title: `${variant.variantName ?? variant.name}${soldOut}`,
    value: `ADD_TO_CART:${variant.sku}`,
  };
}
