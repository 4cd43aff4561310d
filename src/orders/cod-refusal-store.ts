import type { Transaction } from '../db/database';
import type { Order } from './order';

/** Marks an order as refused at the door and counts it for its customer; false when it was marked before. The caller holds its row. */
export async function markCodRefused(
  trx: Transaction,
  order: Pick<Order, 'id' | 'userId'>,
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await trx.execute(
    "UPDATE orders SET cod_refused_at = :now, payment_status = 'failed' WHERE id = :id AND cod_refused_at IS NULL",
    { id: order.id, now },
  );
  if (affectedRows === 0) return false;
  await trx.execute(
    'UPDATE users SET cod_refused_count = cod_refused_count + 1 WHERE id = :userId',
    { userId: order.userId },
  );
  return true;
}
