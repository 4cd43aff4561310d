import type { Queryable } from '../db/database';
import type { Recent, RiskDefaults, RiskFacts } from './risk-score';

/** An order that is to be scored. Trusted buyers are not (ORD-7). */
export interface RiskSubject {
  businessId: number;
  userId: number;
  isTrusted: boolean;
  /** E.164 */
  phone: string;
  ipAddress: string | null;
}

/**
 * So many of the newest orders are looked at per customer, phone and address on average: what a flood of orders costs is bounded.
 * No threshold of the settings is above it.
 */
export const RECENT_PER_KEY = 64;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const SHARING_MS = 30 * DAY_MS;

/**
 * What earlier orders say about each of these, in one statement for all of them; null where nobody asks. Orders of the same
 * list that come before one count for it, though they are not in the database yet.
 */
export async function loadRiskFacts(
  q: Queryable,
  now: Date,
  subjects: readonly RiskSubject[],
  defaults: RiskDefaults = {},
): Promise<(RiskFacts | null)[]> {
  const asked = subjects.filter((one) => !one.isTrusted);
  if (asked.length === 0) return subjects.map(() => null);
  const known = await readKnown(q, now, asked);
  return subjects.map((one, at) => {
    if (one.isTrusted) return null;
    const before = subjects.slice(0, at).filter((other) => other.businessId === one.businessId);
    const recent = (kind: Kind, key: string, together: number): Recent => {
      const row = known.get(`${kind} ${one.businessId} ${key}`);
      return { lastHour: (row?.hour ?? 0) + together, lastDay: (row?.day ?? 0) + together };
    };
    const customer = known.get(`customer ${one.businessId} ${one.userId}`);
    const phone = known.get(`phone ${one.businessId} ${one.phone}`);
    const others = new Set(phone?.customers ?? []);
    for (const other of before) if (other.phone === one.phone) others.add(other.userId);
    others.delete(one.userId);
    return {
      deliveredOrders: customer?.hour ?? 0,
      refusedCod: customer?.day ?? 0,
      customer: recent(
        'orders',
        String(one.userId),
        before.filter((other) => other.userId === one.userId).length,
      ),
      phone: recent('phone', one.phone, before.filter((other) => other.phone === one.phone).length),
      ip:
        one.ipAddress === null
          ? null
          : recent(
              'ip',
              one.ipAddress,
              before.filter((other) => other.ipAddress === one.ipAddress).length,
            ),
      phoneCustomers: others.size,
      defaults,
    };
  });
}

type Kind = 'customer' | 'orders' | 'phone' | 'ip';
interface Known {
  /** Of a customer: delivered orders. */
  hour: number;
  /** Of a customer: refused parcels. */
  day: number;
  customers: number[];
}

async function readKnown(
  q: Queryable,
  now: Date,
  subjects: readonly RiskSubject[],
): Promise<Map<string, Known>> {
  const userIds = [...new Set(subjects.map((one) => one.userId))];
  const phones = [...new Set(subjects.map((one) => one.phone))];
  const ips = [
    ...new Set(subjects.flatMap((one) => (one.ipAddress === null ? [] : [one.ipAddress]))),
  ];
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const rows = await q.query<{
    kind: Kind;
    business_id: number;
    lookup: string;
    hour_count: number | string;
    day_count: number | string;
    customers: string | null;
  }>([CUSTOMERS, ORDERS, PHONES, ...(ips.length > 0 ? [IPS] : [])].join(' UNION ALL '), {
    userIds,
    phones,
    ips,
    hourAgo: ago(HOUR_MS),
    dayAgo: ago(DAY_MS),
    sharingSince: ago(SHARING_MS),
    userRows: RECENT_PER_KEY * userIds.length,
    phoneRows: RECENT_PER_KEY * phones.length,
    ipRows: RECENT_PER_KEY * ips.length,
  });
  return new Map(
    rows.map((row) => [
      `${row.kind} ${row.business_id} ${row.lookup}`,
      {
        hour: Number(row.hour_count),
        day: Number(row.day_count),
        customers: (row.customers ?? '').split(',').filter(Boolean).map(Number),
      },
    ]),
  );
}

const CUSTOMERS = `SELECT 'customer' AS kind, business_id, CAST(id AS CHAR) AS lookup, total_orders AS hour_count,
        cod_refused_count AS day_count, NULL AS customers
     FROM users WHERE id IN (:userIds)`;

// The newest rows of an index, read backwards; the limit stands inside, so that it bounds what is read.
const ORDERS = `SELECT 'orders', business_id, CAST(user_id AS CHAR), SUM(created_at > :hourAgo), COUNT(*), NULL
     FROM (
         SELECT business_id, user_id, created_at FROM orders FORCE INDEX (orders_user_recent_idx)
         WHERE user_id IN (:userIds) AND created_at > :dayAgo
         ORDER BY user_id DESC, created_at DESC LIMIT :userRows
     ) AS of_customers GROUP BY business_id, user_id`;

const PHONES = `SELECT 'phone', business_id, shipping_phone, SUM(created_at > :hourAgo), SUM(created_at > :dayAgo),
        GROUP_CONCAT(DISTINCT user_id)
     FROM (
         SELECT business_id, shipping_phone, user_id, created_at FROM orders FORCE INDEX (orders_phone_idx)
         WHERE shipping_phone IN (:phones) AND created_at > :sharingSince
         ORDER BY shipping_phone DESC, created_at DESC LIMIT :phoneRows
     ) AS of_phones GROUP BY business_id, shipping_phone`;

const IPS = `SELECT 'ip', business_id, ip_address, SUM(created_at > :hourAgo), COUNT(*), NULL
     FROM (
         SELECT business_id, ip_address, created_at FROM orders FORCE INDEX (orders_ip_idx)
         WHERE ip_address IN (:ips) AND created_at > :dayAgo
         ORDER BY ip_address DESC, created_at DESC LIMIT :ipRows
     ) AS of_addresses GROUP BY business_id, ip_address`;
