import { watch } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { spawnApp, waitForOrphanedApp } from './lib/app-process.mjs';
import { runCommand } from './lib/command.mjs';
import { loadEnvFile } from './lib/env-file.mjs';
import { isProduction, prepareEnvironment } from './lib/environment.mjs';
import { tryLock } from './lib/lock.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { Problem } from './lib/problem.mjs';
import { say } from './lib/progress.mjs';
import { dataPath, ROOT } from './lib/project.mjs';

const APP = join(ROOT, 'dist', 'src', 'main.js');
/** An editor writes a file in several strokes, a checkout many files. */
const SETTLE_MS = 150;

await runCommand(async (stop) => {
  const lock = tryLock(dataPath('start.lock'));
  if (!lock.release) {
    throw new Problem(
      `Tindera is already running in this folder (process ${lock.owner.pid}): use that one, or stop it first.`,
    );
  }
  try {
    return await start(stop);
  } finally {
    lock.release();
  }
});

async function start(stop) {
  loadEnvFile();
  await ensurePackages({ withDevelopment: !isProduction(), signal: stop.signal });
  await waitForOrphanedApp(stop.signal);
  const { env, database } = await prepareEnvironment(stop.signal);
  try {
    await build(stop.signal);
    stop.signal.throwIfAborted();
    return process.argv.includes('--watch') ? await runAndWatch(stop, env) : await run(stop, env);
  } finally {
    await database.release();
  }
}

/** Runs the app to its end. Every request to stop is passed on; the app decides how fast it ends. */
async function run(stop, env) {
  const app = spawnApp(APP, env);
  stop.onStop((name) => app.child.kill(name));
  return app.exitCode;
}

/** For development: builds and starts the app anew when a source changes, until we are asked to stop. */
async function runAndWatch(stop, env) {
  let app;
  let isRestarting = false;
  let timer;
  const watcher = watch(join(ROOT, 'src'), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(restart, SETTLE_MS);
  });
  async function restart() {
    try {
      await build(stop.signal);
    } catch (error) {
      say(error.message);
      return;
    }
    isRestarting = true;
    app.child.kill('SIGTERM');
  }
  stop.onStop((name) => app.child.kill(name));
  try {
    for (;;) {
      isRestarting = false;
      app = spawnApp(APP, env);
      const exitCode = await app.exitCode;
      if (stop.signal.aborted) return exitCode;
      if (!isRestarting) say('• The app ended; it is started again when a source changes');
      while (!isRestarting && !stop.signal.aborted)
        await new Promise((go) => setTimeout(go, SETTLE_MS));
      if (stop.signal.aborted) return exitCode;
    }
  } finally {
    watcher.close();
  }
}
