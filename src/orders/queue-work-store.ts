import type { Queryable, Transaction } from '../db/database';

/** Which of these orders can be confirmed without a person: paid in advance, or by the rule for cash on delivery (ORD-5). */
export async function ordersToConfirm(
  q: Queryable,
  orderIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await q.query<{ id: number }>(
    `SELECT o.id FROM orders AS o
     WHERE o.id IN (?) AND o.order_status = 'pending' AND (NOT o.requires_verification OR o.verified_at IS NOT NULL)
       AND (o.payment_status = 'paid' OR (o.payment_method = 'cod' AND EXISTS (
           SELECT 1 FROM businesses AS b
           WHERE b.id = o.business_id AND JSON_EXTRACT(b.settings, '$.auto_confirm_cod') IS NOT NULL
       )))`,
    [orderIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Counts a try at what failed, with the error and with its order (DB-2); null when it was resolved. Returns how many there were. */
export async function countAttempt(
  trx: Transaction,
  errorId: number,
  orderId: number,
): Promise<number | null> {
  const { affectedRows } = await trx.execute(
    `UPDATE order_errors SET attempts = attempts + 1, next_attempt_at = NULL
     WHERE id = :errorId AND order_id = :orderId AND NOT is_resolved`,
    { errorId, orderId },
  );
  if (affectedRows === 0) return null;
  await trx.execute('UPDATE orders SET retry_count = retry_count + 1 WHERE id = :orderId', {
    orderId,
  });
  const [row] = await trx.query<{ attempts: number }>(
    'SELECT attempts FROM order_errors WHERE id = :errorId',
    { errorId },
  );
  return row?.attempts ?? 1;
}

/** When it is tried again; null when it was set aside. */
export async function noteNextAttempt(
  trx: Transaction,
  errorId: number,
  at: Date | null,
): Promise<void> {
  await trx.execute('UPDATE order_errors SET next_attempt_at = :at WHERE id = :errorId', {
    errorId,
    at,
  });
}

/** Whether somebody knows already that money of this order is to be moved by hand. */
export async function isMoneyHandedOver(q: Queryable, orderId: number): Promise<boolean> {
  const rows = await q.query(
    `SELECT 1 FROM order_errors
     WHERE order_id = :orderId AND NOT is_resolved
       AND (error_code IN ('REFUND_DUE', 'VOID_DUE')
            OR (error_code = 'LATE_PAYMENT' AND JSON_UNQUOTE(JSON_EXTRACT(context, '$.decision')) = 'refund'))
     LIMIT 1`,
    { orderId },
  );
  return rows.length > 0;
}

/** What was to be done about an order's money is done: it went back, or the order goes on with it. */
export async function resolveMoneyErrors(
  trx: Transaction,
  { orderId, codes, ...resolution }: MoneyResolution,
): Promise<void> {
  await trx.execute(
    `UPDATE order_errors
     SET is_resolved = TRUE, resolved_by = :by, resolved_at = :now, resolution_note = :note, next_attempt_at = NULL
     WHERE order_id = :orderId AND NOT is_resolved AND error_code IN (:codes)`,
    { orderId, codes, ...resolution },
  );
}

interface MoneyResolution {
  orderId: number;
  codes: ('REFUND_DUE' | 'VOID_DUE' | 'LATE_PAYMENT')[];
  by: string;
  note: string;
  now: Date;
}
