import type { Knex } from 'knex';
import { applyAll, dropAll } from './sql/apply-sql';

const objects = [
  'procedures/sp_take_back_expired_stock',
  'procedures/sp_open_group',
  'procedures/sp_decide_group_stock',
  'procedures/sp_decide_group_orders',
  'procedures/sp_decide_group_promos',
  'procedures/sp_place_orders',
];

export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await applyAll(knex, objects);
}

export async function down(knex: Knex): Promise<void> {
  await dropAll(knex, objects);
}
