import type { Queryable, Transaction } from '../db/database';
import type { ChannelName } from '../channels/inbound';
import { copyOptOut, type Identity } from './consent-store';

export interface Customer {
  id: number;
  businessId: number;
  name: string | null;
  phone: string | null;
  email: string | null;
  language: string | null;
  /** Recipient, phone and place of the last order: recipient_name, phone, address, city, province, postal_code. */
  lastAddress: Record<string, string> | null;
}

export async function findCustomer(q: Queryable, id: number): Promise<Customer | null> {
  const [row] = await q.query<{
    id: number;
    business_id: number;
    name: string | null;
    phone: string | null;
    email: string | null;
    language: string | null;
    last_address: string | null;
  }>(
    'SELECT id, business_id, name, phone, email, language, last_address FROM users WHERE id = :id',
    { id },
  );
  return row
    ? {
        id: row.id,
        businessId: row.business_id,
        name: row.name,
        phone: row.phone,
        email: row.email,
        language: row.language,
        lastAddress:
          row.last_address === null
            ? null
            : (JSON.parse(row.last_address) as Record<string, string>),
      }
    : null;
}

/** The customer behind a channel identity, made at the first message. Call with the conversation's lane held. */
export async function ensureCustomer(
  trx: Transaction,
  identity: { businessId: number; channel: ChannelName; accountId: string; externalId: string },
  /** Their number, where it is not their id: on WhatsApp, for who has a user name. */
  secondPhone?: string,
): Promise<number> {
  const [known] = await trx.query<{ user_id: number }>(
    `SELECT user_id FROM customer_identities
     WHERE business_id = :businessId AND channel = :channel AND account_id = :accountId AND external_id = :externalId`,
    identity,
  );
  if (known) return known.user_id;
  const sameByPhone = secondPhone ? await linkByPhone(trx, identity, secondPhone) : undefined;
  if (sameByPhone !== undefined) return sameByPhone;
  // A number that writes to us is proof of the number; ids of other channels say nothing about a phone.
  const phone =
    identity.channel === 'sms' || identity.channel === 'whatsapp'
      ? (secondPhone ?? identity.externalId)
      : null;
  const { insertId: userId } = await trx.execute(
    'INSERT INTO users (business_id, phone) VALUES (:businessId, :phone)',
    {
      businessId: identity.businessId,
      phone: phone && /^\+\d{7,15}$/.test(phone) ? phone : null,
    },
  );
  await trx.execute(
    `INSERT INTO customer_identities (business_id, user_id, channel, account_id, external_id)
     VALUES (:businessId, :userId, :channel, :accountId, :externalId)`,
    { ...identity, userId },
  );
  return userId;
}

/**
 * The customers behind several identities, by external id and account (`identityKey`), made where they write for the first time.
 * For channels whose ids are no phone numbers. Call with the lanes of all of them held.
 */
export async function ensureCustomers(
  trx: Transaction,
  identities: readonly Identity[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  if (identities.length === 0) return found;
  const rows = await trx.query<{
    business_id: number;
    user_id: number;
    channel: ChannelName;
    account_id: string;
    external_id: string;
  }>(
    `SELECT business_id, user_id, channel, account_id, external_id FROM customer_identities
     WHERE (business_id, channel, account_id, external_id) IN (?)`,
    [identities.map((one) => [one.businessId, one.channel, one.accountId, one.externalId])],
  );
  for (const row of rows)
    found.set(
      identityKey({
        businessId: row.business_id,
        channel: row.channel,
        accountId: row.account_id,
        externalId: row.external_id,
      }),
      row.user_id,
    );
  const strangers = identities.filter((one) => !found.has(identityKey(one)));
  for (const one of strangers) {
    // One by one: ids of rows that are inserted together cannot be told without assuming that they follow one another.
    const { insertId } = await trx.execute('INSERT INTO users (business_id) VALUES (?)', [
      one.businessId,
    ]);
    found.set(identityKey(one), insertId);
  }
  if (strangers.length > 0)
    await trx.execute(
      'INSERT INTO customer_identities (business_id, user_id, channel, account_id, external_id) VALUES ?',
      [
        strangers.map((one) => [
          one.businessId,
          found.get(identityKey(one)),
          one.channel,
          one.accountId,
          one.externalId,
        ]),
      ],
    );
  return found;
}

export const identityKey = ({ businessId, channel, accountId, externalId }: Identity): string =>
  JSON.stringify([businessId, channel, accountId, externalId]);

/** Who was known by their number and now has an id stays who they are, and stays opted out if they were. */
async function linkByPhone(
  trx: Transaction,
  identity: Identity,
  phone: string,
): Promise<number | undefined> {
  const byPhone = { ...identity, externalId: phone };
  const [known] = await trx.query<{ user_id: number }>(
    `SELECT user_id FROM customer_identities
     WHERE business_id = :businessId AND channel = :channel AND account_id = :accountId AND external_id = :externalId`,
    byPhone,
  );
  if (!known) return undefined;
  await trx.execute(
    `INSERT INTO customer_identities (business_id, user_id, channel, account_id, external_id)
     VALUES (:businessId, :userId, :channel, :accountId, :externalId)`,
    { ...identity, userId: known.user_id },
  );
  await copyOptOut(trx, byPhone, identity);
  return known.user_id;
}
