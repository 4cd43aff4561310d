import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../../src/lib/project-root';
import type { Results, SuiteResult } from '../results';
import { plotsOf, serverName } from './plots';
import { markdownTable } from './table';
import { tablesOf } from './tables';

const FOLDER = path.join(projectRoot, 'docs', 'performance');
const DOCUMENT = path.join(projectRoot, 'docs', 'performance.md');

/** Keeps the figures by server, each suite's latest, and renders the document and its plots from all of them. */
export function writeDocument(results: Results): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${results.server.kind}.json`);
  const kept = readResults().find((one) => one.server.kind === results.server.kind);
  const merged: Results = { ...results, suites: { ...kept?.suites, ...results.suites } };
  writeFileSync(file, `${JSON.stringify(withoutProcess(merged), null, 2)}\n`);
  renderDocument();
  return DOCUMENT;
}

export function renderDocument(): void {
  const all = readResults();
  const plots = all.map(plotsOf);
  for (const name of readdirSync(FOLDER).filter((one) => one.endsWith('.svg')))
    rmSync(path.join(FOLDER, name));
  for (const { name, svg } of plots.flat()) writeFileSync(path.join(FOLDER, name), svg);
  const sections = all.map((results, index) =>
    section(
      results,
      (plots[index] ?? []).map(({ name, title }) => `![${title}](performance/${name})`),
    ),
  );
  writeFileSync(DOCUMENT, `${[INTRODUCTION, ...sections].join('\n\n')}\n`);
}

function readResults(): Results[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse()
    .map((name) => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as Results);
}

/** Process numbers say nothing tomorrow. */
const withoutProcess = (results: Results): Results => ({
  ...results,
  server: { ...results.server, pid: null },
});

const INTRODUCTION = `# Performance

Measured by \`npm run bench\`, never by a test. This file is rendered from \`performance/*.json\`; do not edit it.

    npm run bench -- --write                                    on the private MariaDB
    npm run bench -- --write --database=mysql://root@host:port  on another server
    npm run bench -- --write --full --only=growth               growth up to 5,000,000 orders
    npm run bench -- --quick                                    a first look; nothing is written

- **Orders**: every caller places its next order when the last one is answered. One piece a line, cash on delivery, an idempotency
  key and an address of its own each. All contenders run in turns, several times, each round beginning with another one; the
  median counts, and "Tindera is" is the median of the ratios of runs that were next to each other. After each run the rows are checked: as many
  orders as answers, a hold for each line, reserved stock equal to the sum of the holds, nothing oversold.
- **(a)** stores the same rows by multi-row INSERTs, 50 orders a group, one packet and one commit, into tables with the same columns
  and indexes, without triggers, foreign keys, checks or rules. It does not depend on the callers; it is what the server can take in.
- **(b)** is \`placeOrder\`, the rules and procedures of the product, in one transaction per order.
- **(c)** has a row for each piece on stock; an order takes free rows with \`FOR UPDATE SKIP LOCKED\` and stores the rows of (a) in
  its transaction. Making the unit rows is not counted.
- **CPU** is that of one order: of this process, the driver of the load included, and of the server's process.
- **Stock check** is what the cart and the validation ask: price, state and availability of a sku, or of a cart of five.
- **Growth** compares a shop that has grown with a small one on the same server, in turns, so that only the size differs.
- **Chat** is the built product in a process of its own, as in production, and signed Messenger webhooks from another process, which
  is the platform, too. At a given rate every message is sent when it is due, answered or not, and its time counts from then;
  with customers at once each writes again when the first reply has come. "Ack" ends with the webhook's 200, "turn" when the
  platform has the first reply in its hands. Statements are round trips to the database, disk syncs what it forced to the disk,
  both with everything that polls. Afterwards every message must be handled and answered once, and no lease be left.
- The chat's baseline stores each body in one row, answers 200 and sends the same words to everybody: no signature, no order, no
  state, no catalogue, no second try.`;

function section(results: Results, plots: string[]): string {
  const { server, machine, suites } = results;
  const durable =
    server.flushAtCommit === 1
      ? 'every commit is flushed to the disk (`innodb_flush_log_at_trx_commit=1`)'
      : `**not durable: \`innodb_flush_log_at_trx_commit=${server.flushAtCommit}\`**`;
  const binlog =
    server.syncBinlog === null
      ? 'binary log off'
      : `binary log on, \`sync_binlog=${server.syncBinlog}\``;
  const runs = Object.entries(suites).map(([name, suite]) => `- ${name}: ${about(suite)}`);
  const tables = tablesOf(results).map(
    ({ title, head, rows }) => `### ${title}\n\n${markdownTable(head, rows)}`,
  );
  return [
    `## ${serverName(server)}`,
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}; ${durable}, ${binlog}, buffer pool ${server.bufferPoolMb} MB.`,
    [...runs, ...notes(results)].join('\n'),
    ...plots,
    ...tables,
  ].join('\n\n');
}

function about(suite: SuiteResult): string {
  const verdict =
    suite.problems.length === 0
      ? 'all checks of the rows passed'
      : `**${suite.problems.length} checks failed**`;
  return `\`${suite.command}\` on ${suite.date.slice(0, 10)}, commit ${suite.commit}, ${Math.round(suite.seconds)} s, ${verdict}`;
}

function notes({ suites }: Results): string[] {
  const mixes = (suites.chat?.mixes ?? []).map(
    ({ name, about: text }) => `- chat, ${name}: ${text}`,
  );
  return [...orderNotes(suites), ...mixes];
}

function orderNotes({ orders }: Results['suites']): string[] {
  if (!orders) return [];
  const different = orders.rows.filter(
    ({ product, baseline }) => Math.abs(product - baseline) > 0.01,
  );
  const rows = orders.rows
    .map(({ table, product }) => `${Number(product.toFixed(2))} in \`${table}\``)
    .join(', ');
  return [
    `- ${orders.products.toLocaleString('en')} products; ${orders.poolSize} connections; ${orders.runs} runs of ${orders.runMs / 1_000} s each; baseline (a) on ${orders.groupWriters} connections`,
    `- rows of an order of one line: ${rows}`,
    ...different.map(
      ({ table, product, baseline }) =>
        `- **the baselines store ${baseline.toFixed(2)} rows in \`${table}\` for an order, the product ${product.toFixed(2)}**`,
    ),
  ];
}
