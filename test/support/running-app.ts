import { spawn } from 'node:child_process';
import path from 'node:path';

export interface RunningApp {
  /** http://127.0.0.1:<port> */
  url: string;
  pid: number;
  output(): string;
  /** Sends a signal: SIGSTOP, SIGCONT. */
  signal(name: NodeJS.Signals): void;
  /** Asks it to stop; gives its exit code. */
  stop(): Promise<number | null>;
  /** As by power failure. */
  kill(): Promise<void>;
  /** The signal that ended it, once it has ended. */
  ended: Promise<NodeJS.Signals | null>;
}

const PROJECT = path.join(__dirname, '..', '..');
/** Loading, migrating and filling the demo shop takes seconds; a machine that is busy with other tests takes longer. */
const START_TIMEOUT_MS = 50_000;
const POLL_MS = 50;

/** The product as it is started in development, in a process of its own, on a free port. */
export async function startApp(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<RunningApp> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: PROJECT,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'development',
      DATABASE_URL: databaseUrl,
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_code, signal) => resolve(signal)),
  );
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    return child.exitCode;
  };
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  try {
    const url = await whenReady(() => output, child);
    return { url, pid: child.pid!, output: () => output, signal, stop, kill, ended };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function whenReady(
  output: () => string,
  child: { exitCode: number | null; signalCode: NodeJS.Signals | null },
): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const port = /https?:\/\/[^\s:]+:(\d+)/.exec(output())?.[1];
    const url = `http://127.0.0.1:${port}`;
    const isReady =
      port &&
      (await fetch(`${url}/ready`).then(
        (answer) => answer.ok,
        () => false,
      ));
    if (isReady) return url;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`The app did not become ready:\n${output()}`);
}
