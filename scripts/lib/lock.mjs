import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isRunning, waitUntil } from './processes.mjs';
import { Problem } from './problem.mjs';

/** Longer than any step that is done under a lock. */
const LOCK_PATIENCE_MS = 15 * 60_000;

/**
 * Takes the lock file for this process, or tells who has it. The file names its owner, so the lock of a
 * process that was killed is worth nothing.
 */
export function tryLock(file) {
  const mine = JSON.stringify(identify(process.pid));
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    for (;;) {
      if (linkIfFree(draft, file)) return { release: () => removeIf(file, mine) };
      const text = readIfThere(file);
      if (text === undefined) continue;
      const owner = parse(text);
      if (isRunning(owner)) return { owner };
      removeIf(file, text);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Does `work` while no other process of this clone does anything under the same lock. */
export async function withLock(file, work, signal) {
  let lock;
  const isTaken = () => {
    lock = tryLock(file);
    return lock.release !== undefined;
  };
  if (!(await waitUntil(isTaken, LOCK_PATIENCE_MS, signal))) {
    throw new Problem(
      `Process ${lock.owner.pid} has held ${file} for too long: stop it and try again.`,
    );
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function linkIfFree(draft, file) {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the file only with the content we judged: it is first moved aside, and a lock that somebody took
 * in between is put back.
 */
function removeIf(file, expected) {
  const aside = `${file}.${process.pid}.old`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readIfThere(aside) !== expected) linkIfFree(aside, file);
  rmSync(aside, { force: true });
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
