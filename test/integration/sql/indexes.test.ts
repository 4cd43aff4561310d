import { readFileSync } from 'node:fs';
import path from 'node:path';
import { queueHeads } from '../../../src/api/queue-heads-store';
import { deleteExpiredCarts } from '../../../src/cart/cart-store';
import { countPromoUses, findPromo } from '../../../src/cart/promo-store';
import {
  findProductBySku,
  listCategories,
  listProducts,
  listVariants,
} from '../../../src/catalog/catalog-store';
import {
  countTerms,
  PLACES,
  productsWithTerms,
  wordsWithPieces,
  type Scope,
  type Term,
} from '../../../src/catalog/search-store';
import { piecesOf } from '../../../src/catalog/word-pieces';
import { findConversation } from '../../../src/customers/conversation-store';
import type { Database, Params, Queryable, Transaction } from '../../../src/db/database';
import { dueLanes, nextPending } from '../../../src/inbox/inbox-store';
import {
  holdExpiry,
  ordersWithExpiredHolds,
  stockOf,
} from '../../../src/inventory/inventory-store';
import { lockFigures } from '../../../src/inventory/reconcile-store';
import { failureRates } from '../../../src/inventory/stock-alert-store';
import { ordersWithStuckHolds } from '../../../src/inventory/stuck-hold-store';
import { deleteTicks } from '../../../src/jobs/job-store';
import { claimNotifications } from '../../../src/notifications/notification-store';
import { unpaidPastHold } from '../../../src/orders/expired-order-store';
import {
  findOrder,
  findOrderByKey,
  findOrderByRef,
  historyOf,
  itemsOf,
  listOrders,
} from '../../../src/orders/order-store';
import { countPendingOrders, findDuplicate } from '../../../src/orders/placement-store';
import { openReviews } from '../../../src/orders/review-store';
import { dueConversations, queuedMessages } from '../../../src/outgoing/outgoing-store';
import { deleteCompleted, lockDue, lockLapsed } from '../../../src/queue/queue-store';
import { fillShop, type FullShop } from '../../support/full-shop';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

let test: TestDatabase;
let shop: FullShop;
/** MySQL 9 draws a tree unless it is told otherwise, and MariaDB has no word for its table. */
let explain = 'EXPLAIN';

beforeAll(async () => {
  test = await createTestDatabase();
  shop = await fillShop(test.db);
  const [about] = await test.db.query<{ version: string }>('SELECT VERSION() AS version');
  if (!about?.version.includes('MariaDB')) explain = 'EXPLAIN FORMAT=TRADITIONAL';
}, 180_000);
afterAll(() => test?.drop());

const namesOf = ({ businessId }: FullShop): Scope => ({ businessId, statuses: ['active'], places: [PLACES.name] }); // prettier-ignore
const aTerm = (word: string): Term => ({ words: [word], categoryIds: [] });

type Ask = (q: Transaction, shop: FullShop) => Promise<unknown>;
/** A statement that has no function of its own yet, or is part of one that writes. */
const sql =
  (text: string): Ask =>
  (q, given) =>
    q.query(text, { ...given });

/** What is asked, the index that must serve it (any one of several), and the function of the product that asks. */
const HOT: [string, string | string[], Ask][] = [
  ['an order by its number', 'orders_number_uk', (q, s) => findOrder(q, s.businessId, s.orderNumber)],
  ['an order by its idempotency key', 'orders_idempotency_uk', (q, s) => findOrderByKey(q, s.businessId, 'key-4001')],
  ['the last order of a shop', 'orders_created_idx', (q, s) => findOrderByRef(q, s.businessId, 'last')],
  ['orders by status', 'orders_status_idx', (q, s) => listOrders(q, { businessId: s.businessId, status: 'pending', limit: 50 })],
  ['orders by payment status', 'orders_payment_idx', (q, s) => listOrders(q, { businessId: s.businessId, paymentStatus: 'pending', limit: 50 })],
  ['orders of a day', 'orders_created_idx', (q, s) => listOrders(q, { businessId: s.businessId, from: new Date(s.now.getTime() - 3_600_000), limit: 50 })],
  ['orders of a customer', ['orders_user_idx', 'orders_user_recent_idx'], (q, s) => listOrders(q, { businessId: s.businessId, userId: s.userId, limit: 20 })],
  ['how many orders of a customer are pending', 'orders_user_idx', (q, s) => countPendingOrders(q, s.userId, 5)],
  ['a duplicate of an order', 'orders_content_idx', (q, s) => findDuplicate(q, s.userId, '77'.padStart(32, '0'), new Date(0))],
  ['the uses of a promo code by a customer', 'orders_user_idx', (q, s) => countPromoUses(q, 7, s.userId)],
  ['orders to one phone lately', 'orders_phone_idx', sql("SELECT COUNT(*) FROM orders WHERE shipping_phone = '+6391777' AND created_at > :now")],
  ['the lines of an order', 'order_items_order_idx', (q, s) => itemsOf(q, s.orderId)],
  ['the history of an order', 'order_state_history_chain_idx', (q, s) => historyOf(q, s.orderId)],
  ['the last link of a chain', 'order_state_history_chain_idx', sql("SELECT to_state FROM order_state_history WHERE order_id = :orderId AND kind = 'order' ORDER BY id DESC LIMIT 1")],
  ['holds that have run out', 'inventory_reservations_expiry_idx', (q) => ordersWithExpiredHolds(q, 100)],
  ['unpaid orders past their hold', 'inventory_reservations_expiry_idx', (q) => unpaidPastHold(q, ['card'], 100)],
  ['stuck holds', 'inventory_reservations_expiry_idx', (q) => ordersWithStuckHolds(q, 100)],
  ['the hold of an order', 'inventory_reservations_order_idx', (q, s) => holdExpiry(q, s.orderId)],
  ['the live hold of a line', 'inventory_reservations_live_uk', sql('SELECT id FROM inventory_reservations WHERE live_order_item_id = :orderId')],
  ['the holds and the ledger of a product', ['inventory_reservations_stock_idx'], (q, s) => lockFigures(q, { productId: s.productId, variantId: null })],
  ['the ledger of a stock row, newest first', 'stock_movements_stock_idx', sql('SELECT * FROM stock_movements WHERE product_id = :productId AND variant_id IS NULL ORDER BY id DESC LIMIT 20')],
  ['what an order did to the stock', 'stock_movements_order_idx', sql('SELECT * FROM stock_movements WHERE order_id = :orderId')],
  ['a product by SKU', 'products_sku_uk', (q, s) => findProductBySku(q, s.businessId, 'P-777')],
  ['a variant by SKU', 'product_variants_sku_uk', (q, s) => stockOf(q, s.businessId, 'V-777')],
  ['the products of a category', 'products_shelf_idx', (q, s) => listProducts(q, s.businessId, { categoryId: 7, offset: 0, limit: 10 })],
  ['the variants of a product', 'product_variants_product_idx', (q, s) => listVariants(q, [s.productId])],
  ['the categories of a shop', ['categories_menu_idx', 'products_shelf_idx'], (q, s) => listCategories(q, s.businessId)],
  ['how many products have a word', 'product_search_words_find_idx', (q, s) => countTerms(q, namesOf(s), [aTerm('thing'), aTerm('1')])],
  ['products that have words', 'product_search_words_find_idx', (q, s) => productsWithTerms(q, namesOf(s), { terms: [{ term: aTerm('thing'), count: 50 }, { term: aTerm('red'), count: 100 }], text: 'red thing', limit: 10, lookedAt: 100 })],
  ['products that have a word, and a common one', 'product_search_words_find_idx', (q, s) => productsWithTerms(q, namesOf(s), { terms: [{ term: aTerm('thing'), count: 5 }, { term: aTerm('red'), count: 5_000 }], text: 'red thing', limit: 10, lookedAt: 100 })],
  ['words that come close to a mistyped one', 'PRIMARY', (q, s) => wordsWithPieces(q, { businessId: s.businessId, pieces: piecesOf('thign'), ending: 'thign' })],
  ['a promo code', 'promo_codes_code_uk', (q, s) => findPromo(q, s.businessId, 'CODE7')],
  ['the cart of a customer', 'carts_owner_uk', sql('SELECT id FROM carts WHERE business_id = :businessId AND user_id = :userId')],
  ['carts that have expired', 'carts_expiry_idx', (q, s) => deleteExpiredCarts(q, new Date(s.now.getTime() - 3_600_000), 100)],
  ['the lines of a cart', 'cart_items_line_uk', sql('SELECT * FROM cart_items WHERE cart_id = :userId')],
  ['a conversation by its key', 'conversations_key_uk', (q) => findConversation(q, 'messenger:page:77')],
  ['a customer by a channel identity', 'customer_identities_uk', sql("SELECT user_id FROM customer_identities WHERE business_id = :businessId AND channel = 'messenger' AND account_id = 'page' AND external_id = '77'")],
  ["a lane's next message", 'inbox_messages_lane_idx', (q) => nextPending(q, 'messenger:page:102')],
  ['lanes that are due', 'inbox_messages_due_idx', (q, s) => dueLanes(q, s.now, 100)],
  ['a repeated message', 'inbox_messages_provider_uk', sql("SELECT id FROM inbox_messages WHERE channel = 'messenger' AND account_id = 'page' AND provider_message_id = 'm-77'")],
  ["a conversation's next send", 'outgoing_messages_lane_idx', (q) => queuedMessages(q, 102, 10)],
  ['sends that are due', 'outgoing_messages_due_idx', (q, s) => dueConversations(q, s.now, ['none'], 100)],
  ['the message of a receipt', 'outgoing_messages_provider_idx', sql("SELECT id FROM outgoing_messages WHERE provider_message_id = 'p-77'")],
  ['the message of a notification', 'outgoing_messages_notification_idx', sql('SELECT id FROM outgoing_messages WHERE notification_id = 77')],
  ['notifications that are due', 'notification_queue_due_idx', (q, s) => claimNotifications(q, s.now, 1)],
  ['the notifications of an order', 'notification_queue_order_idx', sql('SELECT * FROM notification_queue WHERE order_id = :orderId')],
  ['claiming from the queue', 'order_processing_queue_claim_idx', (q, s) => lockDue(q, { type: 'new_order', lastPriority: 5, now: s.now, limit: 10 })],
  ['leases of the queue that have run out', 'order_processing_queue_lease_idx', (q, s) => lockLapsed(q, s.now, 10)],
  ['the work of an order', 'order_processing_queue_order_idx', sql('SELECT * FROM order_processing_queue WHERE order_id = :orderId')],
  ['finished work to delete', 'order_processing_queue_done_idx', (q, s) => deleteCompleted(q, new Date(s.now.getTime() - 41 * 24 * 3_600_000), 1_000)],
  ['how late the inbox is', 'inbox_messages_due_idx', (q, s) => queueHeads(q, s.now)],
  ['how late sending is', 'outgoing_messages_due_idx', (q, s) => queueHeads(q, s.now)],
  ['how late notifications are', 'notification_queue_due_idx', (q, s) => queueHeads(q, s.now)],
  ['how late the queue of orders is', 'order_processing_queue_claim_idx', (q, s) => queueHeads(q, s.now)],
  ['how late lapsed work is', 'order_processing_queue_lease_idx', (q, s) => queueHeads(q, s.now)],
  ['events to relay', 'outbox_events_due_idx', sql("SELECT id FROM outbox_events WHERE status = 'pending' AND available_at <= :now ORDER BY available_at, id LIMIT 100")],
  ['an earlier event of the same order', 'outbox_events_aggregate_idx', sql("SELECT id FROM outbox_events WHERE aggregate_type = 'order' AND aggregate_id = :orderId AND status = 'pending' ORDER BY id LIMIT 1")],
  ['the open reviews of an order', 'order_reviews_kind_uk', (q, s) => openReviews(q, s.orderId)],
  ['the open reviews of a shop', 'order_reviews_open_idx', sql("SELECT * FROM order_reviews WHERE business_id = :businessId AND status = 'open' ORDER BY id LIMIT 50")],
  ['the open errors of a shop', 'order_errors_open_idx', sql('SELECT * FROM order_errors WHERE business_id = :businessId AND is_resolved = FALSE ORDER BY created_at DESC LIMIT 10')],
  ['the open errors of all shops', 'order_errors_unresolved_idx', sql('SELECT * FROM order_errors WHERE is_resolved = FALSE ORDER BY created_at DESC LIMIT 10')],
  ['the errors of an order', 'order_errors_order_idx', sql('SELECT * FROM order_errors WHERE order_id = :orderId ORDER BY created_at DESC')],
  ['how many orders were refused lately', 'order_errors_unresolved_idx', (q, s) => failureRates(q, new Date(s.now.getTime() - 900_000))],
  ['how long orders took lately', 'order_metrics_created_idx', sql('SELECT AVG(total_processing_duration_ms) FROM order_metrics WHERE created_at >= :now - INTERVAL 24 HOUR')],
  ['a customer by phone', 'users_business_phone_idx', sql("SELECT id FROM users WHERE business_id = :businessId AND phone = '+6391777'")],
  ['the audit of a thing', 'audit_log_subject_idx', sql("SELECT * FROM audit_log WHERE business_id = :businessId AND subject = 'order:77' ORDER BY id DESC LIMIT 20")],
  ['old ticks', 'job_runs_tick_idx', (q, s) => deleteTicks(q, new Date(s.now.getTime() - 49 * 3_600_000), 1_000)],
]; // prettier-ignore

interface Step {
  table: string | null;
  type: string | null;
  key: string | null;
}

/** A database that explains what it is asked before it answers. */
function explaining(db: Database, plans: { sql: string; steps: Step[] }[]): Transaction {
  const note = async (text: string, params?: Params) => {
    if (/^\s*(SELECT|DELETE|UPDATE)/i.test(text))
      plans.push({ sql: text, steps: await db.query<Step>(`${explain} ${text}`, params) });
  };
  const q: Queryable = {
    query: async <Row>(text: string, params?: Params) => {
      await note(text, params);
      return db.query<Row>(text, params);
    },
    execute: async (text, params) => {
      await note(text, params);
      return db.execute(text, params);
    },
    call: (text, params) => db.call(text, params),
  };
  return { ...q, isTransaction: true };
}

it.each(HOT)('%s: %s', async (_what, wanted, ask) => {
  const plans: { sql: string; steps: Step[] }[] = [];
  await ask(explaining(test.db, plans), shop).catch((error: unknown) => {
    // The rows are bare; only the plans matter.
    if (plans.length === 0) throw error;
  });
  const steps = plans.flatMap((plan) => plan.steps);
  const used = steps.flatMap(({ key }) => key?.split(',') ?? []);
  const intended = [wanted].flat();
  expect({ intended, isUsed: intended.some((index) => used.includes(index)), plans }).toMatchObject(
    {
      isUsed: true,
    },
  );
});

/** Tables of a few rows, for which a scan is the best plan. */
const IS_SMALL = /^(<|raised_alerts|a$|c$|s$|businesses|categories)/;

it('reads no large table from end to end for any of them', async () => {
  const scans: string[] = [];
  for (const [what, , ask] of HOT) {
    const plans: { sql: string; steps: Step[] }[] = [];
    await ask(explaining(test.db, plans), shop).catch(() => undefined);
    for (const { table, type } of plans.flatMap((plan) => plan.steps))
      if (type === 'ALL' && table !== null && !IS_SMALL.test(table))
        scans.push(`${what}: ${table}`);
  }
  expect(scans).toEqual([]);
});

describe('docs/indexes.md', () => {
  const text = readFileSync(path.join(__dirname, '..', '..', '..', 'docs', 'indexes.md'), 'utf8');
  const lines = [...text.matchAll(/^\| `(\w+)` +\| `([\w, ]+)` +\| (.+?) +\|$/gm)].map(
    ([, name = '', columns = '', serves = '']) => ({ name, columns, serves }),
  );

  it('lists every index of the schema with its columns, and no other', async () => {
    const rows = await test.db.query<{ name: string; columns: string }>(
      `SELECT INDEX_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX SEPARATOR ', ') AS columns
       FROM information_schema.STATISTICS
       WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME <> 'PRIMARY'
       GROUP BY TABLE_NAME, INDEX_NAME`,
    );
    const schema = rows.map(({ name, columns }) => `${name} (${columns})`).sort();
    expect(lines.map(({ name, columns }) => `${name} (${columns})`).sort()).toEqual(schema);
    expect(schema.length).toBeGreaterThan(25);
  });

  it('says what each is for', () => {
    expect(lines.filter(({ serves }) => serves.length < 10)).toEqual([]);
  });

  it('lists every index that a hot query is held to', () => {
    const names = new Set(lines.map(({ name }) => name));
    expect(
      HOT.flatMap(([, index]) => index).filter((name) => name !== 'PRIMARY' && !names.has(name)),
    ).toEqual([]);
  });
});
