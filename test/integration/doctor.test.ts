import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { createConversation, findConversation } from '../../src/customers/conversation-store';
import type { CoreDeps } from '../../src/db/core-deps';
import { connectionOptions } from '../../src/db/database';
import type { Check, Look } from '../../src/doctor/check';
import { allChecks } from '../../src/doctor/checks/all-checks';
import { examine, type Diagnosis, type Examined } from '../../src/doctor/examine';
import { exitCodeOf, toJson, toText } from '../../src/doctor/report';
import { insertInbox, markHandled, nextPending } from '../../src/inbox/inbox-store';
import { expireReservations } from '../../src/inventory/expire-holds';
import { systemIds } from '../../src/lib/ids';
import {
  insertNotification,
  notificationDispatched,
} from '../../src/notifications/notification-store';
import type { Business } from '../../src/businesses/business-store';
import { cancelOrder } from '../../src/orders/cancel-order';
import { confirmOrder } from '../../src/orders/confirm-order';
import { createOrder } from '../../src/orders/create-order';
import { insertOutgoing, markSent, queuedMessages } from '../../src/outgoing/outgoing-store';
import {
  aBusiness,
  aCustomer,
  anOrder,
  aProduct,
  aVariant,
  orderData,
  type TestProduct,
} from '../support/factories';
import { letHoldsExpire } from '../support/stock';
import { createTestDatabase, newDatabaseUrl, type TestDatabase } from '../support/test-database';

const PROJECT = path.join(__dirname, '..', '..');
const LANE = 'messenger:page:psid';

let testDb: TestDatabase;
/** A connection as a careless person has it: it can switch constraints off. */
let hand: mysql.Connection;
let deps: CoreDeps;
let isMariaDb: boolean;
let business: Business;
let userId: number;
let mug: TestProduct;
let tee: TestProduct;
let large: TestProduct;
/** Orders by what has become of them. */
const orders = { held: 0, shipped: 0, cancelled: 0, renewed: 0 };

beforeAll(async () => {
  testDb = await createTestDatabase();
  hand = await mysql.createConnection(connectionOptions(testDb.url));
  await hand.query("SET SESSION time_zone = '+00:00', foreign_key_checks = 0");
  deps = { db: testDb.db, clock: { now: () => new Date() }, ids: systemIds };
  const [row] = await testDb.db.query<{ version: string }>('SELECT VERSION() AS version');
  isMariaDb = row?.version.includes('MariaDB') ?? false;
  await liveNormally();
  await postpone();
  await keepTables();
});
afterEach(putBack);
afterAll(async () => {
  await hand?.end();
  await testDb?.drop();
});

/** Orders held, sold, shipped, cancelled before and after the sale, expired and renewed; messages, answers, notifications. */
async function liveNormally(): Promise<void> {
  const { db } = testDb;
  business = await aBusiness(db);
  const businessId = business.id;
  userId = await aCustomer(db, { businessId });
  mug = await aProduct(db, { businessId, stock: 1_000 });
  tee = await aProduct(db, { businessId, stock: 0 });
  large = await aVariant(db, { businessId, productId: tee.id, stock: 100 });

  orders.held = await place('held');
  orders.shipped = await place('shipped');
  const soldAndCancelled = await place('sold and cancelled');
  for (const order of [orders.shipped, soldAndCancelled]) {
    expect(await confirmOrder(deps, { businessId, order, actor: 'staff:1' })).toMatchObject({
      ok: true,
    });
  }
  for (const status of ['processing', 'ready', 'shipped', 'delivered']) {
    await db.execute('UPDATE orders SET order_status = :status WHERE id = :id', {
      status,
      id: orders.shipped,
    });
  }
  orders.cancelled = await place('cancelled');
  for (const order of [orders.cancelled, soldAndCancelled]) {
    expect(
      await cancelOrder(deps, { businessId, order, reason: 'changed my mind', actor: 'customer' }),
    ).toMatchObject({ ok: true });
  }
  orders.renewed = await place('renewed');
  await letHoldsExpire(db, orders.renewed);
  expect(await expireReservations(deps, 10)).toBe(1);
  await db.call('CALL sp_reserve_order_inventory(:id, 1440)', { id: orders.renewed });
  await talk();
}

async function place(key: string): Promise<number> {
  const lines = [
    { product: mug, quantity: 2 },
    { product: tee, variant: large, quantity: 1 },
  ];
  const data = orderData(business, {
    userId,
    lines,
    idempotency_key: key,
    confirm_duplicate: true,
  });
  const { body } = await createOrder(deps, data);
  if (!body.success) throw new Error(`${body.code}: ${body.error}`);
  return body.order_id;
}

/** Two messages with an answer each, one of them sent; a notification in each of its states. */
async function talk(): Promise<void> {
  const { db } = testDb;
  const businessId = business.id;
  const who = { businessId, channel: 'messenger' as const, accountId: 'page', externalId: 'psid' };
  await createConversation(db, { ...who, conversationKey: LANE });
  const conversation = await findConversation(db, LANE);
  const conversationId = conversation?.id ?? 0;
  for (const text of ['hi', 'shop']) {
    const now = new Date();
    const event = {
      ...who,
      providerMessageId: text,
      sentAt: now,
      body: { kind: 'message' as const, text },
    };
    await insertInbox(db, [{ event, businessId, state: 'pending', receivedAt: now }]);
    await db.transaction(async (trx) => {
      const next = await nextPending(trx, LANE);
      const inboxMessageId = next?.message.id ?? 0;
      const answer = { payload: {}, display: 'hello' };
      await insertOutgoing(
        trx,
        [{ businessId, conversationId, inboxMessageId, notificationId: null, message: answer }],
        now,
      );
      await markHandled(trx, inboxMessageId, 'done', now);
    });
    for (const { id } of text === 'hi' ? await queuedMessages(db, conversationId, 10) : [])
      await markSent(db, id, `mid.${id}`, now);
  }
  await db.transaction(async (trx) => {
    const now = new Date();
    const id = await insertNotification(trx, {
      businessId,
      recipientType: 'customer',
      userId,
      conversationId,
      template: 'order_confirmed',
      payload: {},
      scheduledAt: now,
    });
    await insertOutgoing(
      trx,
      [
        {
          businessId,
          conversationId,
          inboxMessageId: null,
          notificationId: id,
          message: { payload: {}, display: 'told' },
        },
      ],
      now,
    );
    await notificationDispatched(trx, id, { channel: 'messenger', language: 'en' });
  });
}

/** What waits must not become overdue while these tests run. */
async function postpone(): Promise<void> {
  const { db } = testDb;
  await db.execute('UPDATE notification_queue SET scheduled_at = scheduled_at + INTERVAL 1 DAY');
  await db.execute(
    'UPDATE outgoing_messages SET next_attempt_at = next_attempt_at + INTERVAL 1 DAY',
  );
}

/** Copies of all tables, to put damaged ones back from. */
const kept = new Map<string, { columns: string; checksum: unknown }>();
/** What has to be undone before the rows are put back, and after. */
const undoFirst: (() => Promise<unknown>)[] = [];
const undoLast: (() => Promise<unknown>)[] = [];
/** Written by the triggers of others: put back last. */
const WRITTEN_BY_TRIGGERS = ['order_state_history', 'stock_movements', 'users'];

async function keepTables(): Promise<void> {
  const tables = await testDb.db.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name NOT LIKE '%lock' AND table_name NOT LIKE '%guard'`,
  );
  const names = tables
    .map(({ name }) => name)
    .sort((a, b) => WRITTEN_BY_TRIGGERS.indexOf(a) - WRITTEN_BY_TRIGGERS.indexOf(b));
  for (const table of names) {
    const columns = await testDb.db.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name = :table AND extra NOT LIKE '%GENERATED' AND extra NOT LIKE '%STORED%'
       ORDER BY ordinal_position`,
      { table },
    );
    await hand.query('CREATE TABLE ?? AS SELECT * FROM ??', [`kept_${table}`, table]);
    kept.set(table, {
      columns: columns.map(({ name }) => `\`${name}\``).join(', '),
      checksum: null,
    });
  }
  const checksums = await checksumsOf(names);
  for (const [table, copy] of kept) copy.checksum = checksums.get(table);
}

async function checksumsOf(tables: Iterable<string>): Promise<Map<string, unknown>> {
  const [rows] = await hand.query<mysql.RowDataPacket[]>('CHECKSUM TABLE ??', [[...tables]]);
  return new Map(
    rows.map((row) => [String(row.Table).replace(/^.*\./, ''), row.Checksum as unknown]),
  );
}

async function putBack(): Promise<void> {
  for (const undo of undoFirst.splice(0).reverse()) await undo();
  const checksums = await checksumsOf(kept.keys());
  const isDamaged = (table: string): boolean => checksums.get(table) !== kept.get(table)?.checksum;
  const isAnyDamaged = [...kept.keys()].some(isDamaged);
  for (const [table, { columns }] of kept) {
    if (!isDamaged(table) && !(isAnyDamaged && WRITTEN_BY_TRIGGERS.includes(table))) continue;
    await hand.query('TRUNCATE TABLE ??', [table]);
    await hand.query(
      `INSERT INTO \`${table}\` (${columns}) SELECT ${columns} FROM \`kept_${table}\``,
    );
  }
  for (const undo of undoLast.splice(0).reverse()) await undo();
}

const findingsOf = ({ checks }: Diagnosis): Examined[] =>
  checks.filter(({ name, outcome }) => outcome !== 'ok' && name !== 'event-scheduler');
const namesOf = (diagnosis: Diagnosis): string[] =>
  findingsOf(diagnosis)
    .map(({ name }) => name)
    .sort();
const named = (diagnosis: Diagnosis, name: string): Examined => {
  const found = diagnosis.checks.find((check) => check.name === name);
  if (!found) throw new Error(`no check is named ${name}`);
  return found;
};

/** Damages rows that a CHECK protects. MariaDB lets a session ignore it; on MySQL it has to be switched off for everybody. */
async function despite(
  table: string,
  constraint: string,
  sql: string,
  values: unknown[] = [],
): Promise<void> {
  if (isMariaDb) {
    await hand.query('SET SESSION check_constraint_checks = OFF');
    undoFirst.push(() => hand.query('SET SESSION check_constraint_checks = ON'));
  } else {
    await hand.query(`ALTER TABLE ${table} ALTER CHECK ${constraint} NOT ENFORCED`);
    undoLast.push(() => hand.query(`ALTER TABLE ${table} ALTER CHECK ${constraint} ENFORCED`));
  }
  await hand.query(sql, values);
}
const despiteAlso = (): string[] => (isMariaDb ? [] : ['constraints-hold']);

async function dropKey(table: string, key: string, columns: string): Promise<void> {
  await hand.query(`ALTER TABLE ${table} DROP INDEX ${key}`);
  undoLast.push(() => hand.query(`ALTER TABLE ${table} ADD CONSTRAINT ${key} UNIQUE (${columns})`));
}

const sqlOf = (object: string): string =>
  readFileSync(path.join(PROJECT, 'migrations', 'sql', `${object}.sql`), 'utf8');

/** Does something while a trigger is away. */
async function without(trigger: string, work: () => Promise<unknown>): Promise<void> {
  await hand.query(`DROP TRIGGER ${trigger}`);
  try {
    await work();
  } finally {
    await hand.query(sqlOf(`triggers/${trigger}`));
  }
}

async function dropObject(
  kind: 'procedure' | 'trigger' | 'view' | 'event',
  name: string,
): Promise<void> {
  await hand.query(`DROP ${kind} ${name}`);
  undoLast.push(() => hand.query(sqlOf(`${kind}s/${name}`)));
}

interface InboxGiven {
  lane?: string;
  state: string;
  minutesAgo: number;
  dueMinutesAgo?: number;
  handledMinutesAgo?: number;
  id?: string;
}
async function anInboxMessage({
  lane = LANE,
  state,
  minutesAgo,
  dueMinutesAgo = 0,
  handledMinutesAgo,
  id = 'planted',
}: InboxGiven): Promise<void> {
  await hand.query(
    `INSERT INTO inbox_messages
        (business_id, channel, account_id, provider_message_id, conversation_key, external_id, kind, event, state,
         next_attempt_at, sent_at, received_at, handled_at)
     VALUES (?, 'messenger', 'page', ?, ?, 'psid', 'message', '{"kind":"message","text":"hi"}', ?,
         UTC_TIMESTAMP(6) - INTERVAL ? MINUTE, UTC_TIMESTAMP(6) - INTERVAL ? MINUTE, UTC_TIMESTAMP(6) - INTERVAL ? MINUTE,
         UTC_TIMESTAMP(6) - INTERVAL ? MINUTE)`,
    [
      business.id,
      id,
      lane,
      state,
      dueMinutesAgo,
      minutesAgo,
      minutesAgo,
      handledMinutesAgo ?? null,
    ],
  );
}

interface Damage {
  /** The check that has to find it. */
  check: string;
  what: string;
  plant: () => Promise<unknown>;
  /** Others that see the same damage. */
  also?: () => string[];
  /** What its first row says. */
  row?: () => Record<string, unknown>;
}

const damages: Damage[] = [
  {
    check: 'migrated',
    what: 'a migration that has not run',
    plant: () => hand.query("DELETE FROM schema_migrations WHERE name LIKE '0005%'"),
    row: () => ({ migration: '0005_order_objects' }),
  },
  {
    check: 'objects-exist',
    what: 'a procedure, a trigger, a view, an event and a table that were dropped',
    plant: async () => {
      await dropObject('procedure', 'sp_commit_order_inventory');
      await dropObject('trigger', 'after_order_delivered');
      await dropObject('view', 'vw_pending_orders');
      await dropObject('event', 'evt_cleanup_old_queue_items');
      await hand.query('RENAME TABLE order_counters TO hidden_counters');
      undoFirst.push(() => hand.query('RENAME TABLE hidden_counters TO order_counters'));
    },
    row: () => ({ kind: 'table', name: 'order_counters' }),
  },
  {
    check: 'constraints-hold',
    what: 'an index and a constraint that were dropped',
    plant: async () => {
      await hand.query('ALTER TABLE orders DROP INDEX orders_phone_idx');
      undoLast.push(() =>
        hand.query('ALTER TABLE orders ADD INDEX orders_phone_idx (shipping_phone, created_at)'),
      );
      await hand.query('ALTER TABLE products DROP CONSTRAINT products_price_check');
      undoLast.push(() =>
        hand.query('ALTER TABLE products ADD CONSTRAINT products_price_check CHECK (price >= 0)'),
      );
    },
    row: () => ({ table: 'orders', name: 'orders_phone_idx' }),
  },
  {
    check: 'inbox-handled',
    what: 'a message that nobody has handled for two minutes',
    plant: () =>
      anInboxMessage({
        lane: 'messenger:page:other',
        state: 'pending',
        minutesAgo: 2,
        dueMinutesAgo: 2,
      }),
  },
  {
    check: 'inbox-set-aside',
    what: 'a message that was set aside',
    plant: () =>
      hand.query("UPDATE inbox_messages SET state = 'failed' WHERE provider_message_id = 'hi'"),
  },
  {
    check: 'inbox-unique',
    what: 'a redelivered message that was stored again',
    plant: async () => {
      await dropKey(
        'inbox_messages',
        'inbox_messages_provider_uk',
        'channel, account_id, provider_message_id',
      );
      await anInboxMessage({ state: 'ignored', minutesAgo: 0, id: 'hi' });
    },
    also: () => ['constraints-hold'],
    row: () => ({ copies: 2 }),
  },
  {
    check: 'inbox-conversation',
    what: 'a handled message without a conversation',
    plant: () =>
      anInboxMessage({
        lane: 'messenger:page:other',
        state: 'done',
        minutesAgo: 2,
        handledMinutesAgo: 2,
      }),
  },
  {
    check: 'outgoing-conversation',
    what: 'an outgoing message without a conversation',
    plant: () =>
      hand.query("UPDATE outgoing_messages SET conversation_id = 999 WHERE state = 'sent'"),
    row: () => ({ conversation_id: 999 }),
  },
  {
    check: 'lane-not-overtaken',
    what: 'a message that was overtaken and still waits',
    plant: () => anInboxMessage({ state: 'pending', minutesAgo: 5 }),
  },
  {
    check: 'lane-order',
    what: 'a message that was handled after a younger one',
    plant: () => anInboxMessage({ state: 'done', minutesAgo: 5, handledMinutesAgo: -2 }),
  },
  {
    check: 'turn-whole',
    what: 'an answer to a message that still waits',
    plant: () =>
      hand.query(
        "UPDATE inbox_messages SET state = 'pending', handled_at = NULL WHERE provider_message_id = 'shop'",
      ),
    row: () => ({ inbox_state: 'pending' }),
  },
  {
    check: 'takeover-silent',
    what: 'an answer that still waits after a person has taken over',
    plant: async () => {
      await hand.query(
        `UPDATE conversations SET takeover_by = 'api', takeover_since = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE,
             takeover_until = UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE`,
      );
      await hand.query(
        `UPDATE outgoing_messages SET state = 'queued', next_attempt_at = UTC_TIMESTAMP(6)
         WHERE inbox_message_id IS NOT NULL AND notification_id IS NULL LIMIT 1`,
      );
    },
  },
  {
    check: 'outgoing-sent',
    what: 'a message that nobody has sent for ten minutes',
    plant: () =>
      hand.query(
        "UPDATE outgoing_messages SET next_attempt_at = UTC_TIMESTAMP(6) - INTERVAL 10 MINUTE WHERE state = 'queued'",
      ),
  },
  ...['sent', 'failed'].map((state): Damage => ({
    check: 'notification-carried',
    what: `a dispatched notification whose message is ${state}`,
    plant: () =>
      hand.query('UPDATE outgoing_messages SET state = ? WHERE notification_id IS NOT NULL', [
        state,
      ]),
    row: () => ({ messages: state }),
  })),
  {
    check: 'notification-carried',
    what: 'a dispatched notification without a message',
    plant: () => hand.query('DELETE FROM outgoing_messages WHERE notification_id IS NOT NULL'),
    row: () => ({ messages: null }),
  },
  {
    check: 'notification-dispatched',
    what: 'a notification that nobody has dispatched for ten minutes',
    plant: () =>
      hand.query(
        "UPDATE notification_queue SET scheduled_at = UTC_TIMESTAMP(6) - INTERVAL 10 MINUTE WHERE status = 'pending' LIMIT 1",
      ),
  },
  {
    check: 'notification-reached',
    what: 'somebody who could not be reached',
    plant: () =>
      hand.query(
        "UPDATE notification_queue SET status = 'failed' WHERE status = 'pending' LIMIT 1",
      ),
  },
  {
    check: 'search-words',
    what: 'a product that no search finds',
    plant: () => hand.query('DELETE FROM product_search_words WHERE product_id = ?', [mug.id]),
    row: () => ({ product_id: mug.id }),
  },
  {
    check: 'search-words',
    what: 'a product that is searched for in a state it does not have',
    plant: () =>
      hand.query("UPDATE product_search_words SET status = 'archived' WHERE product_id = ?", [
        mug.id,
      ]),
    row: () => ({ product_id: mug.id }),
  },
  {
    check: 'stock-bounds',
    what: 'a product with more reserved than there is',
    plant: () =>
      despite(
        'products',
        'products_stock_check',
        'UPDATE products SET stock_quantity = 1 WHERE id = ?',
        [mug.id],
      ),
    also: despiteAlso,
    row: () => ({ product_id: mug.id, stock_quantity: 1, reserved_stock: 4 }),
  },
  {
    check: 'stock-bounds',
    what: 'a variant with less than nothing reserved',
    plant: () =>
      despite(
        'product_variants',
        'product_variants_stock_check',
        'UPDATE product_variants SET reserved_stock = -1',
      ),
    also: () => ['stock-equals-holds', ...despiteAlso()],
    row: () => ({ product_id: tee.id, variant_id: large.id, reserved_stock: -1 }),
  },
  {
    check: 'stock-equals-holds',
    what: 'a product with a unit reserved for nobody',
    plant: () =>
      hand.query('UPDATE products SET reserved_stock = reserved_stock + 1 WHERE id = ?', [mug.id]),
    row: () => ({ product_id: mug.id, variant_id: null, reserved_stock: 5, held: '4' }),
  },
  {
    check: 'stock-equals-holds',
    what: 'a variant with too little reserved',
    plant: () => hand.query('UPDATE product_variants SET reserved_stock = reserved_stock - 1'),
    row: () => ({ variant_id: large.id, reserved_stock: 1, held: '2' }),
  },
  {
    check: 'stock-equals-holds',
    what: 'a hold on a variant that does not exist',
    plant: () =>
      hand.query(
        "UPDATE inventory_reservations SET variant_id = 999 WHERE variant_id IS NOT NULL AND status = 'reserved'",
      ),
    also: () => ['hold-matches-line'],
  },
  {
    check: 'hold-unique',
    what: 'a line that is held twice',
    plant: async () => {
      await dropKey(
        'inventory_reservations',
        'inventory_reservations_live_uk',
        'live_order_item_id',
      );
      await hand.query(
        `INSERT INTO inventory_reservations (order_id, order_item_id, product_id, variant_id, quantity, status, expires_at, created_at)
         SELECT order_id, order_item_id, product_id, variant_id, quantity, status, expires_at, created_at
         FROM inventory_reservations WHERE order_id = ? LIMIT 1`,
        [orders.held],
      );
    },
    also: () => ['constraints-hold', 'stock-equals-holds'],
    row: () => ({ order_id: orders.held, holds: 2 }),
  },
  {
    check: 'line-marked',
    what: 'a held line that is not marked',
    plant: () =>
      hand.query('UPDATE order_items SET inventory_reserved = FALSE WHERE order_id = ?', [
        orders.held,
      ]),
    row: () => ({ order_id: orders.held, inventory_reserved: 0, hold_status: 'reserved' }),
  },
  {
    check: 'line-marked',
    what: 'a marked line without a hold',
    plant: () =>
      hand.query('UPDATE order_items SET inventory_reserved = TRUE WHERE order_id = ?', [
        orders.cancelled,
      ]),
    row: () => ({ order_id: orders.cancelled, inventory_reserved: 1, hold_id: null }),
  },
  {
    check: 'hold-matches-line',
    what: 'a line that was changed under its hold',
    plant: () =>
      hand.query('UPDATE order_items SET product_id = ? WHERE order_id = ? AND product_id = ?', [
        999,
        orders.held,
        mug.id,
      ]),
    row: () => ({ order_id: orders.held, held: 2 }),
  },
  {
    check: 'cancelled-holds-nothing',
    what: 'an order that was cancelled by hand and kept its stock',
    plant: () =>
      hand.query("UPDATE orders SET order_status = 'cancelled' WHERE id = ?", [orders.held]),
    row: () => ({ order_id: orders.held, hold_status: 'reserved' }),
  },
  {
    check: 'confirmed-has-stock',
    what: 'an order that was confirmed by hand without its stock',
    plant: () =>
      hand.query("UPDATE orders SET order_status = 'confirmed' WHERE id = ?", [orders.held]),
    row: () => ({ order_id: orders.held, hold_status: 'reserved' }),
  },
  {
    check: 'holds-fresh',
    what: 'a hold that has just run out',
    plant: () => letHoldsExpire(testDb.db, orders.held),
    row: () => ({ orders: 1, holds: 2, units: '3' }),
  },
  {
    check: 'holds-cleaned-up',
    what: 'a hold that ran out long ago',
    plant: () =>
      hand.query(
        'UPDATE inventory_reservations SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 2 HOUR WHERE order_id = ?',
        [orders.held],
      ),
    also: () => ['holds-fresh'],
    row: () => ({ order_id: orders.held, holds: 2 }),
  },
  {
    check: 'ledger-complete',
    what: 'stock that was changed while the trigger was away',
    plant: () =>
      without('after_product_stock_change', () =>
        hand.query('UPDATE products SET stock_quantity = stock_quantity + 5 WHERE id = ?', [
          mug.id,
        ]),
      ),
    row: () => ({ product_id: mug.id, next: 'stock' }),
  },
  {
    check: 'ledger-complete',
    what: 'a movement that was removed',
    plant: () =>
      without('before_stock_movement_delete', () =>
        hand.query('DELETE FROM stock_movements WHERE product_id = ? ORDER BY id LIMIT 1', [
          mug.id,
        ]),
      ),
    row: () => ({ product_id: mug.id, movement_id: null, stock_after: 0, next_stock: 1_000 }),
  },
  {
    check: 'ledger-complete',
    what: 'a movement that was forged',
    plant: () =>
      hand.query(
        `INSERT INTO stock_movements
            (business_id, product_id, variant_id, stock_before, stock_after, reserved_before, reserved_after, actor, reason, created_at)
         SELECT business_id, product_id, id, stock_quantity - 7, stock_quantity, reserved_stock, reserved_stock, 'x', 'x', UTC_TIMESTAMP(6)
         FROM product_variants`,
      ),
    row: () => ({ variant_id: large.id }),
  },
  {
    check: 'idempotency-unique',
    what: 'two orders with one key',
    plant: async () => {
      await dropKey('orders', 'orders_idempotency_uk', 'business_id, idempotency_key');
      await hand.query("UPDATE orders SET idempotency_key = 'held' WHERE id = ?", [orders.renewed]);
    },
    also: () => ['constraints-hold'],
    row: () => ({ order_id: orders.held, last_order_id: orders.renewed, orders: 2 }),
  },
  {
    check: 'total-adds-up',
    what: 'a total that is a centavo off',
    plant: () =>
      despite(
        'orders',
        'orders_total_check',
        'UPDATE orders SET total_amount = total_amount + 0.01 WHERE id = ?',
        [orders.held],
      ),
    also: despiteAlso,
    row: () => ({ order_id: orders.held }),
  },
  {
    check: 'subtotal-adds-up',
    what: 'a subtotal that is not that of its lines',
    plant: () =>
      hand.query(
        'UPDATE orders SET subtotal = subtotal + 1, total_amount = total_amount + 1 WHERE id = ?',
        [orders.held],
      ),
    row: () => ({ order_id: orders.held, subtotal: '301.00', lines_total: '300.00' }),
  },
  {
    check: 'line-adds-up',
    what: 'a line that is a centavo off',
    plant: () =>
      despite(
        'order_items',
        'order_items_total_check',
        'UPDATE order_items SET line_total = line_total - 0.01 WHERE order_id = ? LIMIT 1',
        [orders.held],
      ),
    also: () => ['subtotal-adds-up', ...despiteAlso()],
    row: () => ({ order_id: orders.held, quantity: 2, line_total: '199.99' }),
  },
  {
    check: 'refund-within-paid',
    what: 'a refund of money that never came',
    plant: () =>
      despite(
        'orders',
        'orders_refund_check',
        'UPDATE orders SET refunded_amount = 1 WHERE id = ?',
        [orders.held],
      ),
    also: despiteAlso,
    row: () => ({ order_id: orders.held, paid_amount: '0.00', refunded_amount: '1.00' }),
  },
  {
    check: 'chain-unbroken',
    what: 'a link that starts where the last one did not end',
    plant: () => aLink('order', 'ready', 'pending'),
    row: () => ({
      order_id: orders.held,
      kind: 'order',
      previous_state: 'pending',
      from_state: 'ready',
    }),
  },
  {
    check: 'chain-current',
    what: 'a state that was changed while the trigger was away',
    plant: () =>
      without('after_order_status_update', () =>
        hand.query("UPDATE orders SET payment_status = 'paid' WHERE id = ?", [orders.held]),
      ),
    row: () => ({ order_id: orders.held, payment_status: 'paid', last_payment_state: 'unpaid' }),
  },
  {
    check: 'chain-current',
    what: 'an order without a history',
    plant: () =>
      without('after_order_created', () => anOrder(testDb.db, { businessId: business.id, userId })),
    row: () => ({ last_order_state: null, last_payment_state: null }),
  },
  {
    check: 'chain-reservation',
    what: 'a state of the reservation that no hold has',
    plant: () => aLink('reservation', 'reserved', 'expired'),
    row: () => ({ order_id: orders.held, last_state: 'expired', hold_states: 'reserved' }),
  },
  {
    check: 'history-immutable',
    what: 'a history that can be rewritten',
    plant: () => dropObject('trigger', 'before_history_row_update'),
    also: () => ['objects-exist'],
    row: () => ({ trigger: 'before_history_row_update' }),
  },
];

const aLink = (kind: string, from: string, to: string): Promise<unknown> =>
  hand.query(
    `INSERT INTO order_state_history (order_id, kind, from_state, to_state, changed_by, reason, created_at)
     VALUES (?, ?, ?, ?, 'x', 'x', UTC_TIMESTAMP(6))`,
    [orders.held, kind, from, to],
  );

const aCheck = (find: (look: Look) => Promise<void>): Check => ({
  id: 'G-0',
  name: 'a-check',
  claim: 'all is well',
  level: 'wrong',
  why: '',
  remedy: '',
  find,
});

describe('on a shop that has lived a normal life', () => {
  it('finds nothing', async () => {
    const diagnosis = await examine(testDb.url);
    expect(findingsOf(diagnosis)).toEqual([]);
    expect(exitCodeOf(diagnosis)).toBe(0);
    expect(toText(diagnosis)).toMatch(/, 0 wrong \(/);
  });

  it('finds nothing in small ranges either', async () => {
    expect(findingsOf(await examine(testDb.url, { rowsPerRange: 1 }))).toEqual([]);
  });

  it('changes nothing', async () => {
    const state = async (): Promise<unknown> => {
      const [objects] = await hand.query<mysql.RowDataPacket[]>(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1",
      );
      const all: Record<string, string[]> = {};
      for (const { name } of objects) {
        const [rows] = await hand.query<mysql.RowDataPacket[]>('SELECT * FROM ??', [name]);
        all[name as string] = rows.map((row) => JSON.stringify(row)).sort();
      }
      return all;
    };
    const before = await state();
    await examine(testDb.url);
    expect(await state()).toEqual(before);
  });

  it('cannot change anything, even if a check tried to', async () => {
    const writing = aCheck(async (look) => void (await look.query('DELETE FROM carts')));
    const { checks } = await examine(testDb.url, { checks: [writing] });
    expect(checks[0]).toMatchObject({
      outcome: 'unchecked',
      problem: expect.stringMatching(/READ ONLY/i) as string,
    });
  });
});

describe('damage', () => {
  it.each(damages)('$check: finds $what', async ({ check, plant, also, row }) => {
    await plant();
    const diagnosis = await examine(testDb.url);
    expect(namesOf(diagnosis)).toEqual([check, ...(also?.() ?? [])].sort());
    const found = named(diagnosis, check);
    expect(found.count).toBeGreaterThan(0);
    expect(found.rows).toHaveLength(Math.min(found.count, 20));
    if (row) expect(found.rows).toContainEqual(expect.objectContaining(row()));
    const isWrong = findingsOf(diagnosis).some(({ outcome }) => outcome === 'wrong');
    expect(exitCodeOf(diagnosis)).toBe(isWrong ? 1 : 0);
    const text = toText(diagnosis);
    expect(text).toContain(`against: ${found.claim}`);
    expect(text).toContain(found.remedy);
  });

  it('has every check in the list above, but the one that depends on the server', () => {
    const shown = new Set(damages.map(({ check }) => check));
    expect(allChecks.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([
      'event-scheduler',
    ]);
  });

  it('is gone after each of these tests', async () => {
    expect(findingsOf(await examine(testDb.url))).toEqual([]);
  });

  it('notes an event that is switched off', async () => {
    await hand.query('ALTER EVENT evt_cleanup_expired_reservations DISABLE');
    undoLast.push(() => hand.query('ALTER EVENT evt_cleanup_expired_reservations ENABLE'));
    const diagnosis = await examine(testDb.url);
    expect(named(diagnosis, 'event-scheduler').rows).toContainEqual({
      name: 'evt_cleanup_expired_reservations',
      state: 'DISABLED',
    });
    expect(named(diagnosis, 'event-scheduler').outcome).toBe('note');
    expect(exitCodeOf(diagnosis)).toBe(0);
  });

  it('is counted, and twenty rows of it are shown', async () => {
    for (let n = 0; n < 25; n += 1) {
      await anInboxMessage({
        lane: `messenger:page:${n}`,
        state: 'pending',
        minutesAgo: 2,
        dueMinutesAgo: 2,
        id: `waiting ${n}`,
      });
    }
    const diagnosis = await examine(testDb.url);
    expect(named(diagnosis, 'inbox-handled')).toMatchObject({ count: 25, isCountCapped: false });
    expect(named(diagnosis, 'inbox-handled').rows).toHaveLength(20);
    expect(toText(diagnosis)).toContain('… and 5 more');
  });

  it('is reported without anybody’s number, name or address', async () => {
    await hand.query(
      "UPDATE orders SET order_status = 'confirmed', subtotal = subtotal + 1, total_amount = total_amount + 1",
    );
    await anInboxMessage({
      lane: 'sms:+15005550006:+639171234567',
      state: 'done',
      minutesAgo: 2,
      handledMinutesAgo: 2,
    });
    const report = toText(await examine(testDb.url));
    expect(report).toContain('WRONG');
    expect(report).not.toMatch(/639171234567|Juan|Main St|psid/);
  });
});

describe('messages that only look late', () => {
  it('one behind a message that is tried again later', async () => {
    const lane = 'messenger:page:other';
    await anInboxMessage({ lane, state: 'pending', minutesAgo: 4, dueMinutesAgo: -1, id: 'head' });
    await anInboxMessage({ lane, state: 'pending', minutesAgo: 3, dueMinutesAgo: 3, id: 'behind' });
    expect(findingsOf(await examine(testDb.url))).toEqual([]);
  });

  it('one that the platform delivered after a younger one had been handled', async () => {
    await anInboxMessage({ state: 'done', minutesAgo: 5, handledMinutesAgo: -1 });
    await hand.query(
      "UPDATE inbox_messages SET received_at = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE WHERE provider_message_id = 'planted'",
    );
    expect(findingsOf(await examine(testDb.url))).toEqual([]);
  });
});

test('a busy shop gives no false alarm', async () => {
  let isOpen = true;
  let placed = 0;
  const buyer = async (name: string): Promise<void> => {
    while (isOpen && placed < 500) {
      const order = await place(`${name} ${(placed += 1)}`);
      const what = { businessId: business.id, order, actor: 'staff:1' };
      if (order % 3 === 0) await confirmOrder(deps, what);
      if (order % 2 === 0) await cancelOrder(deps, { ...what, reason: 'changed my mind' });
    }
  };
  await hand.query('UPDATE product_variants SET stock_quantity = 1000');
  const buyers = ['a', 'b', 'c', 'd'].map(buyer);
  const found: string[][] = [];
  for (let n = 0; n < 5; n += 1)
    found.push(namesOf(await examine(testDb.url, { rowsPerRange: 50 })));
  isOpen = false;
  await Promise.all(buyers);
  expect(placed).toBeGreaterThan(5);
  expect(found).toEqual(found.map(() => []));
});

test('a check sees one moment, whatever is sold meanwhile', async () => {
  const seen: unknown[] = [];
  const check = aCheck(async (look) => {
    seen.push(await look.query('SELECT COUNT(*) AS orders FROM orders'));
    await place('meanwhile');
    seen.push(await look.query('SELECT COUNT(*) AS orders FROM orders'));
  });
  await examine(testDb.url, { checks: [check] });
  expect(seen[1]).toEqual(seen[0]);
});

describe('when not everything can be checked', () => {
  it('says how far it came when time ran out', async () => {
    const diagnosis = await examine(testDb.url, { secondsPerCheck: 0, rowsPerRange: 1 });
    expect(named(diagnosis, 'total-adds-up')).toMatchObject({
      outcome: 'ok',
      cutShort: `orders from id ${orders.renewed} on`,
    });
    expect(named(diagnosis, 'stock-bounds')).toMatchObject({ outcome: 'ok', cutShort: null });
    expect(toText(diagnosis)).toContain('cut short');
  });

  it('ends a statement that takes too long', async () => {
    const slow =
      'SELECT COUNT(*) AS n FROM information_schema.columns AS a, information_schema.columns AS b, information_schema.columns AS c';
    const check = aCheck(async (look) => look.found(await look.query(slow)));
    const diagnosis = await examine(testDb.url, { secondsPerCheck: 1, checks: [check] });
    expect(diagnosis.checks[0]).toMatchObject({ outcome: 'unchecked', problem: 'not done in 1 s' });
    expect(exitCodeOf(diagnosis)).toBe(2);
  });

  it('reports an empty database as wrong and the rest as unchecked', async () => {
    const url = newDatabaseUrl();
    const name = new URL(url).pathname.slice(1);
    await hand.query('CREATE DATABASE ??', [name]);
    try {
      const diagnosis = await examine(url);
      expect(named(diagnosis, 'objects-exist')).toMatchObject({ outcome: 'wrong' });
      expect(named(diagnosis, 'total-adds-up').outcome).toBe('unchecked');
      expect(exitCodeOf(diagnosis)).toBe(1);
    } finally {
      await hand.query('DROP DATABASE ??', [name]);
    }
  });
});

describe('the program', () => {
  it('prints a report and exits 0 when all is well', async () => {
    const { code, out } = await run(testDb.url);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}ok +G-5 +reserved stock is the sum of its holds$/m);
  });

  it('prints JSON on one line and exits 1 when something is wrong', async () => {
    await hand.query('UPDATE products SET reserved_stock = reserved_stock + 1 WHERE id = ?', [
      mug.id,
    ]);
    const { code, out } = await run(testDb.url, '--json');
    expect(code).toBe(1);
    expect(out.trim().split('\n')).toHaveLength(1);
    const { ok, checks } = JSON.parse(out) as {
      ok: boolean;
      checks: { name: string; outcome: string; rows: unknown[] }[];
    };
    expect(ok).toBe(false);
    expect(checks.filter(({ outcome }) => outcome === 'wrong')).toMatchObject([
      { name: 'stock-equals-holds', rows: [{ product_id: mug.id, reserved_stock: 5, held: '4' }] },
    ]);
  });

  it.each([
    ['there is no database', () => newDatabaseUrl(), /^Could not check: Unknown database/],
    [
      'the database is away',
      () => 'mysql://root:secret@127.0.0.1:9/shop',
      /^Could not check: the database does not answer \(ECONNREFUSED\)$/,
    ],
    ['the address is none', () => 'shop', /^Could not check: DATABASE_URL is not an address/],
    ['no database is named', urlWithoutName, /^Could not check: DATABASE_URL names no database/],
  ])('exits 2 with one line when %s', async (_when, url, line) => {
    const { code, out, err } = await run(url());
    expect({ code, out, lines: err.trim().split('\n').length }).toEqual({
      code: 2,
      out: '',
      lines: 1,
    });
    expect(err.trim()).toMatch(line);
  });

  it('exits 2 for an argument that it does not know', async () => {
    expect(await run(testDb.url, '--seconds=soon')).toMatchObject({
      code: 2,
      err: expect.stringContaining('npm run doctor') as string,
    });
  });
});

test('JSON and text tell the same', async () => {
  const diagnosis = await examine(testDb.url);
  const { checks } = JSON.parse(toJson(diagnosis)) as { checks: { claim: string }[] };
  const text = toText(diagnosis);
  expect(checks).toHaveLength(allChecks.length);
  for (const { claim } of checks) expect(text).toContain(claim);
});

function urlWithoutName(): string {
  const url = new URL(testDb.url);
  url.pathname = '/';
  return url.href;
}

function run(url: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const program = path.join(PROJECT, 'src', 'doctor', 'cli-doctor.ts');
    const env = { ...process.env, DATABASE_URL: url };
    execFile(
      process.execPath,
      ['--import', 'tsx', program, ...args],
      { cwd: PROJECT, env },
      (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}
