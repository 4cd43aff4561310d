import { dropDatabase } from '../bench/shop/bench-database';
import { describeServer } from '../bench/server';
import { ACTIONS, pickAction } from './actions';
import { readOptions, USAGE, type Options } from './options';
import { randomOf } from './random';
import { closeSoakShop, openSoakShop, type SoakShop } from './soak-shop';
import { count, listed, note, noteError, openTally, total, type Tally } from './tally';
import { verdict } from './verdict';

const REPORT_EVERY_MS = 10_000;

/** `npm run soak`: everything that can be done to orders, by many callers at once, for minutes. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') return say(USAGE);
  const { databaseUrl, callers, instances, minutes, seed } = options;
  const server = await describeServer(databaseUrl);
  say(
    `${server.kind} ${server.version}: ${callers} callers on ${instances} instances for ${minutes} min, seed ${seed}`,
  );
  const shop = await openSoakShop(databaseUrl, instances);
  const tally = openTally();
  try {
    const seconds = await soak(shop, tally, options);
    report(tally, seconds);
    const problems = await verdict(databaseUrl, shop, tally);
    for (const problem of problems) say(`✗ ${problem}`);
    if (problems.length === 0) say('✓ Every answered order is there once; the doctor is content.');
    else process.exitCode = 1;
  } finally {
    tally.close();
    await closeSoakShop(shop);
  }
  // What went wrong can be looked at.
  if (process.exitCode) say(`The database was left for a look: ${nameOf(databaseUrl)}`);
  else await dropDatabase(databaseUrl);
}

/** Returns the seconds that it took. */
async function soak(shop: SoakShop, tally: Tally, options: Options): Promise<number> {
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1_000;
  let isStopped = false;
  const stop = () => {
    isStopped = true;
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let tries = 0;
  const isOver = () => isStopped || tries >= options.orders || elapsed() >= options.minutes * 60;
  const timer = setInterval(() => progress(tally, elapsed()), REPORT_EVERY_MS);
  const caller = async (_: unknown, n: number): Promise<void> => {
    const random = randomOf(options.seed * 10_007 + n);
    while (!isOver()) {
      const action = pickAction(random);
      if (action.name === 'place') tries += 1;
      const deps = random.pick(shop.instances);
      await action.run(deps, shop, random).then(
        (word) => note(tally, action.name, word),
        (error: unknown) => noteError(tally, action.name, error),
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: options.callers }, caller));
  } finally {
    clearInterval(timer);
  }
  return elapsed();
}

function progress(tally: Tally, seconds: number): void {
  const placed = count(tally, 'place', 'PLACED');
  say(
    `  ${Math.round(seconds)} s: ${placed} orders, ${total(tally.retries)} retries inside, ${total(tally.errors)} errors`,
  );
}

function report(tally: Tally, seconds: number): void {
  const placed = count(tally, 'place', 'PLACED');
  say(`\n${placed} orders in ${seconds.toFixed(0)} s (${(placed / seconds).toFixed(0)} a second)`);
  for (const { name } of ACTIONS) {
    const words = tally.outcomes.get(name);
    if (words) say(`  ${name.padEnd(26)} ${listed(words)}`);
  }
  say(
    `  run again inside, by error: ${listed(tally.retries) || 'none'} (1213 deadlock, 1205 lock wait)`,
  );
  say(`  errors that reached callers: ${total(tally.errors)}`);
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
