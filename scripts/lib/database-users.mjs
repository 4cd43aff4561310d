import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning } from './processes.mjs';

/**
 * Who uses a private database: one file per process. `npm start`, `npm run seed` and the like share one
 * server, and the last of them stops it. Called under the database's lock.
 */
export function addUser(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, String(process.pid)), JSON.stringify(identify(process.pid)));
}

/** Signs this process off and tells whether anybody is left; users that were killed no longer count. */
export function removeUser(folder) {
  rmSync(join(folder, String(process.pid)), { force: true });
  return otherUsers(folder).length > 0;
}

function otherUsers(folder) {
  return readdirSync(folder).filter((name) => {
    const file = join(folder, name);
    if (isRunning(read(file))) return true;
    rmSync(file, { force: true });
    return false;
  });
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
