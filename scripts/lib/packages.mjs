import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withLock } from './lock.mjs';
import { say, step } from './progress.mjs';
import { dataPath, ROOT } from './project.mjs';
import { runQuietly } from './run-quietly.mjs';

/** Says for which lock file node_modules was made; a killed installation leaves none. */
const STAMP = join(ROOT, 'node_modules', '.tindera-lock');
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');
const LOCK_FILE = join(ROOT, 'package-lock.json');

/** Makes node_modules match package-lock.json; does nothing when it does already. */
export async function ensurePackages({ withDevelopment, signal }) {
  if (isCurrent(withDevelopment)) return;
  await withLock(
    dataPath('install.lock'),
    async () => {
      if (isCurrent(withDevelopment)) return;
      await step('Installing packages', 'once, about half a minute', () =>
        install(withDevelopment, signal),
      );
      writeStamp(withDevelopment);
    },
    signal,
  );
}

function install(withDevelopment, signal) {
  const npm = npmCommand();
  return runQuietly({
    what: 'Installing packages (npm ci)',
    command: npm.command,
    args: [...npm.args, 'ci', withDevelopment ? '--include=dev' : '--omit=dev', '--no-progress'],
    cwd: ROOT,
    log: dataPath('npm-ci.log'),
    signal,
  });
}

/** The npm that runs us, when one does: another one in the PATH may be older. */
function npmCommand() {
  const path = process.env.npm_execpath ?? '';
  if (basename(path) === 'npm-cli.js' && existsSync(path)) {
    return { command: process.execPath, args: [path] };
  }
  return { command: 'npm', args: [] };
}

function isCurrent(withDevelopment) {
  if (!existsSync(INSTALLED)) return false;
  const stamp = existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : '';
  if (stamp === stampFor(true) || (!withDevelopment && stamp === stampFor(false))) return true;
  if (!matchesByHand(withDevelopment)) return false;
  writeStamp(withDevelopment);
  return true;
}

/** Somebody who ran `npm install` has the right packages without our stamp. */
function matchesByHand(withDevelopment) {
  const wanted = JSON.parse(readFileSync(LOCK_FILE, 'utf8')).packages;
  const present = JSON.parse(readFileSync(INSTALLED, 'utf8')).packages ?? {};
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.optional || entry.devOptional || (entry.dev && !withDevelopment))
      return true;
    return present[path]?.version === entry.version;
  });
}

function writeStamp(withDevelopment) {
  try {
    writeFileSync(STAMP, stampFor(withDevelopment));
  } catch (error) {
    say(`  (could not note the installed packages in ${STAMP}: ${error.message})`);
  }
}

function stampFor(withDevelopment) {
  const hash = createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex');
  return `${hash} ${withDevelopment ? 'with' : 'without'} development packages\n`;
}
