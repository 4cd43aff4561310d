import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', 'fixtures');

/** The exact bytes of a captured body: signatures are over these. */
export const fixtureBytes = (file: string): Buffer => readFileSync(path.join(ROOT, file));

export const fixture = <T>(file: string): T => JSON.parse(fixtureBytes(file).toString('utf8')) as T;

/** The names in a folder, without the files that describe the others (`_signatures.json`). */
export const fixtureNames = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder)).filter((name) => !name.startsWith('_'));
