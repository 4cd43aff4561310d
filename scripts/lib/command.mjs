import { checkNodeVersion } from './node-version.mjs';
import { Problem } from './problem.mjs';
import { exitCodeOfSignal, listenForStop } from './stop-signals.mjs';

/** Runs a script's main function; it gets the stop requests and returns the exit code. */
export async function runCommand(main) {
  const stop = listenForStop();
  let exitCode;
  try {
    checkNodeVersion();
    exitCode = await main(stop);
  } catch (error) {
    exitCode = report(error, stop);
  }
  process.exit(exitCode);
}

function report(error, stop) {
  if (stop.signal.aborted) return exitCodeOfSignal(stop.signal.reason);
  if (!(error instanceof Problem)) {
    process.stderr.write(`${error?.stack ?? error}\n`);
    return 1;
  }
  process.stderr.write(`\n✗ ${error.message}\n`);
  return error.exitCode;
}
