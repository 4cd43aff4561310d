import type { Queryable, Transaction } from '../db/database';

export interface Review {
  id: number;
  orderId: number;
  kind: string;
  reasons: string[];
  status: 'open' | 'approved' | 'rejected';
}

export async function openReviews(q: Queryable, orderId: number): Promise<Review[]> {
  const rows = await q.query<{
    id: number;
    order_id: number;
    kind: string;
    reasons: string;
    status: Review['status'];
  }>(
    "SELECT id, order_id, kind, reasons, status FROM order_reviews WHERE order_id = :orderId AND status = 'open' ORDER BY id",
    { orderId },
  );
  return rows.map((row) => ({
    id: row.id,
    orderId: row.order_id,
    kind: row.kind,
    reasons: JSON.parse(row.reasons) as string[],
    status: row.status,
  }));
}

/** Decides all open reviews of an order; returns how many there were. */
export async function decideReviews(
  trx: Transaction,
  decision: {
    orderId: number;
    status: 'approved' | 'rejected';
    by: string;
    note: string | null;
    now: Date;
  },
): Promise<number> {
  const { affectedRows } = await trx.execute(
    `UPDATE order_reviews SET status = :status, decided_by = :by, decided_at = :now, note = :note
     WHERE order_id = :orderId AND status = 'open'`,
    { ...decision, note: decision.note?.slice(0, 500) ?? null },
  );
  return affectedRows;
}
