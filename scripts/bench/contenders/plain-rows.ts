import { createHash } from 'node:crypto';
import { localDay } from '../../../src/orders/order-numbers';
import { toDecimal, toMajor } from '../../../src/lib/money';
import {
  CITY,
  keyOf,
  PHONE,
  POSTAL_CODE,
  PROVINCE,
  RECIPIENT,
  type BenchOrder,
} from '../shop/bench-orders';

export interface PlainWriter {
  prefix: string;
  businessId: number;
  timezone: string;
  /** Whether reserved_stock of the products is raised, with its ledger row. */
  stockRows: boolean;
  lastOrderId: number;
  lastItemId: number;
}

const HOLD_MS = 24 * 60 * 60_000;

/**
 * The statements that store the rows of these orders, one INSERT a table. The writer gives out the ids, so that nothing has to be
 * read back. Written as text by hand: the values are all ours, and escaping them one by one would cost more than the rest.
 */
export function storeOrders(writer: PlainWriter, orders: readonly BenchOrder[]): string {
  const now = new Date();
  const { prefix, businessId } = writer;
  const at = text(now.toISOString().slice(0, 23).replace('T', ' '));
  const expiresAt = text(
    new Date(now.getTime() + HOLD_MS).toISOString().slice(0, 23).replace('T', ' '),
  );
  const day = localDay(now, writer.timezone);
  const rows = {
    orders: [] as string[],
    items: [] as string[],
    holds: [] as string[],
    history: [] as string[],
    movements: [] as string[],
    notifications: [] as string[],
    queue: [] as string[],
    events: [] as string[],
    metrics: [] as string[],
  };
  for (const order of orders) {
    writer.lastOrderId += 1;
    const id = writer.lastOrderId;
    const number = `ORD-${day.replaceAll('-', '')}-${String(order.number).padStart(5, '0')}`;
    const { subtotal, shipping, total } = order.totals;
    rows.orders.push(
      `(${id},${businessId},${order.userId},'${number}','pending','unpaid','cod','PHP',${toDecimal(subtotal)},0,${toDecimal(shipping)},0,` +
        `${toDecimal(total)},'${RECIPIENT}','${PHONE}','${order.address}','${CITY}','${PROVINCE}','${POSTAL_CODE}','PH','web',` +
        `'${keyOf(order)}','${hash(order.address)}','${hash(order.number)}',0,${at},${at})`,
    );
    for (const line of order.lines) {
      writer.lastItemId += 1;
      const itemId = writer.lastItemId;
      const price = toDecimal(line.price);
      rows.items.push(
        `(${itemId},${id},${line.id},'${line.sku}','${line.name}',${price},1,${price},1,${at},${at})`,
      );
      rows.holds.push(`(${id},${itemId},${line.id},1,'reserved',${expiresAt},${at})`);
      rows.movements.push(
        `(${businessId},${line.id},${id},50000000,50000000,0,1,'api','order placed',${at})`,
      );
    }
    rows.history.push(
      `(${id},'order','pending','api','order placed',${at})`,
      `(${id},'payment','unpaid','api','order placed',${at})`,
      `(${id},'reservation','reserved','api','order placed',${at})`,
    );
    const shown = `₱${toMajor(total).toFixed(2)}`;
    rows.notifications.push(
      `(${businessId},${id},'customer',${order.userId},'order_received','{"order_number":"${number}","total":"${shown}","method":"Cash on delivery","payment_kind":"cod","minutes":1440,"phone":"${PHONE}"}',5,${at})`,
      `(${businessId},${id},'owner',NULL,'owner_new_order','{"order_number":"${number}","short_number":"${order.number}","total":"${shown}","payment":"Cash on delivery","items":"${order.lines.map((line) => `1 x ${line.name}`).join(', ')}","recipient":"${RECIPIENT}","city":"${CITY}"}',3,${at})`,
    );
    rows.queue.push(`(${businessId},${id},'new_order',5,${at},${at})`);
    rows.events.push(
      `(${businessId},'order',${id},'order.created','{"order_id":${id},"order_number":"${number}","total_amount":${toMajor(total)},"currency":"PHP"}',${at},${at})`,
    );
    rows.metrics.push(`(${id},${businessId},1,${at})`);
  }
  return [
    `INSERT INTO ${prefix}orders (id, business_id, user_id, order_number, order_status, payment_status, payment_method, currency,
         subtotal, discount_amount, shipping_fee, tax_amount, total_amount, recipient_name, shipping_phone, shipping_address,
         shipping_city, shipping_province, shipping_postal_code, shipping_country, order_source, idempotency_key, idempotency_hash,
         content_hash, requires_verification, created_at, updated_at) VALUES ${rows.orders.join(',')}`,
    `INSERT INTO ${prefix}order_items (id, order_id, product_id, sku, product_name, unit_price, quantity, line_total,
         inventory_reserved, inventory_reserved_at, created_at) VALUES ${rows.items.join(',')}`,
    `INSERT INTO ${prefix}inventory_reservations (order_id, order_item_id, product_id, quantity, status, expires_at, created_at)
     VALUES ${rows.holds.join(',')}`,
    `INSERT INTO ${prefix}order_state_history (order_id, kind, to_state, changed_by, reason, created_at)
     VALUES ${rows.history.join(',')}`,
    `INSERT INTO ${prefix}stock_movements (business_id, product_id, order_id, stock_before, stock_after, reserved_before,
         reserved_after, actor, reason, created_at) VALUES ${rows.movements.join(',')}`,
    `INSERT INTO ${prefix}notification_queue (business_id, order_id, recipient_type, user_id, template, payload, priority,
         scheduled_at) VALUES ${rows.notifications.join(',')}`,
    `INSERT INTO ${prefix}order_processing_queue (business_id, order_id, queue_type, priority, available_at, created_at)
     VALUES ${rows.queue.join(',')}`,
    `INSERT INTO ${prefix}outbox_events (business_id, aggregate_type, aggregate_id, event_type, payload, available_at, created_at)
     VALUES ${rows.events.join(',')}`,
    `INSERT INTO ${prefix}order_metrics (order_id, business_id, validation_duration_ms, created_at) VALUES ${rows.metrics.join(',')}`,
    ...(writer.stockRows ? [raiseReserved(prefix, orders)] : []),
    rememberCustomers(prefix, orders, at),
  ].join(';\n');
}

/** A number for each order, as the product takes one: in a statement that commits by itself. */
export function takeNumbers(writer: PlainWriter, count: number): string {
  const day = localDay(new Date(), writer.timezone);
  return `INSERT INTO ${writer.prefix}order_counters VALUES (${writer.businessId}, '${day}', LAST_INSERT_ID(${count}))
          ON DUPLICATE KEY UPDATE last_number = LAST_INSERT_ID(last_number + ${count})`;
}

/** Rows by id, ascending: two groups at once must not wait for each other in a circle. */
function raiseReserved(prefix: string, orders: readonly BenchOrder[]): string {
  const wanted = new Map<number, number>();
  for (const { lines } of orders)
    for (const { id } of lines) wanted.set(id, (wanted.get(id) ?? 0) + 1);
  const sorted = [...wanted].sort(([a], [b]) => a - b);
  const list = sorted
    .map(([id, quantity]) => `SELECT ${id} AS id, ${quantity} AS quantity`)
    .join(' UNION ALL ');
  return `UPDATE (${list}) AS wanted STRAIGHT_JOIN ${prefix}products AS p FORCE INDEX (PRIMARY) ON p.id = wanted.id
          SET p.reserved_stock = p.reserved_stock + wanted.quantity, p.version = p.version + 1`;
}

function rememberCustomers(prefix: string, orders: readonly BenchOrder[], at: string): string {
  const addresses = new Map(orders.map((order) => [order.userId, order.address]));
  const sorted = [...addresses].sort(([a], [b]) => a - b);
  const list = sorted.map(
    ([id, address]) =>
      `SELECT ${id} AS id, '{"recipient_name":"${RECIPIENT}","phone":"${PHONE}","address":"${address}","city":"${CITY}","province":"${PROVINCE}","country":"PH","postal_code":"${POSTAL_CODE}"}' AS address`,
  );
  return `UPDATE (${list.join(' UNION ALL ')}) AS wanted STRAIGHT_JOIN ${prefix}users AS u FORCE INDEX (PRIMARY) ON u.id = wanted.id
          SET u.last_order_at = ${at}, u.last_address = wanted.address`;
}

const text = (value: string): string => `'${value}'`;
const hash = (value: string | number): string =>
  createHash('md5').update(String(value)).digest('hex');
