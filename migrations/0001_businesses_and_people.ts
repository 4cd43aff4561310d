import type { Knex } from 'knex';
import { applyAll, dropAll } from './sql/apply-sql';

const objects = [
  'tables/businesses',
  'tables/business_channels',
  'tables/staff',
  'tables/staff_link_codes',
  'tables/users',
  'tables/customer_identities',
  'tables/audit_log',
];

/** DDL commits by itself; each statement can be repeated instead. */
export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await applyAll(knex, objects);
}

export async function down(knex: Knex): Promise<void> {
  await dropAll(knex, objects);
}
