import { fork, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectRoot } from '../../../src/lib/project-root';
import { PAGE } from './page';
import type { FromLoad, LoadOrder, LoadResult, ToLoad } from './protocol';

/** Written by the build, which `npm run bench` has just run. */
const APP = path.join(projectRoot, 'dist', 'src', 'main.js');
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 5;

export interface Running {
  url: string;
  pid: number;
  /** From the start of the process to its first answer that it is ready. */
  readyMs: number;
  stop(): Promise<void>;
}

export interface LoadProcess {
  pid: number;
  /** For GRAPH_API_URL. */
  graphUrl: string;
  run(order: LoadOrder): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** The product as in production: built, one process, everything in it. */
export function startApp(databaseUrl: string, graphUrl: string): Promise<Running> {
  return start(APP, '/ready', {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    PUBLIC_URL: 'https://shop.example',
    JWT_SECRET: 'j'.repeat(32),
    ENCRYPTION_KEY: '0'.repeat(64),
    ADMIN_API_KEY: 'a'.repeat(32),
    MESSENGER_VERIFY_TOKEN: PAGE.verifyToken,
    MESSENGER_APP_SECRET: PAGE.appSecret,
    MESSENGER_PAGE_ID: PAGE.pageId,
    MESSENGER_PAGE_ACCESS_TOKEN: PAGE.accessToken,
    // One page stands for many: a real one would be held to 300 calls a second.
    MESSENGER_CALLS_PER_SECOND: '100000',
    GRAPH_API_URL: graphUrl,
    LOG_LEVEL: 'warn',
  });
}

/** The express handler that only stores and answers. */
export function startBaseline(databaseUrl: string, graphUrl: string): Promise<Running> {
  return start(path.join(__dirname, 'baseline-process.js'), '/ready', {
    DATABASE_URL: databaseUrl,
    GRAPH_API_URL: graphUrl,
  });
}

async function start(
  file: string,
  readyPath: string,
  env: Record<string, string>,
): Promise<Running> {
  const startedAt = performance.now();
  const port = await freePort();
  const child = spawn(process.execPath, [...process.execArgv, file], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}${readyPath}`).then(
      (answer) => answer.ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() - startedAt > READY_WITHIN_MS)
      throw new Error(`${path.basename(file)} did not become ready:\n${said.join('')}`);
    await delay(LOOK_EVERY_MS);
  }
  const readyMs = performance.now() - startedAt;
  return { url, pid: child.pid!, readyMs, stop: () => ended(child, 'SIGTERM') };
}

export async function startLoad(): Promise<LoadProcess> {
  const child = fork(path.join(__dirname, 'load-process.js'), { stdio: 'inherit' });
  const ready = await nextMessage(child);
  if (ready.say !== 'ready') throw new Error('the load did not start');
  return {
    pid: child.pid!,
    graphUrl: ready.graphUrl,
    run: async (order) => {
      child.send({ do: 'run', order } satisfies ToLoad);
      const answer = await nextMessage(child);
      if (answer.say !== 'done')
        throw new Error(answer.say === 'failed' ? answer.reason : 'the load answered oddly');
      return answer.result;
    },
    stop: () => ended(child, 'SIGTERM'),
  };
}

function nextMessage(child: ChildProcess): Promise<FromLoad> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null) => reject(new Error(`the load has ended with ${code}`));
    child.once('exit', died);
    child.once('message', (message) => {
      child.off('exit', died);
      resolve(message as FromLoad);
    });
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Resident memory in MB (proc(5)); null where that cannot be seen. */
export function residentMb(pid: number): number | null {
  try {
    const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) / 1_024;
  } catch {
    return null;
  }
}
