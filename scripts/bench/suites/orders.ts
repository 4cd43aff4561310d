import type { Bench, Found } from '../bench';
import { rowsPerOrder } from '../contenders/check-orders';
import {
  LABELS,
  type Contender,
  type ContenderName,
  type MakeContender,
} from '../contenders/contender';
import { PLAIN_PREFIX, plainGroups } from '../contenders/plain-groups';
import { oneCallPerOrder, tindera } from '../contenders/tindera';
import { unitRows } from '../contenders/unit-rows';
import { drive, summarise, type Run, type Until } from '../load';
import type { ContenderFigures, OrdersCell, OrdersResult } from '../results';
import { orderSource, type BenchOrder, type Pattern } from '../shop/bench-orders';
import { makeShop, removeShop, type BenchShop } from '../shop/bench-shop';
import { median } from '../statistics';

interface Scenario extends Pattern {
  callers: number;
}

/** Writers of baseline (a) that are tried; more only wait for each other on a machine of two cores. */
const GROUP_WRITERS = [1, 2, 4, 8];
/** Units for a run of baseline (c): more than it can sell in one, at 20,000 lines a second. */
const UNIT_LINES_PER_SECOND = 20_000;

/** Orders per second and their latency, for each scenario and contender (PERF-1). */
export async function measureOrders(bench: Bench): Promise<Found<OrdersResult>> {
  const { scale } = bench;
  const groupWriters = await bestGroupWriters(bench);
  const cells: OrdersCell[] = [];
  const problems: string[] = [];
  let rows: OrdersResult['rows'] = [];
  for (const scenario of scenarios(bench)) {
    const shop = await makeShop(bench.url, scale);
    try {
      const cell = await measureCell(bench, shop, scenario, groupWriters);
      cells.push(cell.cell);
      problems.push(...cell.problems.map((problem) => `${describe(scenario)}: ${problem}`));
      if (rows.length === 0) rows = await compareRows(shop);
      bench.say(`  ${describe(scenario)}: ${summaryOf(cell.cell)}`);
    } finally {
      await removeShop(shop);
    }
  }
  const { runs, runMs, poolSize, products } = scale;
  return { cells, problems, groupWriters, runs, runMs, poolSize, products, rows };
}

function scenarios({ scale }: Bench): Scenario[] {
  const { callers, lines, linesCallers } = scale;
  const byCallers = callers.map((count) => ({ callers: count, lines: 1 }));
  const byLines = lines.map((count) => ({ callers: linesCallers, lines: count }));
  return [
    ...[...byCallers, ...byLines].map((one) => ({ demand: 'spread' as const, ...one })),
    // One hot product among others of an order: the longest orders are enough.
    ...[...byCallers, ...byLines.slice(-1)].map((one) => ({ demand: 'hot' as const, ...one })),
  ];
}

/** Every contender in turns, so that what disturbs the machine disturbs all of them. */
async function measureCell(
  bench: Bench,
  shop: BenchShop,
  scenario: Scenario,
  groupWriters: number,
) {
  const { scale } = bench;
  const contenders = await makeAll(bench, shop, groupWriters);
  const runs = new Map<ContenderName, Run[]>(contenders.map(({ name }) => [name, []]));
  const placed = new Map<ContenderName, number>();
  const problems: string[] = [];
  try {
    for (let round = 0; round < scale.runs; round += 1) {
      for (const contender of inTurn(contenders, round)) {
        await contender.refill();
        const warmUp = await run(bench, contender, shop, scenario, { ms: scale.warmUpMs });
        const measured = await run(bench, contender, shop, scenario, { ms: scale.runMs });
        runs.get(contender.name)?.push(measured);
        const soFar = (placed.get(contender.name) ?? 0) + warmUp.done + measured.done;
        placed.set(contender.name, soFar);
        const expected = sharesTables(contender.name) ? sum(placed, sharesTables) : soFar;
        problems.push(
          ...(await contender.check(expected)).map(
            (problem) => `${LABELS[contender.name]}: ${problem}`,
          ),
        );
      }
    }
  } finally {
    for (const contender of contenders) await contender.close();
  }
  const cell: OrdersCell = {
    ...scenario,
    contenders: contenders.map(({ name }) => figuresOf(name, runs)),
  };
  return { cell, problems };
}

async function makeAll(bench: Bench, shop: BenchShop, groupWriters: number): Promise<Contender[]> {
  const { scale } = bench;
  const lines = Math.ceil((UNIT_LINES_PER_SECOND * (scale.runMs + scale.warmUpMs)) / 1_000);
  // Chance serves some products more often than others.
  const each = Math.ceil((lines / scale.products) * 2) + 50;
  const makers: MakeContender[] = [
    tindera,
    plainGroups(groupWriters),
    oneCallPerOrder,
    unitRows(scale.poolSize, { each, hot: lines }),
  ];
  const made: Contender[] = [];
  for (const make of makers) made.push(await make(shop));
  return made;
}

function run(
  bench: Bench,
  contender: Contender,
  shop: BenchShop,
  scenario: Scenario,
  until: Until,
): Promise<Run> {
  const next = orderSource(shop, scenario);
  const take = (): BenchOrder[] => Array.from({ length: contender.groupSize }, next);
  return drive(
    contender.fixedCallers ?? scenario.callers,
    until,
    () => contender.place(take()),
    bench.cpu,
  );
}

function figuresOf(name: ContenderName, runs: ReadonlyMap<ContenderName, Run[]>): ContenderFigures {
  const own = runs.get(name) ?? [];
  const ours = runs.get('tindera') ?? [];
  const speeds = own.map((one) => one.perSecond);
  return {
    name,
    figures: summarise(own),
    range: [Math.min(...speeds), Math.max(...speeds)],
    ratio: median(own.map((one, round) => (ours[round]?.perSecond ?? 0) / one.perSecond)),
  };
}

/** Tried once, on a shop of its own; every scenario then uses the best. */
async function bestGroupWriters(bench: Bench): Promise<number> {
  const speeds: { writers: number; perSecond: number }[] = [];
  const shop = await makeShop(bench.url, bench.scale);
  try {
    for (const writers of GROUP_WRITERS) {
      await shop.deps.db.execute(`DROP TABLE IF EXISTS ${await plainTables(shop)}`);
      const contender = await plainGroups(writers)(shop);
      const scenario = { demand: 'spread' as const, lines: 1, callers: writers };
      await run(bench, contender, shop, scenario, { ms: bench.scale.warmUpMs });
      const runs: number[] = [];
      for (let round = 0; round < bench.scale.runs; round += 1)
        runs.push(
          (await run(bench, contender, shop, scenario, { ms: bench.scale.runMs })).perSecond,
        );
      const perSecond = median(runs);
      speeds.push({ writers, perSecond });
      await contender.close();
    }
  } finally {
    await removeShop(shop);
  }
  const best = speeds.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  const tried = speeds
    .map(({ writers, perSecond }) => `${writers}: ${Math.round(perSecond)}/s`)
    .join(', ');
  bench.say(`  baseline (a) by its connections: ${tried}; ${best.writers} from here on`);
  return best.writers;
}

async function plainTables(shop: BenchShop): Promise<string> {
  const tables = await shop.deps.db.query<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'plain\\_%'",
  );
  return tables.map((table) => table.name).join(', ') || 'plain_none';
}

async function compareRows(shop: BenchShop): Promise<OrdersResult['rows']> {
  const product = await rowsPerOrder(shop.deps.db, '');
  const baseline = await rowsPerOrder(shop.deps.db, PLAIN_PREFIX);
  return Object.keys(product).map((table) => ({
    table,
    product: product[table] ?? 0,
    baseline: baseline[table] ?? 0,
  }));
}

/** Round 0 begins with the first contender, round 1 with the second … */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const from = round % all.length;
  return [...all.slice(from), ...all.slice(0, from)];
}

/** These two store their orders in the shop's own tables. */
const sharesTables = (name: ContenderName): boolean => name === 'tindera' || name === 'calls';

function sum(
  placed: ReadonlyMap<ContenderName, number>,
  of: (name: ContenderName) => boolean,
): number {
  return [...placed].filter(([name]) => of(name)).reduce((total, [, count]) => total + count, 0);
}

export function describe({
  demand,
  callers,
  lines,
}: Pick<OrdersCell, 'demand' | 'callers' | 'lines'>): string {
  const what = demand === 'hot' ? 'one hot product' : 'spread';
  return `${what}, ${callers} ${callers === 1 ? 'caller' : 'callers'}, ${lines} ${lines === 1 ? 'line' : 'lines'}`;
}

function summaryOf(cell: OrdersCell): string {
  const [ours, ...others] = cell.contenders;
  const ratios = others
    .map((one) => `${one.ratio.toFixed(2)} of ${LABELS[one.name].slice(0, 3)}`)
    .join(', ');
  return `${Math.round(ours?.figures.perSecond ?? 0)} orders/s, p99 ${ours?.figures.p99Ms.toFixed(0)} ms; ${ratios}`;
}
