import type { Knex } from 'knex';
import { applyAll, dropAll } from './sql/apply-sql';

const objects = [
  'procedures/sp_record_reservation_state',
  'procedures/sp_lock_order_stock',
  'procedures/sp_find_order_shortage',
  'procedures/sp_take_back_expired_holds',
  'procedures/sp_reserve_order_inventory',
  'procedures/sp_release_order_inventory',
  'procedures/sp_commit_order_inventory',
  'procedures/sp_expire_order_inventory',
  'procedures/sp_claim_payment_reference',
  'procedures/sp_learn_search_word',
  'procedures/sp_index_product_text',
  'procedures/sp_index_product',
  'triggers/before_product_update',
  'triggers/before_product_variant_update',
  'triggers/before_product_delete',
  'triggers/before_product_variant_delete',
  'triggers/after_product_created',
  'triggers/after_product_variant_created',
  'triggers/after_product_stock_change',
  'triggers/after_product_variant_stock_change',
  'triggers/before_stock_movement_update',
  'triggers/before_stock_movement_delete',
  'triggers/after_order_created',
  'triggers/after_order_status_update',
  'triggers/after_order_delivered',
  'triggers/before_order_update',
  'triggers/after_order_timing',
  'triggers/after_order_payment_reference',
  'triggers/after_queue_item_claimed',
  'triggers/after_reservation_created',
  'triggers/after_reservation_change',
  'triggers/before_history_row_update',
  'triggers/before_history_row_delete',
  'views/vw_orders_detailed',
  'views/vw_pending_orders',
  'views/vw_inventory_status',
  'events/evt_cleanup_expired_reservations',
  'events/evt_cleanup_old_queue_items',
];

export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await applyAll(knex, objects);
}

export async function down(knex: Knex): Promise<void> {
  await dropAll(knex, objects);
}
