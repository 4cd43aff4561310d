import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { findPrograms } from './programs.mjs';
import { canInstallSystemPackages, installSystemPackages } from './system-packages.mjs';

/** The first releases with what the schema needs (SKIP LOCKED, checks that are enforced). */
const OLDEST = { mariadb: [10, 6], mysql: [8, 0] };
const INSTALL_BY_HAND =
  'install the package mariadb-server (Debian, Ubuntu: sudo apt-get install mariadb-server; macOS: brew install mariadb), or set DATABASE_URL to a server you have';

/**
 * Finds a MariaDB or MySQL server program, or installs MariaDB where we may.
 * `kind` limits the choice to what existing data was made with.
 */
export async function ensureDatabaseProgram({ kind, signal }) {
  const found = findDatabaseProgram(kind);
  if (found) return found;
  if (kind === 'mysql') {
    throw new Problem(
      'The data under .data was made by MySQL, and no mysqld is found: install MySQL again, or delete .data.',
    );
  }
  if (!canInstallSystemPackages())
    throw new Problem(`No MariaDB or MySQL server is installed: ${INSTALL_BY_HAND}.`);
  await installSystemPackages({
    title: 'Installing the MariaDB server',
    hint: 'once, about a minute',
    packages: ['mariadb-server'],
    isThere: () => findDatabaseProgram(kind) !== undefined,
    signal,
  });
  const installed = findDatabaseProgram(kind);
  if (installed) return installed;
  throw new Problem(
    `MariaDB was installed, but its server program is not found: ${INSTALL_BY_HAND}.`,
  );
}

export function findDatabaseProgram(kind) {
  for (const path of findPrograms(['mariadbd', 'mysqld'])) {
    const program = inspect(path);
    if (program && (kind === undefined || kind === program.kind)) return program;
  }
  return undefined;
}

/** "mariadbd  Ver 10.11.6-MariaDB …" or "mysqld  Ver 8.4.3 for Linux …"; mysqld may be a link to mariadbd. */
function inspect(path) {
  try {
    const text = execFileSync(path, ['--no-defaults', '--version'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const [, major, minor] = /Ver (\d+)\.(\d+)/.exec(text).map(Number);
    const kind = /mariadb/i.test(text) ? 'mariadb' : 'mysql';
    const [oldestMajor, oldestMinor] = OLDEST[kind];
    const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
    return isNewEnough ? { path: realpathSync(path), kind } : undefined;
  } catch {
    return undefined;
  }
}
