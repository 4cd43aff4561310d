import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { identify, isRunning, stopProcess, waitUntil } from './processes.mjs';
import { say } from './progress.mjs';
import { dataPath, ROOT } from './project.mjs';
import { ended } from './run-quietly.mjs';
import { exitCodeOfSignal } from './stop-signals.mjs';

/** An app whose start was killed ends by itself within ten seconds; then it is ended. */
const ORPHAN_PATIENCE_MS = 12_000;

/**
 * Runs the app. It gets a process group of its own, so that a Ctrl-C reaches it once, through us, and a
 * pipe as its stdin, whose end tells it that we are gone even when we were killed.
 */
export function spawnApp(program, env) {
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    cwd: ROOT,
    env: { ...env, TINDERA_EXIT_ON_STDIN_END: '1' },
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.on('error', () => {});
  if (child.pid) writeFileSync(appFile(), JSON.stringify(identify(child.pid)));
  return { child, exitCode: exitCodeOf(child) };
}

/** Waits for the app of a start that was killed, which would still hold the port. */
export async function waitForOrphanedApp(signal) {
  const orphan = read();
  if (!isRunning(orphan)) return;
  say('• Waiting for the app of the previous start to end …');
  if (await waitUntil(() => !isRunning(orphan), ORPHAN_PATIENCE_MS, signal)) return;
  await stopProcess(orphan, ORPHAN_PATIENCE_MS);
}

async function exitCodeOf(child) {
  const { code, signal, error } = await ended(child);
  rmSync(appFile(), { force: true });
  if (error) throw new Problem(`The app cannot be run: ${error.message}.`);
  return signal ? exitCodeOfSignal(signal) : code;
}

function read() {
  try {
    return JSON.parse(readFileSync(appFile(), 'utf8'));
  } catch {
    return undefined;
  }
}

function appFile() {
  return dataPath('app.json');
}
