import type { Queryable } from '../db/database';

/** Adds a line to the record of who did, or tried to do, what (SEC-3). */
export async function recordAudit(
  q: Queryable,
  entry: {
    businessId: number;
    actor: string;
    action: string;
    subject: string;
    outcome: 'done' | 'refused' | 'failed';
    detail?: Record<string, unknown>;
  },
): Promise<void> {
  await q.execute(
    `INSERT INTO audit_log (business_id, actor, action, subject, outcome, detail)
     VALUES (:businessId, :actor, :action, :subject, :outcome, :detail)`,
    { ...entry, detail: entry.detail ? JSON.stringify(entry.detail) : null },
  );
}

/** How often something was refused for this subject since then. */
export async function countRefusals(
  q: Queryable,
  businessId: number,
  subject: string,
  action: string,
  since: Date,
): Promise<number> {
  const [row] = await q.query<{ refusals: number }>(
    `SELECT COUNT(*) AS refusals FROM audit_log
     WHERE business_id = :businessId AND subject = :subject AND action = :action
       AND outcome = 'refused' AND created_at >= :since`,
    { businessId, subject, action, since },
  );
  return row?.refusals ?? 0;
}
