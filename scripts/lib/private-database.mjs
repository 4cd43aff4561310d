import { existsSync, rmSync } from 'node:fs';
import { initialiseData, kindOfData } from './database-files.mjs';
import { ensureDatabaseProgram } from './database-program.mjs';
import { runningServer, spawnServer, stopServer, waitForServer } from './database-server.mjs';
import { addUser, removeUser } from './database-users.mjs';
import { withLock } from './lock.mjs';
import { say, step } from './progress.mjs';
import { dataPath } from './project.mjs';
import { socketPath } from './socket-folder.mjs';

/** Looking at a process costs next to nothing, and a second without a database is bearable. */
const WATCH_INTERVAL_MS = 1_000;
/** A server that cannot stay up is not started in a tight loop. */
const RESTART_PAUSE_MS = 5_000;

/** The database of `npm start`: answered commits are on the disk. */
export function developmentPlace() {
  return { ...place('db'), flushAtCommit: 1, maxConnections: 300, isDisposable: false };
}

/** The database of `npm test`: the operating system keeps commits when a process is killed, which is all a test needs. */
export function testPlace() {
  return { ...place('test-db'), flushAtCommit: 2, maxConnections: 400, isDisposable: true };
}

/** Makes sure that the server of this place runs, and signs us in as one of its users. */
export async function useDatabase(where, signal) {
  await locked(where, () => bringUp(where, signal), signal);
  const watch = keepUp(where, signal);
  return {
    url: (name) => `mysql://root@localhost/${name}?socketPath=${encodeURIComponent(where.socket)}`,
    /** Signs off; the last user stops the server. */
    release: async () => {
      watch.stop();
      await locked(where, async () => {
        if (removeUser(where.users)) return;
        const server = runningServer(where);
        if (server) await stopServer(where, server);
      });
    },
  };
}

function place(name) {
  return {
    folder: dataPath(name),
    socket: socketPath(`${name}.sock`),
    pidFile: dataPath('run', `${name}.server.json`),
    serverPidFile: dataPath('run', `${name}.pid`),
    users: dataPath('run', `${name}.users`),
    lock: dataPath(`${name}.lock`),
    log: dataPath(`${name}.log`),
    setupLog: dataPath(`${name}-setup.log`),
  };
}

function locked(where, work, signal) {
  return withLock(where.lock, work, signal);
}

async function bringUp(where, signal) {
  const left = runningServer(where);
  if (left) {
    await waitForServer(where, left, signal);
  } else {
    const program = await ensureDatabaseProgram({ kind: kindOfData(where.folder), signal });
    await startWithData(where, program, signal);
  }
  addUser(where.users);
}

async function startWithData(where, program, signal) {
  await prepare(where, program, signal);
  try {
    await start(where, program, signal);
  } catch (error) {
    if (!where.isDisposable || signal.aborted) throw error;
    say('  The test database is damaged; making a new one.');
    rmSync(where.folder, { recursive: true, force: true });
    await prepare(where, program, signal);
    await start(where, program, signal);
  }
}

async function prepare(where, program, signal) {
  if (existsSync(where.folder)) return;
  await step('Preparing a private database', 'once, a few seconds', () =>
    initialiseData({ folder: where.folder, program, log: where.setupLog, signal }),
  );
}

async function start(where, program, signal) {
  await step('Starting the private database', '', async () => {
    const server = spawnServer(where, program);
    try {
      await waitForServer(where, server, signal);
    } catch (error) {
      await stopServer(where, server);
      throw error;
    }
  });
}

/** Starts the server again when it goes away under us (killed, out of memory), until we are asked to stop. */
function keepUp(where, signal) {
  let busy = false;
  let stopped = false;
  const again = async () => {
    if (!stopped) await bringUp(where, signal);
  };
  const timer = setInterval(() => {
    if (busy || signal.aborted || runningServer(where)) return;
    busy = true;
    say('• The private database ended unexpectedly; starting it again');
    locked(where, again, signal)
      .catch((error) => !signal.aborted && say(`  ${error.message}`))
      .then(() => new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS)))
      .finally(() => {
        busy = false;
      });
  }, WATCH_INTERVAL_MS);
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}
