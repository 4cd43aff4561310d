import { build } from './build.mjs';
import { browserEnvironment } from './lib/browser.mjs';
import { runCommand } from './lib/command.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { testPlace, useDatabase } from './lib/private-database.mjs';
import { say } from './lib/progress.mjs';
import { checkTypes, runJest } from './lib/test-runs.mjs';

/** Settings of the person who tests that must not reach the programs under test. */
const KEPT_OUT = ['DATABASE_URL', 'ROLE', 'PORT', 'HOST', 'PUBLIC_URL'];

/**
 * npm test [-- jest arguments]
 * Without arguments the types are checked, too. With TEST_MYSQL_URL everything runs a second time there.
 */
await runCommand(async (stop) => {
  const args = process.argv.slice(2);
  await ensurePackages({ withDevelopment: true, signal: stop.signal });
  const database = await useDatabase(testPlace(), stop.signal);
  try {
    const env = { ...cleanEnvironment(), ...(await browserEnvironment(stop.signal)) };
    await build(stop.signal);
    return await runAll({ args, env, stop, url: database.url('') });
  } finally {
    await database.release();
  }
});

async function runAll({ args, env, stop, url }) {
  // On a machine with two cores the type check hides behind the tests, most of which wait for the database.
  const types =
    args.length === 0 ? checkTypes({ env, stop }) : Promise.resolve({ failed: 0, output: '' });
  const runs = [
    await runJest({ kind: 'mariadb', args, stop, env: { ...env, TEST_DATABASE_URL: url } }),
  ];
  if (process.env.TEST_MYSQL_URL) {
    say('\n• Once more, on the server of TEST_MYSQL_URL');
    const mysqlUrl = withoutDatabase(process.env.TEST_MYSQL_URL);
    runs.push(
      await runJest({ kind: 'mysql', args, stop, env: { ...env, TEST_DATABASE_URL: mysqlUrl } }),
    );
  }
  const typeCheck = await types;
  stop.signal.throwIfAborted();
  if (typeCheck.failed) say(`\n✗ The types do not hold (npm run types):\n${typeCheck.output}`);
  return sumUp([...runs, { passed: 0, skipped: 0, failed: typeCheck.failed }]);
}

/** The very last line, for people and for CI. */
function sumUp(runs) {
  const total = (name) => runs.reduce((sum, run) => sum + run[name], 0);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(total);
  process.on('exit', () =>
    say(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`),
  );
  return failed > 0 || passed === 0 ? 1 : 0;
}

function cleanEnvironment() {
  const env = { ...process.env, NODE_ENV: 'test' };
  for (const name of KEPT_OUT) delete env[name];
  return env;
}

function withoutDatabase(url) {
  const parsed = new URL(url);
  parsed.pathname = '/';
  return parsed.href;
}
