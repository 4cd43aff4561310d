import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/lib/project-root';
import type { Bench, Found } from './bench';
import { readOptions, USAGE, type Options, type SuiteName } from './options';
import { terminalTable } from './report/table';
import { tablesOf } from './report/tables';
import { writeDocument } from './report/write-document';
import type { Results, SuiteResult, SuiteResults } from './results';
import { cpuMeter, describeMachine, describeServer, type Machine, type Server } from './server';
import { measureChat } from './suites/chat';
import { measureGrowth } from './suites/growth';
import { measureOrders } from './suites/orders';
import { measureStock } from './suites/stock';

const MEASURES: { [Name in SuiteName]: (bench: Bench) => Promise<Found<SuiteResults[Name]>> } = {
  orders: measureOrders,
  stock: measureStock,
  growth: measureGrowth,
  chat: measureChat,
};

/** `npm run bench` */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') return say(USAGE);
  const server = await describeServer(options.databaseUrl);
  const machine = describeMachine();
  introduce(server, machine);
  const bench: Bench = {
    url: options.databaseUrl,
    scale: options.scale,
    cpu: cpuMeter(server),
    say,
  };
  const results: Results = { server, machine, suites: {} };
  for (const name of options.suites) {
    say(`\n• ${name}`);
    Object.assign(results.suites, { [name]: await measured(name, bench, options) });
    // After each suite: a run that is broken off has said something, too.
    save(options.json, results);
  }
  for (const { title, head, rows } of tablesOf(results))
    say(`\n${title}\n\n${terminalTable(head, rows)}`);
  conclude(results, options);
}

async function measured(name: SuiteName, bench: Bench, options: Options): Promise<SuiteResult> {
  const startedAt = performance.now();
  const found = await MEASURES[name](bench);
  return {
    ...found,
    date: new Date().toISOString(),
    command: commandOf(options),
    commit: commit(),
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

function introduce(server: Server, machine: Machine): void {
  say(
    `${server.kind} ${server.version}, buffer pool ${server.bufferPoolMb} MB, Node ${machine.node}, ${machine.cores} cores (${machine.cpu})`,
  );
  say(
    `innodb_flush_log_at_trx_commit=${server.flushAtCommit}, binary log ${server.syncBinlog === null ? 'off' : `on, sync_binlog=${server.syncBinlog}`}`,
  );
  if (server.flushAtCommit !== 1)
    say(
      '\n!!! NOT DURABLE: an answered commit may be lost in a power cut. These figures are no evidence for anything. !!!',
    );
  if (server.pid === null)
    say('The process of the server cannot be seen from here: its CPU is not measured.');
}

function conclude(results: Results, options: Options): void {
  const problems = Object.values(results.suites).flatMap((suite: SuiteResult) => suite.problems);
  for (const problem of problems) say(`✗ ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  say(
    `\n${problems.length === 0 ? 'All checks of the rows passed. ' : ''}The figures: ${path.relative(process.cwd(), options.json)}`,
  );
  if (options.write) say(`Rendered: ${path.relative(process.cwd(), writeDocument(results))}`);
}

function save(file: string, results: Results): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Without the address, which may hold a password and says nothing to others. */
function commandOf(options: Options): string {
  const { scale, suites } = options;
  const flags = [
    ...(scale.name === 'default' ? [] : [`--${scale.name}`]),
    ...(suites.length === Object.keys(MEASURES).length ? [] : [`--only=${suites.join(',')}`]),
  ];
  return flags.length === 0 ? 'npm run bench' : `npm run bench -- ${flags.join(' ')}`;
}

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, {
        cwd: projectRoot,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    const isChanged =
      git('status', '--porcelain', '--untracked-files=no', 'src', 'migrations') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
