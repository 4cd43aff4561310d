import type { Database } from '../../src/db/database';

/** Enough for the optimizer to care, few enough to be written in seconds. */
const ORDERS = 6_000;
const PRODUCTS = 3_000;
const USERS = 1_500;
const ROWS_PER_INSERT = 1_000;
const MINUTE_MS = 60_000;

export interface FullShop {
  businessId: number;
  orderId: number;
  orderNumber: string;
  userId: number;
  productId: number;
  variantId: number;
  now: Date;
}

/**
 * A shop as it is after a while, as bare rows: most orders delivered, most messages sent, most holds sold, and two small shops beside
 * it. Ends with ANALYZE TABLE, so that the optimizer knows.
 */
export async function fillShop(db: Database): Promise<FullShop> {
  const now = new Date();
  const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE_MS);
  const shopOf = (n: number) => (n % 20 === 0 ? 2 + (n % 2) : 1);
  const fill = async (
    table: string,
    columns: string,
    count: number,
    row: (n: number) => unknown[],
  ) => {
    for (let from = 1; from <= count; from += ROWS_PER_INSERT) {
      const size = Math.min(ROWS_PER_INSERT, count - from + 1);
      const rows = Array.from({ length: size }, (_, at) => row(from + at));
      await db.execute(`INSERT INTO ${table} (${columns}) VALUES ?`, [rows]);
    }
  };

  await fill('businesses', 'id, slug, name, settings', 3, (n) => [n, `s${n}`, 'Shop', '{}']);
  await fill('categories', 'id, business_id, name, slug', 60, (n) => [n, shopOf(n), 'C', `c${n}`]);
  await fill('users', 'id, business_id, name, phone', USERS, (n) => [
    n,
    shopOf(n),
    'Maria',
    `+63917${n}`,
  ]);
  await fill(
    'products',
    'id, business_id, category_id, sku, name, price, stock_quantity, status, position',
    PRODUCTS,
    (n) => [n, shopOf(n), 1 + (n % 60), `P-${n}`, 'Thing', 100, 50, 'active', n],
  );
  await fill(
    'product_variants',
    'id, business_id, product_id, sku, name, price, stock_quantity, position',
    PRODUCTS,
    (n) => [n, shopOf(n), 1 + (n % 1_000), `V-${n}`, 'L', 100, 50, n],
  );
  await fill('promo_codes', 'id, business_id, code, discount_type', 300, (n) => [
    n,
    shopOf(n),
    `CODE${n}`,
    'percent',
  ]);
  const status = (n: number) =>
    n % 40 === 0 ? 'pending' : n % 9 === 0 ? 'cancelled' : 'delivered';
  await fill(
    'orders',
    `id, business_id, user_id, order_number, order_status, payment_status, payment_method, subtotal, total_amount, promo_code_id,
     recipient_name, shipping_phone, shipping_address, shipping_city, shipping_province, order_source, idempotency_key,
     content_hash, ip_address, created_at`,
    ORDERS,
    (n) => [
      n,
      shopOf(n),
      1 + (n % USERS),
      `ORD-20251120-${String(n).padStart(5, '0')}`,
      status(n),
      n % 40 === 0 ? 'pending' : 'paid',
      n % 2 ? 'cod' : 'card',
      100,
      100,
      n % 3 ? null : 1 + (n % 300),
      'Juan',
      `+63917${n % USERS}`,
      '1 Main St',
      'Manila',
      'Metro Manila',
      'messenger',
      `key-${n}`,
      String(n).padStart(32, '0'),
      `10.0.${n % 200}.${n % 250}`,
      ago((ORDERS - n) * 10),
    ],
  );
  await fill(
    'order_items',
    'id, order_id, product_id, variant_id, sku, product_name, unit_price, quantity, line_total, inventory_reserved',
    ORDERS,
    (n) => [n, n, 1 + (n % PRODUCTS), null, 'P', 'Thing', 100, 1, 100, n % 9 !== 0],
  );
  await fill(
    'inventory_reservations',
    'order_id, order_item_id, product_id, variant_id, quantity, status, expires_at, created_at',
    ORDERS,
    (n) => [
      n,
      n,
      1 + (n % PRODUCTS),
      null,
      1,
      n % 40 === 0 ? 'reserved' : n % 9 === 0 ? 'released' : n % 11 === 0 ? 'expired' : 'committed',
      n % 200 === 0 ? ago(5) : ago((ORDERS - n) * 10 - 60),
      ago((ORDERS - n) * 10),
    ],
  );
  await fill(
    'order_processing_queue',
    'business_id, order_id, queue_type, status, priority, available_at, locked_until, created_at, completed_at',
    ORDERS,
    (n) => {
      const state = n % 50 === 0 ? 'pending' : n % 333 === 0 ? 'processing' : 'completed';
      const at = ago((ORDERS - n) * 10);
      const type = n % 2 ? 'new_order' : 'fulfillment';
      return [
        shopOf(n),
        n,
        type,
        state,
        1 + (n % 5),
        at,
        at,
        at,
        state === 'completed' ? at : null,
      ];
    },
  );
  await fill(
    'order_errors',
    'business_id, order_id, error_type, severity, error_code, error_message, is_resolved, created_at',
    ORDERS,
    (n) => [
      shopOf(n),
      n,
      'inventory',
      'low',
      'INSUFFICIENT_STOCK',
      'gone',
      n % 30 !== 0,
      ago((ORDERS - n) * 10),
    ],
  );
  await fill('order_metrics', 'order_id, business_id, created_at', ORDERS, (n) => [
    n,
    shopOf(n),
    ago((ORDERS - n) * 10),
  ]);
  await fill(
    'order_reviews',
    'business_id, order_id, kind, reasons, status, created_at',
    3_000,
    (n) => [shopOf(n), n, 'verification', '[]', n % 50 === 0 ? 'open' : 'approved', now],
  );
  await fill(
    'notification_queue',
    'business_id, order_id, recipient_type, template, payload, scheduled_at, status',
    ORDERS,
    (n) => [shopOf(n), n, 'customer', 'order_received', '{}', ago(n), n % 100 ? 'sent' : 'pending'],
  );
  await fill(
    'outbox_events',
    'business_id, aggregate_type, aggregate_id, event_type, payload, status, available_at, created_at',
    ORDERS,
    (n) => [
      shopOf(n),
      'order',
      n,
      'order.created',
      '{}',
      n % 100 ? 'published' : 'pending',
      ago(n),
      now,
    ],
  );
  await fill(
    'conversations',
    'id, conversation_key, business_id, channel, account_id, external_id, user_id, staff_id',
    USERS,
    (n) => [
      n,
      `messenger:page:${n}`,
      shopOf(n),
      'messenger',
      'page',
      `${n}`,
      n,
      n % 100 ? null : n,
    ],
  );
  await fill(
    'customer_identities',
    'business_id, user_id, channel, account_id, external_id',
    USERS,
    (n) => [shopOf(n), n, 'messenger', 'page', `${n}`],
  );
  await fill(
    'inbox_messages',
    `business_id, channel, account_id, provider_message_id, conversation_key, external_id, kind, event, state, next_attempt_at,
     sent_at, received_at`,
    ORDERS,
    (n) => [
      shopOf(n),
      'messenger',
      'page',
      `m-${n}`,
      `messenger:page:${1 + (n % USERS)}`,
      `${1 + (n % USERS)}`,
      'message',
      '{}',
      n % 100 ? 'done' : 'pending',
      ago(n),
      ago(n),
      ago(n),
    ],
  );
  await fill(
    'outgoing_messages',
    `business_id, conversation_id, notification_id, payload, display_text, state, next_attempt_at, provider_message_id, created_at`,
    ORDERS,
    (n) => [
      shopOf(n),
      1 + (n % USERS),
      n,
      '{}',
      'hi',
      n % 100 ? 'sent' : 'queued',
      ago(n),
      `p-${n}`,
      ago(n),
    ],
  );
  await fill('carts', 'id, business_id, user_id, expires_at', USERS, (n) => [
    n,
    shopOf(n),
    n,
    n % 100 ? new Date(now.getTime() + MINUTE_MS) : ago(n),
  ]);
  await fill('cart_items', 'cart_id, product_id, quantity, price_seen', USERS, (n) => [
    n,
    1 + (n % PRODUCTS),
    1,
    100,
  ]);
  await fill(
    'audit_log',
    'business_id, actor, action, subject, outcome, created_at',
    3_000,
    (n) => [shopOf(n), 'staff:1', 'order.confirm', `order:${n}`, 'done', ago(n * 10)],
  );
  await fill('job_runs', 'job, tick, started_at', 3_000, (n) => ['expire-holds', ago(n), ago(n)]);

  const tables = await db.query<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
  );
  for (const { name } of tables) await db.query(`ANALYZE TABLE ${name}`);
  const orderNumber = 'ORD-20251120-04001';
  return {
    businessId: 1,
    orderId: 4_001,
    orderNumber,
    userId: 77,
    productId: 777,
    variantId: 777,
    now,
  };
}
