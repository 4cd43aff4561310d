import cron, { type ScheduledTask } from 'node-cron';
import type { Log } from '../lib/log';
import { claimTick, finishTick } from './job-store';
import type { Job, JobDeps } from './jobs';

export interface Scheduler {
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** Runs the jobs by the clock, each once per tick across all instances (QUE-4). */
export function startScheduler(deps: JobDeps & { log: Log }, jobs: readonly Job[]): Scheduler {
  const running = new Set<Promise<unknown>>();
  const tasks: ScheduledTask[] = jobs.map((job) =>
    cron.schedule(
      job.cron,
      () => {
        const run: Promise<unknown> = runTick(deps, job).finally(() => running.delete(run));
        running.add(run);
        return run;
      },
      { timezone: 'UTC', noOverlap: true },
    ),
  );
  return {
    stop: async () => {
      for (const task of tasks) await task.stop();
      await Promise.all(running);
    },
  };
}

/** One tick: whoever writes its row first does the work, and the row says how it went. Never throws. */
export async function runTick(
  deps: JobDeps & { log: Log },
  job: Job,
): Promise<'done' | 'failed' | 'not ours'> {
  const { db, clock, log } = deps;
  const started = clock.now();
  const tick = new Date(Math.floor(started.getTime() / MINUTE_MS) * MINUTE_MS);
  try {
    if (!(await claimTick(db, job.name, tick, started))) return 'not ours';
    const result = await job.run(deps);
    await finishTick(db, job.name, tick, { now: clock.now(), result, error: null });
    return 'done';
  } catch (error) {
    log.error({ err: error, job: job.name }, 'a job failed; its next tick tries again');
    const text = error instanceof Error ? error.message : String(error);
    await finishTick(db, job.name, tick, {
      now: clock.now(),
      result: null,
      error: text.slice(0, 500),
    }).catch(() => undefined);
    return 'failed';
  }
}
