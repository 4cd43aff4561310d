import type { Queryable, Transaction } from '../db/database';

/** What the subject of an alert is: a product, a variant, a business, an order. */
export type AlertKind =
  | 'low_product'
  | 'low_variant'
  | 'wrong_product'
  | 'wrong_variant'
  | 'reservation_failures'
  | 'hold_lost';

export interface Alert {
  kind: AlertKind;
  subjectId: number;
  businessId: number;
  level: number;
  now: Date;
}

/** Notes an alert; false when it stands already and has not got worse. Of two that raise it at once, one is told true. */
export async function raiseAlert(trx: Transaction, alert: Alert): Promise<boolean> {
  const { affectedRows: isNew } = await trx.execute(
    `INSERT IGNORE INTO raised_alerts (kind, subject_id, business_id, level, raised_at)
     VALUES (:kind, :subjectId, :businessId, :level, :now)`,
    { ...alert },
  );
  if (isNew) return true;
  const { affectedRows: isWorse } = await trx.execute(
    `UPDATE raised_alerts SET level = :level, raised_at = :now
     WHERE kind = :kind AND subject_id = :subjectId AND level < :level`,
    { ...alert },
  );
  return isWorse > 0;
}

/** Which subjects are alerted of now, a bounded number of them. */
export async function raisedSubjects(
  q: Queryable,
  kind: AlertKind,
  limit: number,
): Promise<number[]> {
  const rows = await q.query<{ subject_id: number }>(
    'SELECT subject_id FROM raised_alerts WHERE kind = :kind ORDER BY subject_id LIMIT :limit',
    { kind, limit },
  );
  return rows.map((row) => row.subject_id);
}

/** It is over: the next time is told again. */
export async function endAlerts(
  q: Queryable,
  kind: AlertKind,
  subjectIds: readonly number[],
): Promise<void> {
  if (subjectIds.length === 0) return;
  await q.execute('DELETE FROM raised_alerts WHERE kind = ? AND subject_id IN (?)', [
    kind,
    subjectIds,
  ]);
}
