import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand } from './lib/command.mjs';
import { withLock } from './lib/lock.mjs';
import { Problem } from './lib/problem.mjs';
import { step } from './lib/progress.mjs';
import { dataPath, ROOT } from './lib/project.mjs';

/** Only TypeScript is built; SQL, YAML and HTML are read from their place in the project. */
const SOURCE_FOLDERS = ['src', 'migrations', 'scripts'];
const SOURCE_FILES = ['knexfile.ts'];
const OUT = join(ROOT, 'dist');
const STAMP = join(OUT, '.built-from');

/** Translates all TypeScript to `dist/`, in the same tree; nothing happens when nothing changed. Types are checked by `npm run types`. */
export async function build(signal) {
  if (isCurrent()) return;
  await withLock(
    dataPath('build.lock'),
    async () => {
      if (!isCurrent()) await step('Building', '', translate);
    },
    signal,
  );
}

async function translate() {
  const stamp = fingerprint();
  const { build: esbuild } = await import('esbuild');
  const result = await esbuild({
    entryPoints: sources(),
    absWorkingDir: ROOT,
    outdir: OUT,
    outbase: ROOT,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    write: false,
    logLevel: 'silent',
  }).catch(explain);
  for (const { path, contents } of result.outputFiles) writeIfChanged(path, contents);
  const built = new Set(result.outputFiles.map((file) => file.path));
  for (const path of filesUnder(OUT)) if (path !== STAMP && !built.has(path)) rmSync(path);
  writeFileSync(STAMP, stamp);
}

function explain(error) {
  const lines = (error.errors ?? []).map(
    ({ text, location }) => `    ${location ? `${location.file}:${location.line}: ` : ''}${text}`,
  );
  throw new Problem(`The source cannot be translated.\n${lines.join('\n') || error.message}`);
}

/** A process that is loading the same file at this moment must not see half of it, so what is equal stays untouched. */
function writeIfChanged(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}

function isCurrent() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();
}

function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'scripts', 'build.mjs')));
  for (const path of sources()) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${relative(ROOT, path)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function sources() {
  const inFolders = SOURCE_FOLDERS.flatMap((folder) => filesUnder(join(ROOT, folder)));
  const single = SOURCE_FILES.map((file) => join(ROOT, file)).filter(existsSync);
  return [...inFolders, ...single].filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.d.ts'),
  );
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.path, entry.name))
    .filter((path) => !path.includes(`${sep}node_modules${sep}`))
    .sort();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runCommand(async (stop) => {
    await build(stop.signal);
    return 0;
  });
}
