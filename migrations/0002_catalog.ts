import type { Knex } from 'knex';
import { applyAll, dropAll } from './sql/apply-sql';

const objects = [
  'tables/categories',
  'tables/products',
  'tables/product_variants',
  'tables/product_images',
  'tables/promo_codes',
  'tables/stock_movements',
  'tables/product_search_words',
  'tables/search_word_pieces',
];

export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await applyAll(knex, objects);
}

export async function down(knex: Knex): Promise<void> {
  await dropAll(knex, objects);
}
