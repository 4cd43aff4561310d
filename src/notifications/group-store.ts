import type { Transaction } from '../db/database';
import type { Notification } from './notification-store';

/** Which events are told together: those of one kind, in one shop. */
type Group = Pick<Notification, 'businessId' | 'template'>;

/** When the group was last told, with the group locked; null when another dispatcher is at it. */
export async function lockGroup(
  trx: Transaction,
  { businessId, template }: Group,
): Promise<Date | null> {
  const select = `SELECT told_at FROM notification_groups WHERE business_id = :businessId AND template = :template`;
  const lock = async () => {
    const sql = `${select} FOR UPDATE SKIP LOCKED`;
    const [row] = await trx.query<{ told_at: Date }>(sql, { businessId, template });
    return row?.told_at ?? null;
  };
  const locked = await lock();
  if (locked) return locked;
  // Either it is locked, or nothing of the kind has ever happened.
  if ((await trx.query(select, { businessId, template })).length > 0) return null;
  await trx.execute(
    `INSERT INTO notification_groups (business_id, template, told_at) VALUES (:businessId, :template, '1970-01-01')
     ON DUPLICATE KEY UPDATE told_at = told_at`,
    { businessId, template },
  );
  return lock();
}

/** The others of its kind that are to be told by `until`, the oldest first; they are ours until the transaction ends. */
export async function claimSiblings(
  trx: Transaction,
  { id, businessId, template, priority }: Notification,
  until: Date,
  limit: number,
): Promise<{ id: number; payload: Notification['payload'] }[]> {
  const rows = await trx.query<{ id: number; payload: string }>(
    `SELECT id, payload FROM notification_queue
     WHERE status = 'pending' AND priority = :priority AND scheduled_at <= :until AND business_id = :businessId
       AND template = :template AND tried_channels = '' AND id <> :id
     ORDER BY scheduled_at, id
     LIMIT :limit
     FOR UPDATE SKIP LOCKED`,
    { id, businessId, template, priority, until, limit },
  );
  return rows.map((row) => ({
    id: row.id,
    payload: JSON.parse(row.payload) as Notification['payload'],
  }));
}

/** They wait for the next time that the group is told. */
export async function postpone(
  trx: Transaction,
  ids: readonly number[],
  until: Date,
): Promise<void> {
  await trx.execute('UPDATE notification_queue SET scheduled_at = ? WHERE id IN (?)', [until, ids]);
}

/** The group is told now. */
export async function noteTold(
  trx: Transaction,
  { businessId, template }: Group,
  now: Date,
): Promise<void> {
  await trx.execute(
    `UPDATE notification_groups SET told_at = :now WHERE business_id = :businessId AND template = :template`,
    { businessId, template, now },
  );
}

/** One tells it for all of them: whatever becomes of it, it still says what they would have said. */
export async function mergeInto(
  trx: Transaction,
  id: number,
  merged: { template: string; payload: Notification['payload'] },
  others: readonly number[],
): Promise<void> {
  await trx.execute(
    'UPDATE notification_queue SET template = :template, payload = :payload WHERE id = :id',
    { id, template: merged.template, payload: JSON.stringify(merged.payload) },
  );
  await trx.execute(
    "UPDATE notification_queue SET status = 'skipped', last_error = ? WHERE id IN (?)",
    [`told together with notification ${id}`, others],
  );
}
