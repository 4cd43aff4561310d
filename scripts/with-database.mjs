import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from './build.mjs';
import { runCommand } from './lib/command.mjs';
import { loadEnvFile } from './lib/env-file.mjs';
import { isProduction, prepareEnvironment } from './lib/environment.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { Problem } from './lib/problem.mjs';
import { ROOT } from './lib/project.mjs';
import { ended } from './lib/run-quietly.mjs';
import { exitCodeOfSignal } from './lib/stop-signals.mjs';

/**
 * node scripts/with-database.mjs [--no-database] <program below dist/> [arguments]
 * Runs one of our programs with what it needs: packages, a build, and the database that `npm start` would use.
 */
await runCommand(async (stop) => {
  const args = process.argv.slice(2);
  const needsDatabase = args[0] !== '--no-database';
  const [program, ...rest] = needsDatabase ? args : args.slice(1);
  loadEnvFile();
  await ensurePackages({ withDevelopment: !isProduction(), signal: stop.signal });
  await build(stop.signal);
  const path = resolve(ROOT, program);
  if (!existsSync(path)) throw new Problem(`There is no ${program}: nothing in src/ builds to it.`);
  if (!needsDatabase) return run(stop, process.env, path, rest);
  const { env, database } = await prepareEnvironment(stop.signal);
  try {
    return await run(stop, env, path, rest);
  } finally {
    await database.release();
  }
});

async function run(stop, env, path, args) {
  stop.signal.throwIfAborted();
  const child = spawn(process.execPath, ['--enable-source-maps', path, ...args], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });
  stop.onStop((name) => child.kill(name));
  const { code, signal, error } = await ended(child);
  if (error) throw error;
  return signal ? exitCodeOfSignal(signal) : code;
}
