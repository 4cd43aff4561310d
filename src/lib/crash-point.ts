/**
 * Named places at which a test can kill this process (`CRASH_AT=turn.before-commit`, NODE_ENV=test only): each line of the
 * failure table in ARCHITECTURE.md is one of them.
 */
export type CrashPoint =
  | 'webhook.before-store'
  | 'webhook.before-answer'
  | 'turn.after-lock'
  | 'turn.before-commit'
  | 'turn.after-commit'
  | 'send.before-request'
  | 'send.after-request'
  | 'notify.before-commit'
  | 'notify.after-commit';

const armed = process.env.NODE_ENV === 'test' ? process.env.CRASH_AT : undefined;
/** `CRASH_SIGNAL=SIGSTOP` puts the process to sleep there instead, once. */
const signal = process.env.CRASH_SIGNAL === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL';
let hasStopped = false;
const SIGNAL_ARRIVES_WITHIN_MS = 100;

/** Dies here, as by `kill -9`, when a test has asked for it. */
export function crashPoint(name: CrashPoint): void {
  if (armed !== name || hasStopped) return;
  hasStopped = true;
  process.kill(process.pid, signal);
  // The signal may reach another thread first; nothing more happens on this one until it has.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SIGNAL_ARRIVES_WITHIN_MS);
}
