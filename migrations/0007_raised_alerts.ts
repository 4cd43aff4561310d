import type { Knex } from 'knex';
import { applyAll, dropAll } from './sql/apply-sql';

const objects = ['tables/raised_alerts'];

export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await applyAll(knex, objects);
}

export async function down(knex: Knex): Promise<void> {
  await dropAll(knex, objects);
}
