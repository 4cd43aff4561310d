import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `npm start` in a copy of the project whose app is a stub, so that only the start itself is tested. */
const STUB = `
import mysql from 'mysql2/promise';

async function main() {
  if (!process.env.DATABASE_URL) {
    console.log('no database');
    process.exit(1);
  }
  const db = await mysql.createConnection({ uri: process.env.DATABASE_URL.replace('/tindera?', '/?') });
  await db.query('CREATE DATABASE IF NOT EXISTS tindera');
  await db.query('CREATE TABLE IF NOT EXISTS tindera.starts (id INT AUTO_INCREMENT PRIMARY KEY)');
  await db.query('INSERT INTO tindera.starts VALUES ()');
  const [rows] = await db.query('SELECT COUNT(*) AS starts FROM tindera.starts');
  const { GREETING, ADMIN_API_KEY, ENCRYPTION_KEY } = process.env;
  console.log('ready ' + JSON.stringify({ pid: process.pid, ...rows[0], GREETING, ADMIN_API_KEY, ENCRYPTION_KEY }));
}
process.on('SIGTERM', () => process.exit(7));
process.stdin.on('end', () => process.exit(0)).resume();
void main();
`;
const PROJECT = join(__dirname, '..', '..');
const DEADLINE_MS = 40_000;
const POLL_MS = 20;

interface Ready {
  pid: number;
  starts: number;
  GREETING: string;
  ADMIN_API_KEY: string;
  ENCRYPTION_KEY: string;
}
interface Start {
  process: ChildProcess;
  output: () => string;
  exitCode: Promise<number | null>;
}

const started: Start[] = [];
let parent: string;
let clone: string;

beforeAll(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'tindera-start-')));
  clone = makeClone('a clone');
});
afterEach(async () => {
  for (const start of started.splice(0)) {
    start.process.kill('SIGTERM');
    await start.exitCode;
  }
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test('gives the app a database, the settings of .env and secrets that stay, and passes on its exit code', async () => {
  writeFileSync(join(clone, '.env'), 'GREETING="hello there" # a comment\n');
  const first = npmStart();
  const ready = await whenReady(first);
  expect(ready.GREETING).toBe('hello there');
  expect(ready.ENCRYPTION_KEY).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(join(clone, '.data', 'secrets.json')).mode & 0o777).toBe(0o600);
  const server = serverPid();

  first.process.kill('SIGTERM');
  expect(await first.exitCode).toBe(7);
  expect(isAlive(server)).toBe(false);

  const second = npmStart();
  const again = await whenReady(second);
  expect(again.ADMIN_API_KEY).toBe(ready.ADMIN_API_KEY);
  expect(again.starts).toBe(ready.starts + 1);
});

test('refuses a second start in the same folder and leaves the first alone', async () => {
  const first = npmStart();
  const ready = await whenReady(first);
  const second = npmStart();
  expect(await second.exitCode).toBe(1);
  expect(second.output()).toContain('already running in this folder');
  expect(isAlive(ready.pid)).toBe(true);
  expect(isAlive(serverPid())).toBe(true);
});

test('when only the start is killed, its app ends and the next start takes over its database', async () => {
  const first = npmStart();
  const ready = await whenReady(first);
  const server = serverPid();
  process.kill(startPid(), 'SIGKILL');
  await first.exitCode;

  const second = npmStart();
  await whenReady(second);
  expect(isAlive(ready.pid)).toBe(false);
  expect(serverPid()).toBe(server);
});

test('when everything is killed, the next start has the data and works', async () => {
  const first = npmStart();
  const ready = await whenReady(first);
  for (const pid of [startPid(), serverPid(), ready.pid]) process.kill(pid, 'SIGKILL');
  await first.exitCode;

  const second = npmStart();
  expect((await whenReady(second)).starts).toBe(ready.starts + 1);
});

test('starts the database again when it is killed under the app', async () => {
  const first = npmStart();
  await whenReady(first);
  const server = serverPid();
  process.kill(server, 'SIGKILL');
  await until(() => serverPid() !== server && isAlive(serverPid()), first);
});

test('tells by the exit code that the app was killed', async () => {
  const first = npmStart();
  process.kill((await whenReady(first)).pid, 'SIGKILL');
  expect(await first.exitCode).toBe(128 + 9);
});

test('starts no database in production', async () => {
  const production = npmStart({ NODE_ENV: 'production' });
  expect(await production.exitCode).toBe(1);
  expect(production.output()).toContain('no database');
  expect(production.output()).not.toContain('private database');
});

test('works in a folder whose path is too long for a socket', async () => {
  const usual = clone;
  clone = makeClone(join('deep '.repeat(12).trim(), 'deeper '.repeat(12).trim(), 'clone'));
  try {
    const start = npmStart();
    await whenReady(start);
    start.process.kill('SIGTERM');
    expect(await start.exitCode).toBe(7);
  } finally {
    clone = usual;
  }
});

function makeClone(name: string): string {
  const folder = join(parent, name);
  mkdirSync(join(folder, 'src'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(PROJECT, file), join(folder, file));
  for (const file of ['start.mjs', 'build.mjs', 'lib']) {
    cpSync(join(PROJECT, 'scripts', file), join(folder, 'scripts', file), { recursive: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'src', 'main.ts'), STUB);
  return folder;
}

function npmStart(extra: Record<string, string> = {}): Start {
  // TMPDIR: what the start leaves among the temporary files goes with the rest.
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'development',
    TMPDIR: parent,
    ...extra,
  };
  for (const name of ['DATABASE_URL', 'ADMIN_API_KEY', 'ENCRYPTION_KEY', 'JWT_SECRET'])
    delete env[name];
  const child = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exitCode = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const start = { process: child, output: () => output, exitCode };
  started.push(start);
  return start;
}

async function whenReady(start: Start): Promise<Ready> {
  await until(() => /^ready .*\n/m.test(start.output()), start);
  return JSON.parse(/^ready (.*)$/m.exec(start.output())?.[1] ?? '') as Ready;
}

async function until(isDone: () => boolean, start: Start): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!isDone()) {
    const hasEnded = start.process.exitCode !== null;
    if (hasEnded || Date.now() > deadline)
      throw new Error(`Waited in vain; the start said:\n${start.output()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function startPid(): number {
  return pidIn(join(clone, '.data', 'start.lock'));
}

function serverPid(): number {
  return pidIn(join(clone, '.data', 'run', 'db.server.json'));
}

function pidIn(file: string): number {
  return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid;
}

/** A zombie that nobody collects is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}
