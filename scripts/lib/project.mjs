import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this clone; everything the scripts write lies below it. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Private state of this clone (databases, locks, logs, development secrets); never committed. */
export const DATA = join(ROOT, '.data');

/** A path under `.data/`; the folders that lead to it are made, for this account only. */
export function dataPath(...names) {
  const path = join(DATA, ...names);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return path;
}
