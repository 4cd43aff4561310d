import type { Queryable } from '../db/database';
import type { OrderFacts } from './judgement';
import type { OrderProblem } from './order-errors';
import { placementParams, type NumberedOrder } from './placement-rows';
import type { ReadOrder } from './read-order';

export type WriteOutcome = 'placed' | 'repeat' | 'stale' | 'promo' | 'short';

/** What became of one order of a group. */
export interface Written {
  outcome: WriteOutcome;
  /** The order that was written, or that the key had placed before. */
  orderId: number | null;
  itemIds: number[];
  shortSku: string | null;
  shortAvailable: number | null;
  notificationId: number | null;
}

/** Writes a group of orders, each of which succeeds or fails alone; by their `n`. */
export async function writeGroup(
  q: Queryable,
  group: readonly NumberedOrder[],
): Promise<Map<number, Written>> {
  const [orders = [], items = []] = await q.call<unknown>(
    'CALL sp_place_orders(?, ?)',
    placementParams(group),
  );
  const written = new Map<number, Written>();
  for (const row of orders as OutcomeRow[]) {
    written.set(row.n, {
      outcome: row.outcome,
      orderId: row.order_id,
      itemIds: [],
      shortSku: row.short_sku,
      shortAvailable: row.short_available,
      notificationId: row.notification_id,
    });
  }
  for (const row of items as { n: number; item_id: number }[])
    written.get(row.n)?.itemIds.push(row.item_id);
  return written;
}

interface OutcomeRow {
  n: number;
  outcome: WriteOutcome;
  order_id: number | null;
  short_sku: string | null;
  short_available: number | null;
  notification_id: number | null;
}

type KnownUser = NonNullable<OrderFacts['user']> & { pendingOrders: number };

/** Customers of a shop by id, with how many pending orders each has, counted up to `most`. */
export async function readUsers(
  q: Queryable,
  businessId: number,
  userIds: readonly number[],
  most: number,
): Promise<Map<number, KnownUser>> {
  if (userIds.length === 0) return new Map();
  const rows = await q.query<{
    id: number;
    status: string;
    is_trusted_buyer: number;
    id_verified_at: Date | null;
    pending: number;
  }>(
    // One who has that many is not counted to the end.
    `SELECT u.id, u.status, u.is_trusted_buyer, u.id_verified_at,
            CASE WHEN (SELECT o.id FROM orders AS o FORCE INDEX (orders_user_idx)
                       WHERE o.user_id = u.id AND o.order_status = 'pending' ORDER BY o.id LIMIT 1 OFFSET ?) IS NOT NULL THEN ?
                 ELSE (SELECT COUNT(*) FROM orders AS o FORCE INDEX (orders_user_idx)
                       WHERE o.user_id = u.id AND o.order_status = 'pending') END AS pending
     FROM users AS u WHERE u.id IN (?) AND u.business_id = ?`,
    [most - 1, most, [...new Set(userIds)], businessId],
  );
  return new Map(
    rows.map((row) => [
      row.id,
      {
        status: row.status,
        isTrusted: Boolean(row.is_trusted_buyer),
        isVerified: row.id_verified_at !== null,
        pendingOrders: Number(row.pending),
      },
    ]),
  );
}

export interface Lookup {
  n: number;
  user_id: number | null;
  key: string | null;
  content_hash: string | null;
  since: string;
}

/** The orders that idempotency keys have placed before, by `n`. */
export async function findFirsts(
  q: Queryable,
  businessId: number,
  lookups: readonly Lookup[],
): Promise<Map<number, { id: number; hash: string | null }>> {
  const keyed = lookups.filter((one) => one.key !== null);
  if (keyed.length === 0) return new Map();
  const rows = await q.query<{ n: number; id: number; idempotency_hash: string | null }>(
    `SELECT j.n, o.id, o.idempotency_hash
     FROM JSON_TABLE(?, '$[*]' COLUMNS (
         n INT PATH '$.n',
         idempotency_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$.key'
     )) AS j
     STRAIGHT_JOIN orders AS o FORCE INDEX (orders_idempotency_uk)
         ON o.business_id = ? AND o.idempotency_key = j.idempotency_key`,
    [JSON.stringify(keyed), businessId],
  );
  return new Map(rows.map((row) => [row.n, { id: row.id, hash: row.idempotency_hash }]));
}

/** The numbers of the latest orders of the same content, by `n`. */
export async function findTwins(
  q: Queryable,
  lookups: readonly Lookup[],
): Promise<Map<number, string>> {
  const asked = lookups.filter((one) => one.user_id !== null && one.content_hash !== null);
  if (asked.length === 0) return new Map();
  const rows = await q.query<{ n: number; order_number: string }>(
    `SELECT j.n, o.order_number
     FROM JSON_TABLE(?, '$[*]' COLUMNS (
         n INT PATH '$.n',
         user_id BIGINT UNSIGNED PATH '$.user_id',
         content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$.content_hash',
         since DATETIME(6) PATH '$.since'
     )) AS j
     STRAIGHT_JOIN orders AS o FORCE INDEX (orders_content_idx)
         ON o.user_id = j.user_id AND o.content_hash = j.content_hash AND o.created_at > j.since
            AND o.order_status NOT IN ('draft', 'cancelled')
     ORDER BY j.n, o.created_at`,
    [JSON.stringify(asked)],
  );
  return new Map(rows.map((row) => [row.n, row.order_number]));
}

/** What a promo code gives and to what, in short: sp_decide_group_promos compares it with the terms under lock. */
export async function promoTerms(
  q: Queryable,
  businessId: number,
  code: string,
): Promise<string | null> {
  const [row] = await q.query<{ terms: string }>(
    `SELECT LEFT(SHA2(CONCAT_WS('|', discount_type, discount_value, COALESCE(maximum_discount, ''), minimum_subtotal,
                COALESCE(product_ids, ''), COALESCE(category_ids, '')), 256), 32) AS terms
     FROM promo_codes WHERE business_id = ? AND code = ?`,
    [businessId, code.trim()],
  );
  return row?.terms ?? null;
}

/** How often each customer has used a code in orders that were not cancelled. */
export async function countUses(
  q: Queryable,
  promoId: number,
  userIds: readonly number[],
): Promise<Map<number, number>> {
  if (userIds.length === 0) return new Map();
  const rows = await q.query<{ user_id: number; uses: number }>(
    `SELECT user_id, COUNT(*) AS uses FROM orders FORCE INDEX (orders_user_idx)
     WHERE promo_code_id = ? AND user_id IN (?) AND order_status <> 'cancelled' GROUP BY user_id`,
    [promoId, userIds],
  );
  return new Map(rows.map((row) => [row.user_id, row.uses]));
}

/** One row for each order that was refused (ORD-11). */
export async function recordOrderErrors(
  q: Queryable,
  refusals: readonly {
    businessId: number;
    read: ReadOrder;
    problems: readonly OrderProblem[];
    now: Date;
  }[],
): Promise<void> {
  if (refusals.length === 0) return;
  await q.execute(
    `INSERT INTO order_errors
        (business_id, user_id, error_type, severity, error_code, error_message, context, is_retryable, created_at)
     VALUES ?`,
    [
      refusals.map(({ businessId, read, problems, now }) => {
        const isInventory = problems.some((problem) => problem.code === 'INSUFFICIENT_STOCK');
        return [
          businessId,
          problems.some((problem) => problem.code === 'USER_NOT_FOUND') ? null : read.userId,
          isInventory ? 'inventory' : 'validation',
          isInventory ? 'medium' : 'low',
          problems[0]?.code,
          problems
            .map((problem) => `${problem.field}: ${problem.message}`)
            .join(' ')
            .slice(0, 1000),
          JSON.stringify({ problems, order_source: read.orderSource }),
          false,
          now,
        ];
      }),
    ],
  );
}
