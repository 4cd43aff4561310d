import { randomInt } from 'node:crypto';
import type { Queryable, Transaction } from '../db/database';
import { hmacSha256 } from '../lib/hash';

export const ROLES = ['admin', 'manager', 'operator'] as const;
export type Role = (typeof ROLES)[number];

export interface Staff {
  id: number;
  business_id: number;
  name: string;
  role: Role;
  phone: string | null;
  email: string | null;
  status: 'active' | 'inactive';
}

const COLUMNS = 'id, business_id, name, role, phone, email, status';
/** Long enough to walk to the other phone. */
const CODE_LIFETIME_MS = 15 * 60_000;

export async function insertStaff(
  q: Queryable,
  staff: Pick<Staff, 'business_id' | 'name' | 'role' | 'phone' | 'email'>,
): Promise<number> {
  const { insertId } = await q.execute(
    `INSERT INTO staff (business_id, name, role, phone, email) VALUES (:business_id, :name, :role, :phone, :email)`,
    { ...staff },
  );
  return insertId;
}

export async function findStaff(
  q: Queryable,
  businessId: number,
  id: number,
): Promise<Staff | null> {
  const [row] = await q.query<Staff>(
    `SELECT ${COLUMNS} FROM staff WHERE business_id = :businessId AND id = :id`,
    {
      businessId,
      id,
    },
  );
  return row ?? null;
}

export async function listStaff(q: Queryable, businessId: number): Promise<Staff[]> {
  return q.query<Staff>(
    `SELECT ${COLUMNS} FROM staff WHERE business_id = :businessId ORDER BY id`,
    { businessId },
  );
}

/** Where the owner reads mail, as far as the shop knows: the first active admin's address. */
export async function adminsEmail(q: Queryable, businessId: number): Promise<string | null> {
  const [row] = await q.query<{ email: string }>(
    `SELECT email FROM staff
     WHERE business_id = :businessId AND status = 'active' AND role = 'admin' AND email IS NOT NULL
     ORDER BY id
     LIMIT 1`,
    { businessId },
  );
  return row?.email ?? null;
}

/** A one-time code of eight digits for `/link CODE`; it cannot be read back, only its keyed hash is kept. */
export async function createLinkCode(
  q: Queryable,
  encryptionKey: string,
  staff: Pick<Staff, 'id' | 'business_id'>,
  now: Date,
): Promise<{ code: string; expires_at: Date }> {
  const code = String(randomInt(10_000_000, 100_000_000));
  const expiresAt = new Date(now.getTime() + CODE_LIFETIME_MS);
  await q.execute(
    `INSERT INTO staff_link_codes (business_id, staff_id, code_hash, expires_at)
     VALUES (:businessId, :staffId, :hash, :expiresAt)`,
    {
      businessId: staff.business_id,
      staffId: staff.id,
      hash: hashOf(encryptionKey, code),
      expiresAt,
    },
  );
  return { code, expires_at: expiresAt };
}

/** Uses a code up; the member of staff whose code it is, or null when it is wrong, used or too old. */
export async function redeemLinkCode(
  trx: Transaction,
  encryptionKey: string,
  use: { businessId: number; code: string; conversationId: number; now: Date },
): Promise<Staff | null> {
  const { businessId, conversationId, now } = use;
  const hash = hashOf(encryptionKey, use.code);
  const { affectedRows } = await trx.execute(
    `UPDATE staff_link_codes SET used_at = :now, used_by_conversation_id = :conversationId
     WHERE business_id = :businessId AND code_hash = :hash AND used_at IS NULL AND expires_at > :now`,
    { businessId, hash, conversationId, now },
  );
  if (affectedRows === 0) return null;
  const [row] = await trx.query<Staff>(
    `SELECT s.id, s.business_id, s.name, s.role, s.phone, s.email, s.status
     FROM staff_link_codes AS c JOIN staff AS s ON s.id = c.staff_id
     WHERE c.business_id = :businessId AND c.code_hash = :hash AND s.status = 'active'`,
    { businessId, hash },
  );
  return row ?? null;
}

const hashOf = (key: string, code: string): string => hmacSha256(key, `staff link code ${code}`);
