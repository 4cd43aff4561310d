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

/** Dies here, as by `kill -9`, when a test has asked for it. */
export function crashPoint(name: CrashPoint): void {
  if (armed === name) process.kill(process.pid, 'SIGKILL');
}
