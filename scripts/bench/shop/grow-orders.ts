import knexFactory from 'knex';
import type mysql from 'mysql2/promise';
import { knexConfig } from '../../../knexfile';
import { applySql } from '../../../migrations/sql/apply-sql';
import { inBatches, type BenchShop } from './bench-shop';

/** The newest orders of a shop wait for somebody to confirm them; the others were confirmed and have left the stock. */
const PENDING_SHARE = 0.02;

/**
 * Adds orders as they would be after some years of business: rows in every table, the ledger and the histories without a gap. Made
 * set by set, 10,000 at a time, past the triggers, whose rows are written here as well.
 */
export async function growOrders(shop: BenchShop, count: number): Promise<void> {
  if (count <= 0) return;
  const connection = await shop.connect();
  try {
    await connection.query(
      "SET SESSION time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 0",
    );
    await withoutTriggers(shop, connection, () => addOrders(shop, connection, count));
    await connection.query(`ANALYZE TABLE ${GROWN.join(', ')}`);
  } finally {
    await connection.end();
  }
}

const GROWN = [
  'orders',
  'order_items',
  'inventory_reservations',
  'order_state_history',
  'stock_movements',
  'order_metrics',
  'notification_queue',
  'order_processing_queue',
  'outbox_events',
  'products',
];

/** The database is the benchmark's own, and nobody else is in it while it grows. */
async function withoutTriggers(
  shop: BenchShop,
  connection: mysql.Connection,
  work: () => Promise<void>,
): Promise<void> {
  const [triggers] = await connection.query<mysql.RowDataPacket[]>(
    'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY ACTION_ORDER, CREATED',
  );
  for (const { name } of triggers) await connection.query('DROP TRIGGER ??', [name]);
  await work();
  const knex = knexFactory(knexConfig(shop.url));
  try {
    for (const { name } of triggers) await applySql(knex, `triggers/${String(name)}`);
  } finally {
    await knex.destroy();
  }
}

async function addOrders(
  shop: BenchShop,
  connection: mysql.Connection,
  count: number,
): Promise<void> {
  const confirmed = count - Math.floor(count * PENDING_SHARE);
  const [[ids]] = await connection.query<mysql.RowDataPacket[]>(
    'SELECT (SELECT COALESCE(MAX(id), 0) FROM orders) AS orders, (SELECT COALESCE(MAX(id), 0) FROM order_items) AS items',
  );
  await noteStock(connection, confirmed);
  const fixed = {
    businessId: shop.business.id,
    orderBase: Number(ids?.orders) + 1,
    itemBase: Number(ids?.items) + 1,
    products: shop.products.length,
    users: shop.userIds.length,
    firstUser: shop.userIds[0],
    count,
    confirmed,
  };
  await inBatches(count, async (first, size) => {
    await connection.query('START TRANSACTION');
    for (const statement of STATEMENTS)
      await connection.query(statement, { ...fixed, first, size });
    await connection.query('COMMIT');
  });
  await connection.query(LEAVE_STOCK, { count, confirmed, products: fixed.products });
}

/** The stock before: order number i is for the product at position i modulo the number of products. */
async function noteStock(connection: mysql.Connection, confirmed: number): Promise<void> {
  await connection.query('DROP TABLE IF EXISTS bench_stock, bench_links');
  await connection.query(
    `CREATE TABLE bench_stock (
       position INT UNSIGNED NOT NULL PRIMARY KEY, product_id BIGINT UNSIGNED NOT NULL, sku VARCHAR(64) NOT NULL,
       name VARCHAR(160) NOT NULL, price DECIMAL(12, 2) NOT NULL, stock INT NOT NULL, reserved INT NOT NULL, sold INT NOT NULL
     ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci`,
  );
  const [[row]] = await connection.query<mysql.RowDataPacket[]>(
    'SELECT COUNT(*) AS products FROM products',
  );
  await connection.query(
    `INSERT INTO bench_stock
     SELECT position, product_id, sku, name, price, stock, reserved, (:confirmed + :products - 1 - position) DIV :products
     FROM (SELECT CAST(ROW_NUMBER() OVER (ORDER BY id) AS SIGNED) - 1 AS position, id AS product_id, sku, name, price,
                  stock_quantity AS stock, reserved_stock AS reserved FROM products) AS numbered`,
    { confirmed, products: Number(row?.products) },
  );
  await connection.query(
    `CREATE TABLE bench_links (
       link INT NOT NULL PRIMARY KEY, kind VARCHAR(16) NOT NULL, from_state VARCHAR(20) NULL, to_state VARCHAR(20) NOT NULL,
       after_confirmation BOOLEAN NOT NULL
     ) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin`,
  );
  await connection.query(
    `INSERT INTO bench_links VALUES
       (1, 'order', NULL, 'pending', FALSE), (2, 'payment', NULL, 'unpaid', FALSE), (3, 'reservation', NULL, 'reserved', FALSE),
       (4, 'reservation', 'reserved', 'committed', TRUE), (5, 'order', 'pending', 'confirmed', TRUE)`,
  );
}

/** i = 0, 1, 2 … through all new orders; k = the how manieth of its product it is. */
const NEW = `(
    SELECT i, :orderBase + i AS order_id, :itemBase + i AS item_id, i < :confirmed AS is_confirmed, i DIV :products AS k,
           s.product_id, s.sku, s.name, s.price, s.stock, s.reserved, s.sold,
           :firstUser + (i * 7919) MOD :users AS user_id,
           CASE WHEN i < :confirmed THEN UTC_TIMESTAMP(6) - INTERVAL 1 DAY - INTERVAL (:count - i) * 10 SECOND
                ELSE UTC_TIMESTAMP(6) - INTERVAL 1 HOUR END AS at
    FROM (SELECT CAST(:first + n AS SIGNED) AS i FROM bench_numbers WHERE n < :size) AS numbers
    JOIN bench_stock AS s ON s.position = i MOD :products
) AS new_orders`;

const STATEMENTS = [
  `INSERT INTO orders
     (id, business_id, user_id, order_number, order_status, payment_status, payment_method, subtotal, shipping_fee, total_amount,
      recipient_name, shipping_phone, shipping_address, shipping_city, shipping_province, shipping_postal_code, order_source,
      idempotency_key, idempotency_hash, content_hash, confirmed_at, created_at, updated_at)
   SELECT order_id, :businessId, user_id, CONCAT('ORD-20200101-', order_id), IF(is_confirmed, 'confirmed', 'pending'), 'unpaid', 'cod',
          price, 100, price + 100, 'Juan Dela Cruz', CONCAT('+63917', LPAD(user_id, 7, '0')), CONCAT(order_id, ' Main St, Brgy. Centro'),
          'Manila', 'Metro Manila', '1000', 'web', CONCAT('grown-', order_id), LEFT(SHA2(order_id, 256), 32), LEFT(SHA2(CONCAT('content', order_id), 256), 32),
          IF(is_confirmed, at, NULL), at, at
   FROM ${NEW} ORDER BY i`,
  `INSERT INTO order_items
     (id, order_id, product_id, sku, product_name, unit_price, quantity, line_total, inventory_reserved, inventory_reserved_at, created_at)
   SELECT item_id, order_id, product_id, sku, name, price, 1, price, TRUE, at, at FROM ${NEW} ORDER BY i`,
  `INSERT INTO inventory_reservations
     (order_id, order_item_id, product_id, quantity, status, expires_at, created_at, committed_at)
   SELECT order_id, item_id, product_id, 1, IF(is_confirmed, 'committed', 'reserved'), at + INTERVAL 1 DAY, at, IF(is_confirmed, at, NULL)
   FROM ${NEW} ORDER BY i`,
  `INSERT INTO order_state_history (order_id, kind, from_state, to_state, changed_by, reason, created_at)
   SELECT order_id, kind, from_state, to_state, 'bench', 'grown', at
   FROM ${NEW} JOIN bench_links ON is_confirmed OR NOT after_confirmation ORDER BY i, link`,
  `INSERT INTO stock_movements
     (business_id, product_id, order_id, stock_before, stock_after, reserved_before, reserved_after, actor, reason, created_at)
   SELECT :businessId, product_id, order_id,
          CASE WHEN is_confirmed THEN stock - k ELSE stock - sold END,
          CASE WHEN is_confirmed THEN stock - k - step ELSE stock - sold END,
          CASE WHEN is_confirmed THEN reserved + step ELSE reserved + k - sold END,
          CASE WHEN is_confirmed THEN reserved + 1 - step ELSE reserved + k - sold + 1 END,
          'bench', 'grown', at
   FROM ${NEW} JOIN (SELECT 0 AS step UNION ALL SELECT 1) AS steps ON is_confirmed OR step = 0 ORDER BY i, step`,
  `INSERT INTO order_metrics (order_id, business_id, validation_duration_ms, created_at)
   SELECT order_id, :businessId, 2, at FROM ${NEW} ORDER BY i`,
  // What was done long ago is purged in a shop that runs.
  `INSERT INTO notification_queue
     (business_id, order_id, recipient_type, user_id, template, payload, scheduled_at, status, attempts, created_at, sent_at)
   SELECT :businessId, order_id, 'customer', user_id, 'order_received', '{}', at, 'sent', 1, at, at
   FROM ${NEW} WHERE NOT is_confirmed ORDER BY i`,
  `INSERT INTO order_processing_queue (business_id, order_id, queue_type, status, attempts, available_at, created_at, completed_at)
   SELECT :businessId, order_id, 'new_order', 'completed', 1, at, at, at FROM ${NEW} WHERE NOT is_confirmed ORDER BY i`,
  `INSERT INTO outbox_events
     (business_id, aggregate_type, aggregate_id, event_type, payload, status, available_at, created_at, published_at)
   SELECT :businessId, 'order', order_id, 'order.created', '{}', 'published', at, at, at
   FROM ${NEW} WHERE NOT is_confirmed ORDER BY i`,
];

const LEAVE_STOCK = `UPDATE bench_stock AS s STRAIGHT_JOIN products AS p ON p.id = s.product_id
  SET p.stock_quantity = s.stock - s.sold,
      p.reserved_stock = s.reserved + (:count + :products - 1 - s.position) DIV :products - s.sold`;
