import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { dataPath, ROOT } from './project.mjs';

/** The kernel takes 108 bytes on Linux and 104 on macOS for the path of a socket, with its end mark. */
const LONGEST_SOCKET_PATH = 100;

/**
 * A path for a Unix socket that only this account can reach. A clone that lies too deep gets a folder for
 * temporary files, which is checked, because there others could have made one with the same name first.
 */
export function socketPath(name) {
  const near = dataPath('run', name);
  const folder =
    Buffer.byteLength(near) <= LONGEST_SOCKET_PATH ? dataPath('run') : folderElsewhere();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = lstatSync(folder);
  const isPrivate = (mode & 0o170077) === 0o040000;
  const isOurs = process.getuid === undefined || uid === process.getuid();
  if (isPrivate && isOurs) return join(folder, name);
  throw new Problem(
    `${folder} must be a folder that only this account can open: delete it, and it is made again.`,
  );
}

function folderElsewhere() {
  const hash = createHash('sha256').update(ROOT).digest('hex').slice(0, 16);
  return join(tmpdir(), `tindera-${hash}`);
}
