import type { Queryable } from '../db/database';

/** Takes a job's tick; false when another instance has it. */
export async function claimTick(
  db: Queryable,
  job: string,
  tick: Date,
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    'INSERT IGNORE INTO job_runs (job, tick, started_at) VALUES (:job, :tick, :now)',
    { job, tick, now },
  );
  return affectedRows === 1;
}

export async function finishTick(
  db: Queryable,
  job: string,
  tick: Date,
  outcome: { now: Date; result: number | null; error: string | null },
): Promise<void> {
  await db.execute(
    'UPDATE job_runs SET finished_at = :now, result = :result, error = :error WHERE job = :job AND tick = :tick',
    { job, tick, ...outcome },
  );
}

/** Forgets ticks before an instant, a bounded number at a time. */
export async function deleteTicks(db: Queryable, before: Date, limit: number): Promise<number> {
  const { affectedRows } = await db.execute(
    'DELETE FROM job_runs WHERE tick < :before LIMIT :limit',
    { before, limit },
  );
  return affectedRows;
}
