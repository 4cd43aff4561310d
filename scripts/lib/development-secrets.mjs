import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { dataPath } from './project.mjs';

/** What production must be given and a developer should not have to think about. */
const MAKERS = {
  ADMIN_API_KEY: () => `dev_${randomBytes(24).toString('base64url')}`,
  JWT_SECRET: () => randomBytes(48).toString('base64url'),
  ENCRYPTION_KEY: () => randomBytes(32).toString('hex'),
};

/** Secrets of this clone, made once: credentials in its database stay readable after a restart. */
export function developmentSecrets() {
  const file = dataPath('secrets.json');
  const stored = read(file);
  const complete = { ...stored };
  for (const [name, make] of Object.entries(MAKERS)) complete[name] ??= make();
  if (stored && Object.keys(complete).length === Object.keys(stored).length) return stored;
  return write(file, complete, stored === undefined);
}

function read(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem(
      `${file} is damaged: restore it, or delete it (credentials stored in the development database become unreadable).`,
      { cause },
    );
  }
}

/** A file appears complete or not at all; when two processes make the first one, both use the winner's. */
function write(file, secrets, isNew) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  try {
    if (!isNew) {
      renameSync(draft, file);
      return secrets;
    }
    linkSync(draft, file);
    return secrets;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return read(file);
  } finally {
    rmSync(draft, { force: true });
  }
}
