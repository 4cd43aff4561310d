import type { Queryable, Transaction } from '../db/database';
import { toMinor } from '../lib/money';
import type { Order, OrderItem, OrderSource } from './order';
import { ORDER_COLUMNS, toOrder, type OrderRow } from './order-row';
import type { OrderStatus, PaymentStatus } from './order-states';

/** An order by its id or its number. `lock` keeps it for this transaction. */
export async function findOrder(
  q: Queryable,
  businessId: number,
  idOrNumber: number | string,
  options: { lock?: boolean } = {},
): Promise<Order | null> {
  const isId = typeof idOrNumber === 'number' || /^\d{1,15}$/.test(idOrNumber);
  const where = isId ? 'id = :ref' : 'order_number = :ref';
  const ref = isId ? Number(idOrNumber) : idOrNumber.trim().toUpperCase();
  if (typeof ref === 'string' && !canBeNumber(ref)) return null;
  const [row] = await q.query<OrderRow>(
    `SELECT ${ORDER_COLUMNS} FROM orders WHERE ${where} AND business_id = :businessId${options.lock ? ' FOR UPDATE' : ''}`,
    { ref, businessId },
  );
  return row ? toOrder(row) : null;
}

/** The column of order numbers is ASCII and cannot be compared with anything else. */
const canBeNumber = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

export type FoundOrder =
  | { ok: true; order: Order }
  | { ok: false; code: 'ORDER_NOT_FOUND' | 'ORDER_AMBIGUOUS'; numbers: string[] };

/** "Last digits" are looked for among so many of the newest orders. */
const RECENT_ORDERS = 5_000;
const MAX_CANDIDATES = 5;

/** An order as people in a chat name it: its number, its last digits when only one recent order ends so, or "last" (DLG-9). */
export async function findOrderByRef(
  q: Queryable,
  businessId: number,
  ref: string,
  userId?: number,
): Promise<FoundOrder> {
  const text = ref.trim().toUpperCase().replace(/^#/, '');
  const owner = userId === undefined ? '' : ' AND user_id = :userId';
  if (text === 'LAST') {
    const [row] = await q.query<OrderRow>(
      `SELECT ${ORDER_COLUMNS} FROM orders WHERE business_id = :businessId${owner} ORDER BY created_at DESC, id DESC LIMIT 1`,
      { businessId, userId },
    );
    return row
      ? { ok: true, order: toOrder(row) }
      : { ok: false, code: 'ORDER_NOT_FOUND', numbers: [] };
  }
  if (/^\d{1,12}$/.test(text)) return findByLastDigits(q, businessId, text, userId);
  if (!canBeNumber(text)) return { ok: false, code: 'ORDER_NOT_FOUND', numbers: [] };
  const [row] = await q.query<OrderRow>(
    `SELECT ${ORDER_COLUMNS} FROM orders WHERE business_id = :businessId AND order_number = :text${owner}`,
    { businessId, text, userId },
  );
  return row
    ? { ok: true, order: toOrder(row) }
    : { ok: false, code: 'ORDER_NOT_FOUND', numbers: [] };
}

/** The whole sequence number wins over longer ones that end in the same digits: 12 is 00012 before 00112. */
async function findByLastDigits(
  q: Queryable,
  businessId: number,
  digits: string,
  userId?: number,
): Promise<FoundOrder> {
  const rows = await q.query<OrderRow>(
    `SELECT ${ORDER_COLUMNS} FROM orders
     WHERE id IN (SELECT id FROM (
         SELECT id, order_number FROM orders
         WHERE business_id = :businessId${userId === undefined ? '' : ' AND user_id = :userId'}
         ORDER BY created_at DESC, id DESC LIMIT :recent
     ) AS recent_orders WHERE order_number LIKE :ending)
     ORDER BY created_at DESC, id DESC LIMIT :most`,
    { businessId, userId, recent: RECENT_ORDERS, ending: `%${digits}`, most: 2 * MAX_CANDIDATES },
  );
  const orders = rows.map(toOrder);
  const exact = orders.filter(
    (order) => Number(order.orderNumber.split('-')[2]) === Number(digits),
  );
  const candidates = exact.length > 0 ? exact : orders;
  const [only, another] = candidates;
  if (only && !another) return { ok: true, order: only };
  const numbers = candidates.slice(0, MAX_CANDIDATES).map((order) => order.orderNumber);
  return { ok: false, code: only ? 'ORDER_AMBIGUOUS' : 'ORDER_NOT_FOUND', numbers };
}

export async function findOrderByKey(
  q: Queryable,
  businessId: number,
  idempotencyKey: string,
): Promise<{ id: number; hash: string | null } | null> {
  const [row] = await q.query<{ id: number; idempotency_hash: string | null }>(
    'SELECT id, idempotency_hash FROM orders WHERE business_id = :businessId AND idempotency_key = :idempotencyKey',
    { businessId, idempotencyKey },
  );
  return row ? { id: row.id, hash: row.idempotency_hash } : null;
}

export interface OrderFilters {
  businessId: number;
  status?: OrderStatus;
  paymentStatus?: PaymentStatus;
  userId?: number;
  source?: OrderSource;
  /** Half-open: from <= created < to. */
  from?: Date;
  to?: Date;
  /** In the number, the recipient's name or phone. */
  text?: string;
  /** Orders older than this id: the last one of the page before. */
  beforeId?: number;
  limit: number;
}

/** A page of orders, newest first. */
export async function listOrders(q: Queryable, filters: OrderFilters): Promise<Order[]> {
  const where = ['business_id = :businessId'];
  if (filters.status) where.push('order_status = :status');
  if (filters.paymentStatus) where.push('payment_status = :paymentStatus');
  if (filters.userId !== undefined) where.push('user_id = :userId');
  if (filters.source) where.push('order_source = :source');
  if (filters.from) where.push('created_at >= :from');
  if (filters.to) where.push('created_at < :to');
  if (filters.beforeId !== undefined) where.push('id < :beforeId');
  if (filters.text) {
    const columns = ['recipient_name', 'shipping_phone'];
    if (canBeNumber(filters.text)) columns.push('order_number');
    where.push(`(${columns.map((column) => `${column} LIKE :like ESCAPE '!'`).join(' OR ')})`);
  }
  const like = `%${(filters.text ?? '').replace(/[!%_]/g, '!$&')}%`;
  const rows = await q.query<OrderRow>(
    `SELECT ${ORDER_COLUMNS} FROM orders WHERE ${where.join(' AND ')} ORDER BY id DESC LIMIT :limit`,
    { ...filters, like },
  );
  return rows.map(toOrder);
}

/** A customer's orders, newest first. */
export async function ordersOfUser(
  q: Queryable,
  businessId: number,
  userId: number,
  limit: number,
): Promise<Order[]> {
  return listOrders(q, { businessId, userId, limit });
}

export async function itemsOf(q: Queryable, orderId: number): Promise<OrderItem[]> {
  const rows = await q.query<{
    id: number;
    product_id: number;
    variant_id: number | null;
    sku: string;
    product_name: string;
    variant_name: string | null;
    unit_price: string;
    quantity: number;
    line_total: string;
  }>(
    `SELECT id, product_id, variant_id, sku, product_name, variant_name, unit_price, quantity, line_total
     FROM order_items WHERE order_id = :orderId ORDER BY id`,
    { orderId },
  );
  return rows.map((row) => ({
    id: row.id,
    productId: row.product_id,
    variantId: row.variant_id,
    sku: row.sku,
    productName: row.product_name,
    variantName: row.variant_name,
    unitPrice: toMinor(row.unit_price),
    quantity: row.quantity,
    lineTotal: toMinor(row.line_total),
  }));
}

export interface HistoryEntry {
  kind: 'order' | 'payment' | 'reservation';
  from: string | null;
  to: string;
  changedBy: string;
  reason: string | null;
  at: Date;
}

/** What became of an order, in order (ORD-4). */
export async function historyOf(q: Queryable, orderId: number): Promise<HistoryEntry[]> {
  const rows = await q.query<{
    kind: HistoryEntry['kind'];
    from_state: string | null;
    to_state: string;
    changed_by: string;
    reason: string | null;
    created_at: Date;
  }>(
    `SELECT kind, from_state, to_state, changed_by, reason, created_at FROM order_state_history
     WHERE order_id = :orderId ORDER BY id`,
    { orderId },
  );
  return rows.map((row) => ({
    kind: row.kind,
    from: row.from_state,
    to: row.to_state,
    changedBy: row.changed_by,
    reason: row.reason,
    at: row.created_at,
  }));
}

/** Moves an order; the caller holds its row and has checked the move. */
export async function updateOrder(
  trx: Transaction,
  id: number,
  change: OrderChange,
): Promise<void> {
  const columns = Object.entries(change).filter(([, value]) => value !== undefined);
  if (columns.length === 0) return;
  const assignments = columns
    .map(([name]) => `${CHANGEABLE[name as keyof OrderChange]} = :${name}`)
    .join(', ');
  await trx.execute(`UPDATE orders SET ${assignments} WHERE id = :id`, {
    ...Object.fromEntries(columns),
    id,
  });
}

export interface OrderChange {
  orderStatus?: OrderStatus;
  paymentStatus?: PaymentStatus;
  adminNotes?: string | null;
  confirmedAt?: Date;
  cancelledAt?: Date;
  cancelledBy?: string;
  cancellationReason?: string;
  verifiedAt?: Date;
  verifiedBy?: string;
  shippedAt?: Date;
  deliveredAt?: Date;
  completedAt?: Date;
  carrier?: string | null;
  trackingNumber?: string | null;
  /** Decimals, as the database has them. */
  paidAmount?: string;
  paidAt?: Date;
  refundedAmount?: string;
  paymentReference?: string;
  promoCodeId?: number | null;
}

const CHANGEABLE: Record<keyof OrderChange, string> = {
  orderStatus: 'order_status',
  paymentStatus: 'payment_status',
  adminNotes: 'admin_notes',
  confirmedAt: 'confirmed_at',
  cancelledAt: 'cancelled_at',
  cancelledBy: 'cancelled_by',
  cancellationReason: 'cancellation_reason',
  verifiedAt: 'verified_at',
  verifiedBy: 'verified_by',
  shippedAt: 'shipped_at',
  deliveredAt: 'delivered_at',
  completedAt: 'completed_at',
  carrier: 'carrier',
  trackingNumber: 'tracking_number',
  paidAmount: 'paid_amount',
  paidAt: 'paid_at',
  refundedAmount: 'refunded_amount',
  paymentReference: 'payment_reference',
  promoCodeId: 'promo_code_id',
};
