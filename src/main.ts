import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app';
import { readConfig, type Config } from './config';
import { createDeps, loadWords, type Deps } from './deps';
import { prepareDatabase } from './prepare-database';
import { createLog, type Log } from './lib/log';
import { startWork, type Work } from './jobs/start-work';

/** Shutting down takes at most this long; what is not finished then is taken up by the next process (RUN-7). */
const SHUTDOWN_LIMIT_MS = 9_000;

async function main(): Promise<void> {
  const settings = readConfig(process.env);
  if (!settings.ok) return refuse('These settings are wrong:', settings.problems);
  const words = loadWords();
  if (words.problems.length > 0) {
    return refuse(
      'These files are wrong:',
      words.problems.map(({ file, problem }) => `${file}: ${problem}`),
    );
  }
  const log = createLog(settings.config.logLevel);
  const server = createServer();
  const config = await listen(server, settings.config);
  const firstBusinessId = await prepareDatabase(config, log);
  const deps = createDeps({ config, log, firstBusinessId }, words);
  server.removeAllListeners('request');
  server.on('request', createApp(deps));
  const work = startWork(deps);
  onStop(async () => stop(server, work, deps), log);
  greet(config);
}

function refuse(headline: string, problems: string[]): void {
  process.stderr.write(`${headline}\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n`);
  process.exitCode = 1;
}

/** Opens the port first, so that a taken one is told before anything else happens; until it is ready, it says so. */
function listen(server: Server, config: Config): Promise<Config> {
  server.on('request', (req, res) => {
    const isHealth = req.url === '/health';
    res.writeHead(isHealth ? 200 : 503, { 'content-type': 'application/json', 'retry-after': '2' });
    res.end(JSON.stringify(isHealth ? { status: 'ok' } : { status: 'starting' }));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${config.port} is in use by another program. Stop it, or choose another: PORT=3001 npm start`,
            )
          : error,
      );
    });
    server.listen(config.port, config.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ ...config, port, publicUrl: config.publicUrl.replace(/:0$/, `:${port}`) });
    });
  });
}

async function stop(server: Server, work: Work, deps: Deps): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await work.stop();
  server.closeAllConnections();
  await closed;
  await deps.db.close();
}

/** SIGTERM, Ctrl-C, or the end of the parent that holds our standard input. */
function onStop(shutDown: () => Promise<void>, log: Log): void {
  let isStopping = false;
  const begin = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), SHUTDOWN_LIMIT_MS).unref();
    shutDown().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping did not go well');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, begin);
  if (process.env.TINDERA_EXIT_ON_STDIN_END)
    process.stdin.on('end', begin).on('error', begin).resume();
}

function greet(config: Config): void {
  const base = config.publicUrl;
  const lines = [
    '',
    'Tindera is ready.',
    ...(config.playground ? [`  Chat playground  ${base}/playground`] : []),
    `  API docs         ${base}/api/docs`,
    `  Health           ${base}/health`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
