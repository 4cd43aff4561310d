import type { Knex } from 'knex';
import { applyAll, dropAll } from './sql/apply-sql';

const objects = [
  'tables/conversations',
  'tables/botframework_references',
  'tables/inbox_messages',
  'tables/media_files',
  'tables/media_chunks',
  'tables/inbox_media',
  'tables/outgoing_messages',
  'tables/consents',
  'triggers/before_consent_update',
  'triggers/before_consent_delete',
  'tables/carts',
  'tables/cart_items',
  'tables/notification_queue',
  'tables/job_runs',
  'tables/sending_accounts',
  'tables/notification_groups',
  'tables/channel_links',
];

export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await applyAll(knex, objects);
}

export async function down(knex: Knex): Promise<void> {
  await dropAll(knex, objects);
}
