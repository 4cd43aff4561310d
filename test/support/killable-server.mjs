/**
 * A database server of one test's own, to be killed: `node killable-server.mjs <kind> <folder>`. Lines on standard input:
 * "start" and "kill" (-9); each is answered by a line. At the end of the input the server goes, too.
 */
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { initialiseData } from '../../scripts/lib/database-files.mjs';
import { ensureDatabaseProgram, findDatabaseProgram } from '../../scripts/lib/database-program.mjs';
import { spawnServer, waitForServer } from '../../scripts/lib/database-server.mjs';
import { isRunning, waitUntil } from '../../scripts/lib/processes.mjs';

const GONE_WITHIN_MS = 20_000;
const [kind, folder] = process.argv.slice(2);
const { signal } = new AbortController();
const place = {
  folder: join(folder, 'data'),
  socket: join(folder, 'socket'),
  pidFile: join(folder, 'server.json'),
  serverPidFile: join(folder, 'server.pid'),
  log: join(folder, 'server.log'),
  flushAtCommit: 1,
  maxConnections: 100,
};
// The server that the other tests run on may be elsewhere; then any will do.
const program =
  findDatabaseProgram(kind) ?? (await ensureDatabaseProgram({ kind: undefined, signal }));
await initialiseData({ folder: place.folder, program, log: join(folder, 'setup.log'), signal });

let server;
const commands = {
  start: async () => {
    if (server && isRunning(server)) return;
    server = spawnServer(place, program);
    await waitForServer(place, server, signal);
  },
  kill: async () => {
    if (!isRunning(server)) return;
    process.kill(server.pid, 'SIGKILL');
    await waitUntil(() => !isRunning(server), GONE_WITHIN_MS, signal);
  },
};
await commands.start();
process.stdout.write(`mysql://root@localhost/?socketPath=${encodeURIComponent(place.socket)}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  await commands[line]();
  process.stdout.write(`${line}\n`);
}
await commands.kill();
