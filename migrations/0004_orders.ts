import type { Knex } from 'knex';
import { applyAll, dropAll } from './sql/apply-sql';

const objects = [
  'tables/orders',
  'tables/payment_references',
  'tables/order_items',
  'tables/order_counters',
  'tables/order_state_history',
  'tables/order_processing_queue',
  'tables/inventory_reservations',
  'tables/order_errors',
  'tables/order_metrics',
  'tables/order_reviews',
  'tables/outbox_events',
];

export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await applyAll(knex, objects);
}

export async function down(knex: Knex): Promise<void> {
  await dropAll(knex, objects);
}
