import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from './problem.mjs';
import { say } from './progress.mjs';

/** npm cleans up for a long time when it is interrupted; the next installation starts from nothing anyway. */
const INTERRUPT_PATIENCE_MS = 2_000;
/** Enough to see a reason, short enough to see it on one screen. */
const LAST_LINES = 15;

/**
 * Runs a program with its output in a log file. When it fails, the end of the log becomes the message.
 * `mayInterrupt: false` lets it finish after a stop request (a package manager must not be cut in two).
 */
export async function runQuietly({
  what,
  command,
  args,
  log,
  signal,
  mayInterrupt = true,
  env,
  cwd,
}) {
  signal?.throwIfAborted();
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  // Its own process group: a Ctrl-C of the terminal does not reach it, we decide.
  const child = spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const interrupt = () => {
    if (mayInterrupt) {
      killGroup(child.pid, 'SIGTERM');
      setTimeout(() => killGroup(child.pid, 'SIGKILL'), INTERRUPT_PATIENCE_MS).unref();
    } else say(`\n  Stopping as soon as this is done, so that nothing is left half-installed …`);
  };
  signal?.addEventListener('abort', interrupt);
  try {
    const outcome = await ended(child);
    signal?.throwIfAborted();
    if (outcome.code === 0) return;
    throw new Problem(
      `${what} failed (${describe(outcome)}).\n${lastLines(log)}\nThe whole log: ${log}`,
    );
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/** Waits for a child process; a program that cannot be run at all is an outcome, too. */
export function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

export function lastLines(file) {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
    return lines.map((line) => `    ${line}`).join('\n');
  } catch {
    return '    (no log was written)';
  }
}

function describe({ code, signal, error }) {
  if (error) return error.message;
  return signal ? `ended by ${signal}` : `exit code ${code}`;
}

function killGroup(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // It ended on its own in the same moment.
  }
}
