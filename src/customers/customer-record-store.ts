import { z } from 'zod';
import type { Queryable, Transaction } from '../db/database';
import { readJson } from '../lib/json';
import { toMinor, type Minor } from '../lib/money';

/** Compared with the database constraint by a test. */
export const CUSTOMER_STATUSES = ['active', 'inactive', 'blocked'] as const;
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];

/** A customer as those who run the shop see them. */
export interface CustomerRecord {
  id: number;
  name: string | null;
  phone: string | null;
  email: string | null;
  status: CustomerStatus;
  language: string | null;
  isTrusted: boolean;
  idVerifiedAt: Date | null;
  totalOrders: number;
  totalSpent: Minor;
  engagementScore: number;
  lastOrderAt: Date | null;
  lastAddress: Record<string, string> | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface CustomerFields {
  name?: string;
  phone?: string | null;
  email?: string | null;
  status?: CustomerStatus;
  language?: string | null;
  isTrusted?: boolean;
  idVerifiedAt?: Date | null;
}

const COLUMNS: Record<keyof CustomerFields, string> = {
  name: 'name',
  phone: 'phone',
  email: 'email',
  status: 'status',
  language: 'language',
  isTrusted: 'is_trusted_buyer',
  idVerifiedAt: 'id_verified_at',
};

export async function findCustomerRecord(
  q: Queryable,
  businessId: number,
  id: number,
): Promise<CustomerRecord | null> {
  const [row] = await q.query<Row>(`${SELECT} WHERE id = :id AND business_id = :businessId`, {
    id,
    businessId,
  });
  return row ? toRecord(row) : null;
}

/** A page of customers, those who came last first. */
export async function listCustomerRecords(
  q: Queryable,
  filters: {
    businessId: number;
    status?: CustomerStatus;
    /** In the name, the phone or the e-mail. */
    text?: string;
    beforeId?: number;
    limit: number;
  },
): Promise<CustomerRecord[]> {
  const where = ['business_id = :businessId'];
  if (filters.status) where.push('status = :status');
  if (filters.beforeId !== undefined) where.push('id < :beforeId');
  if (filters.text) {
    where.push(
      "(name LIKE :like ESCAPE '!' OR phone LIKE :like ESCAPE '!' OR email LIKE :like ESCAPE '!')",
    );
  }
  const like = `%${(filters.text ?? '').replace(/[!%_]/g, '!$&')}%`;
  const rows = await q.query<Row>(
    `${SELECT} WHERE ${where.join(' AND ')} ORDER BY id DESC LIMIT :limit`,
    { ...filters, like },
  );
  return rows.map(toRecord);
}

export async function insertCustomer(
  trx: Transaction,
  businessId: number,
  fields: CustomerFields,
): Promise<number> {
  const names = given(fields);
  const { insertId } = await trx.execute(
    `INSERT INTO users (business_id, ${names.map((name) => COLUMNS[name]).join(', ')})
     VALUES (:businessId, ${names.map((name) => `:${name}`).join(', ')})`,
    { businessId, ...fields },
  );
  return insertId;
}

export async function updateCustomer(
  trx: Transaction,
  businessId: number,
  id: number,
  fields: CustomerFields,
): Promise<void> {
  const names = given(fields);
  if (names.length === 0) return;
  const assignments = names.map((name) => `${COLUMNS[name]} = :${name}`).join(', ');
  await trx.execute(
    `UPDATE users SET ${assignments} WHERE id = :id AND business_id = :businessId`,
    { ...fields, id, businessId },
  );
}

const given = (fields: CustomerFields): (keyof CustomerFields)[] =>
  (Object.keys(COLUMNS) as (keyof CustomerFields)[]).filter((name) => fields[name] !== undefined);

const SELECT = `SELECT id, name, phone, email, status, language, is_trusted_buyer, id_verified_at, total_orders, total_spent,
  engagement_score, last_order_at, last_address, created_at, updated_at FROM users`;

interface Row {
  id: number;
  name: string | null;
  phone: string | null;
  email: string | null;
  status: CustomerStatus;
  language: string | null;
  is_trusted_buyer: number;
  id_verified_at: Date | null;
  total_orders: number;
  total_spent: string;
  engagement_score: number;
  last_order_at: Date | null;
  last_address: string | null;
  created_at: Date;
  updated_at: Date;
}

const addressSchema = z.record(z.string(), z.string()).nullable().default(null);

const toRecord = (row: Row): CustomerRecord => ({
  id: row.id,
  name: row.name,
  phone: row.phone,
  email: row.email,
  status: row.status,
  language: row.language,
  isTrusted: Boolean(row.is_trusted_buyer),
  idVerifiedAt: row.id_verified_at,
  totalOrders: row.total_orders,
  totalSpent: toMinor(row.total_spent),
  engagementScore: row.engagement_score,
  lastOrderAt: row.last_order_at,
  lastAddress: readJson(addressSchema, row.last_address),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
