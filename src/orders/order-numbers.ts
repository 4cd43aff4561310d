import type { Queryable } from '../db/database';

/** Numbers are padded to this many digits and grow beyond them when a shop needs it. */
const DIGITS = 5;

/**
 * The next number of a shop's local day (ORD-10), in a statement of its own that commits at once: inside an order's transaction
 * its counter row would make all orders of the shop wait for each other. An order that fails leaves a gap.
 */
export async function nextOrderNumber(
  db: Queryable,
  business: { id: number; timezone: string },
  now: Date,
): Promise<string> {
  const day = localDay(now, business.timezone);
  return formatOrderNumber(day, await takeNumbers(db, business.id, day, 1));
}

/** Takes `count` numbers in a row; returns the last one. */
export async function takeNumbers(
  db: Queryable,
  businessId: number,
  day: string,
  count: number,
): Promise<number> {
  const { insertId } = await db.execute(
    `INSERT INTO order_counters (business_id, day, last_number) VALUES (:businessId, :day, LAST_INSERT_ID(:count))
     ON DUPLICATE KEY UPDATE last_number = LAST_INSERT_ID(last_number + :count)`,
    { businessId, day, count },
  );
  return insertId;
}

export const formatOrderNumber = (day: string, number: number): string =>
  `ORD-${day.replaceAll('-', '')}-${String(number).padStart(DIGITS, '0')}`;

/** "2025-11-20": the date in the shop's time zone. */
export function localDay(now: Date, timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(now);
}
