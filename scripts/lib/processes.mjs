import { readFileSync } from 'node:fs';

const POLL_INTERVAL_MS = 25;

/** Process ids are reused, so a process is remembered with the time at which it started. */
export function identify(pid) {
  return { pid, started: startTime(pid) };
}

/** Is it still the same process, and not one that ended and only waits to be collected (a zombie)? */
export function isRunning(identity) {
  if (!identity?.pid) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  const { state, started } = stat(identity.pid);
  if (state === 'Z' || state === 'X') return false;
  return identity.started === undefined || started === undefined || started === identity.started;
}

/** Resolves to true once `isDone()` holds, to false when the time is over. */
export async function waitUntil(isDone, timeoutMs, signal) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await isDone()) return true;
    signal?.throwIfAborted();
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
}

/** Asks a process to end, waits, and ends it by force when it does not. */
export async function stopProcess(identity, patienceMs) {
  const isGone = () => !isRunning(identity);
  if (isGone()) return;
  send(identity.pid, 'SIGTERM');
  if (await waitUntil(isGone, patienceMs)) return;
  send(identity.pid, 'SIGKILL');
  await waitUntil(isGone, patienceMs);
}

function send(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

function startTime(pid) {
  return stat(pid).started;
}

/** proc(5): the fields after the parenthesised name are state (3rd) … starttime (22nd). Other systems tell nothing. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], started: fields[19] };
  } catch {
    return {};
  }
}
