import type { Queryable } from '../db/database';

/** A customer with a chat, as somebody of the shop would name them. */
export interface NamedCustomer {
  id: number;
  name: string | null;
  phone: string | null;
}

/** As far back as "last" looks: the staff's own messages and the platforms' reports are passed over. */
const NEWEST_MESSAGES = 500;

const WITH_A_CHAT = `EXISTS (SELECT 1 FROM conversations AS c
    WHERE c.user_id = u.id AND c.business_id = u.business_id AND c.staff_id IS NULL)`;

/** Customers with a chat who have this id, this phone number or this name, whole or as a beginning. */
export async function namedCustomers(
  q: Queryable,
  businessId: number,
  by: { id: number } | { phone: string } | { name: string },
  limit: number,
): Promise<NamedCustomer[]> {
  if ('name' in by) {
    const whole = await select(q, businessId, 'u.name = :value', by.name, limit);
    if (whole.length > 0) return whole;
    const beginning = `${by.name.replace(/[!%_]/g, '!$&')}%`;
    return select(q, businessId, "u.name LIKE :value ESCAPE '!'", beginning, limit);
  }
  return 'id' in by
    ? select(q, businessId, 'u.id = :value', by.id, limit)
    : select(q, businessId, 'u.phone = :value', by.phone, limit);
}

const select = (
  q: Queryable,
  businessId: number,
  where: string,
  value: string | number,
  limit: number,
): Promise<NamedCustomer[]> =>
  q.query<NamedCustomer>(
    `SELECT u.id, u.name, u.phone FROM users AS u
     WHERE u.business_id = :businessId AND ${where} AND ${WITH_A_CHAT}
     ORDER BY u.id DESC LIMIT :limit`,
    { businessId, value, limit },
  );

/** The customer who wrote last. */
export async function lastCustomer(
  q: Queryable,
  businessId: number,
): Promise<NamedCustomer | null> {
  const [row] = await q.query<NamedCustomer>(
    `SELECT u.id, u.name, u.phone
     FROM (SELECT id, conversation_key FROM inbox_messages
           WHERE business_id = :businessId AND kind = 'message'
           ORDER BY id DESC LIMIT ${NEWEST_MESSAGES}) AS m
     JOIN conversations AS c ON c.conversation_key = m.conversation_key AND c.staff_id IS NULL
     JOIN users AS u ON u.id = c.user_id
     ORDER BY m.id DESC LIMIT 1`,
    { businessId },
  );
  return row ?? null;
}
