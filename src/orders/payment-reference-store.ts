import type { Queryable } from '../db/database';
import type { Order } from './order';

/** The number of the order that was paid with a reference by the same method (PAY-5). */
export async function findReferenceHolder(
  q: Queryable,
  { businessId, paymentMethod }: Pick<Order, 'businessId' | 'paymentMethod'>,
  reference: string,
): Promise<string | null> {
  const [row] = await q.query<{ order_number: string }>(
    `SELECT o.order_number FROM payment_references AS r JOIN orders AS o ON o.id = r.order_id
     WHERE r.business_id = :businessId AND r.payment_method = :paymentMethod
       AND r.reference = UPPER(REPLACE(:reference, ' ', ''))`,
    { businessId, paymentMethod, reference },
  );
  return row?.order_number ?? null;
}
