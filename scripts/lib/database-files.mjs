import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Problem } from './problem.mjs';
import { findPrograms } from './programs.mjs';
import { runQuietly } from './run-quietly.mjs';

/** Which server made the data; the two cannot read each other's files. */
const KIND_FILE = 'tindera-server-kind';

/** 'mariadb' or 'mysql' when data exists. */
export function kindOfData(folder) {
  const file = join(folder, KIND_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/**
 * Makes an empty database folder. It is prepared beside its place and renamed when complete, so what a
 * killed start leaves is only rubbish, which the next one sweeps away.
 */
export async function initialiseData({ folder, program, log, signal }) {
  sweep(folder);
  const draft = `${folder}.new-${process.pid}`;
  mkdirSync(draft, { mode: 0o700, recursive: true });
  const { command, args } = program.kind === 'mariadb' ? mariadb(program) : mysql(program, draft);
  await runQuietly({
    what: 'Preparing the database folder',
    command,
    args,
    cwd: draft,
    log,
    signal,
  });
  writeFileSync(join(draft, KIND_FILE), `${program.kind}\n`);
  renameSync(draft, folder);
}

function sweep(folder) {
  const parent = dirname(folder);
  for (const name of readdirSync(parent)) {
    if (name.startsWith(`${basename(folder)}.new-`))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** root@localhost without a password: only this account can reach the socket. */
function mariadb(program) {
  const [installer] = findPrograms(['mariadb-install-db', 'mysql_install_db']);
  if (!installer) {
    throw new Problem(
      `${program.path} is there, but mariadb-install-db is not: install the whole package mariadb-server.`,
    );
  }
  return {
    command: installer,
    args: [
      '--no-defaults',
      // Relative to the working directory, which is the folder: the script does not cope with a space in a path.
      '--datadir=.',
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      // Only skips a look-up of this machine's name, which fails in some containers; nobody connects by name.
      '--force',
      '--skip-name-resolve',
      ...asRoot(),
    ],
  };
}

function mysql(program, folder) {
  return {
    command: program.path,
    args: ['--no-defaults', '--initialize-insecure', `--datadir=${folder}`, ...asRoot()],
  };
}

/** Both servers refuse to run as root unless told to. */
export function asRoot() {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
