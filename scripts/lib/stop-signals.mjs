import { constants } from 'node:os';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/**
 * Ctrl-C reaches us twice under npm: from the terminal and, forwarded, from npm. Within this time it counts
 * once; a later one is a person who is in a hurry.
 */
const SAME_SIGNAL_WITHIN_MS = 1_000;
const PARENT_CHECK_INTERVAL_MS = 1_000;

/**
 * Collects the requests to stop. Until somebody takes them over with `onStop`, the first one aborts
 * `signal`, which ends the step that is running.
 */
export function listenForStop() {
  const abort = new AbortController();
  let lastAt = 0;
  let handler = () => {};
  const request = (name) => {
    if (Date.now() - lastAt < SAME_SIGNAL_WITHIN_MS) return;
    lastAt = Date.now();
    const isFirst = !abort.signal.aborted;
    if (isFirst) abort.abort(name);
    handler(name, isFirst);
  };
  for (const name of STOP_SIGNALS) process.on(name, () => request(name));
  watchForVanishedNpm(() => request('SIGTERM'));
  return {
    signal: abort.signal,
    /** `handle(name, isFirst)` is called for every request from now on. */
    onStop: (handle) => {
      handler = handle;
    },
  };
}

/** The exit code by which shells tell that a program was ended by a signal. */
export function exitCodeOfSignal(name) {
  return 128 + (constants.signals[name] ?? 0);
}

/** npm passes on neither SIGKILL nor a hang-up; when it is gone, nobody is left to stop us. */
function watchForVanishedNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_CHECK_INTERVAL_MS);
  timer.unref();
}
