import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { asRoot } from './database-files.mjs';
import { Problem } from './problem.mjs';
import { identify, isRunning, stopProcess, waitUntil } from './processes.mjs';
import { lastLines } from './run-quietly.mjs';

/** After a crash the server first replays its log, which can take a while. */
const START_PATIENCE_MS = 5 * 60_000;
const STOP_PATIENCE_MS = 20_000;
const GREETING_PATIENCE_MS = 2_000;

/** The running server of this place, if there is one: started by us or left behind by a start that was killed. */
export function runningServer(place) {
  const recorded = recordedServer(place);
  if (isRunning(recorded)) return recorded;
  return unrecordedServer(place);
}

function recordedServer(place) {
  try {
    return JSON.parse(readFileSync(place.pidFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** We can be killed between starting the server and noting it; then the server's own pid file tells (on Linux). */
function unrecordedServer(place) {
  try {
    const pid = Number(readFileSync(place.serverPidFile, 'utf8'));
    const isOurs = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(
      `--datadir=${place.folder}\0`,
    );
    return isOurs ? identify(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the server in a session of its own, so that a Ctrl-C meant for us does not reach it. */
export function spawnServer(place, program) {
  for (const file of [place.socket, place.serverPidFile]) rmSync(file, { force: true });
  const output = openSync(place.log, 'a', 0o600);
  const child = spawn(program.path, serverArguments(place, program), {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.once('error', () => {});
  child.unref();
  const identity = identify(child.pid);
  writeFileSync(place.pidFile, JSON.stringify(identity));
  return identity;
}

/** Waits until the server greets on its socket; a server that ends instead is a Problem with the end of its log. */
export async function waitForServer(place, identity, signal) {
  let hasEnded = false;
  const isReady = async () => {
    // In this order: a server that ends between the two looks must not be missed.
    hasEnded = !isRunning(identity);
    return hasEnded || (await greets(place.socket));
  };
  const isDecided = await waitUntil(isReady, START_PATIENCE_MS, signal);
  if (isDecided && !hasEnded) return;
  const what = hasEnded ? 'could not start' : 'did not get ready in time';
  throw new Problem(
    `The private database ${what}.\n${lastLines(place.log)}\nThe whole log: ${place.log}`,
  );
}

export async function stopServer(place, identity) {
  await stopProcess(identity, STOP_PATIENCE_MS);
  for (const file of [place.pidFile, place.serverPidFile, place.socket])
    rmSync(file, { force: true });
}

function serverArguments(place, program) {
  return [
    '--no-defaults',
    `--datadir=${place.folder}`,
    `--socket=${place.socket}`,
    `--pid-file=${place.serverPidFile}`,
    '--skip-networking',
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--event-scheduler=ON',
    // A commit that was answered survives a power cut (1), or at least a crash of the server (2, for tests).
    `--innodb-flush-log-at-trx-commit=${place.flushAtCommit}`,
    '--innodb-buffer-pool-size=256M',
    `--max-connections=${place.maxConnections}`,
    '--max-allowed-packet=64M',
    ...(program.kind === 'mysql' ? ['--mysqlx=OFF', '--skip-log-bin'] : []),
    ...asRoot(),
  ];
}

/** Any first packet will do: "too many connections" also comes from a server that is up. */
function greets(socket) {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    const finish = (answer) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(GREETING_PATIENCE_MS, () => finish(false));
    connection.once('data', () => finish(true));
    connection.once('error', () => finish(false));
    connection.once('end', () => finish(false));
  });
}
