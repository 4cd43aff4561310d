import type { Job } from '../../src/jobs/jobs';
import { runTick } from '../../src/jobs/scheduler';
import { createLog } from '../../src/lib/log';
import { useDatabase } from '../support/database';

const base = useDatabase();
const job = (run: Job['run']): Job => ({ name: 'count-sheep', cron: '* * * * *', run });
const deps = () => ({ db: base.db, clock: base.clock, log: createLog('silent') });

test('a job runs once per tick, however many instances come to it at once', async () => {
  let runs = 0;
  const sheep = job(() => Promise.resolve((runs += 1)));
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => runTick(deps(), sheep)));
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
  expect(runs).toBe(1);
});

test('a job runs again at its next tick', async () => {
  let runs = 0;
  const sheep = job(() => Promise.resolve((runs += 1)));
  await runTick(deps(), sheep);
  base.clock.forward(1);
  expect(await runTick(deps(), sheep)).toBe('done');
  expect(runs).toBe(2);
});

test('the record of a tick says what the job did, and why it failed', async () => {
  await runTick(
    deps(),
    job(() => Promise.resolve(7)),
  );
  base.clock.forward(1);
  expect(
    await runTick(
      deps(),
      job(() => Promise.reject(new Error('the fence is open'))),
    ),
  ).toBe('failed');
  const rows = await base.db.query<{
    result: number | null;
    error: string | null;
    finished_at: Date | null;
  }>('SELECT result, error, finished_at FROM job_runs ORDER BY tick');
  expect(rows).toEqual([
    { result: 7, error: null, finished_at: expect.any(Date) as Date },
    { result: null, error: 'the fence is open', finished_at: expect.any(Date) as Date },
  ]);
});
