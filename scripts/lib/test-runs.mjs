import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './progress.mjs';
import { dataPath, ROOT } from './project.mjs';
import { ended } from './run-quietly.mjs';

/** A clean jest ends at once after its last test; a connection or timer that was left open keeps it alive. */
const END_PATIENCE_MS = 20_000;
const STOP_PATIENCE_MS = 5_000;
const WATCH_INTERVAL_MS = 500;
const NOTHING_BUT_A_FAILURE = { passed: 0, failed: 1, skipped: 0 };

/** Runs jest once and returns its counts. */
export async function runJest({ kind, args, env, stop }) {
  const countsFile = dataPath(`test-counts-${kind}-${process.pid}.json`);
  const jest = spawn(
    process.execPath,
    [
      join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
      // First, because jest takes everything that follows --reporters for a reporter.
      ...args,
      '--reporters=default',
      `--reporters=${join(ROOT, 'scripts', 'lib', 'test-counts-reporter.cjs')}`,
    ],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...env, TEST_DATABASE_KIND: kind, TEST_COUNTS_FILE: countsFile },
    },
  );
  stopWith(stop, jest);
  const overdue = endWhenOverdue(jest, countsFile);
  const { code } = await ended(jest);
  overdue.stop();
  stop.signal.throwIfAborted();
  const counts = readCounts(countsFile);
  rmSync(countsFile, { force: true });
  if (overdue.happened()) return { ...counts, failed: counts.failed + 1 };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Checks the types; one failure when they do not hold. */
export async function checkTypes({ env, stop }) {
  const tsc = spawn(
    process.execPath,
    [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '--pretty', 'false'],
    { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  tsc.stdout.on('data', (chunk) => (output += chunk));
  tsc.stderr.on('data', (chunk) => (output += chunk));
  stop.signal.addEventListener('abort', () => tsc.kill());
  const { code } = await ended(tsc);
  return code === 0 ? { failed: 0, output: '' } : { failed: 1, output };
}

function stopWith(stop, jest) {
  stop.onStop((name) => {
    jest.kill(name);
    setTimeout(() => jest.kill('SIGKILL'), STOP_PATIENCE_MS).unref();
  });
}

function endWhenOverdue(jest, countsFile) {
  let happened = false;
  let finishedAt;
  const timer = setInterval(() => {
    finishedAt ??= existsSync(countsFile) ? Date.now() : undefined;
    if (finishedAt === undefined || Date.now() - finishedAt < END_PATIENCE_MS) return;
    happened = true;
    say(
      '✗ All tests are through, but something still runs in a test: a connection, server or timer was not closed.',
    );
    clearInterval(timer);
    jest.kill('SIGKILL');
  }, WATCH_INTERVAL_MS);
  return { stop: () => clearInterval(timer), happened: () => happened };
}

function readCounts(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : NOTHING_BUT_A_FAILURE;
}
