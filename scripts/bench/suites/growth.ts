import type { Bench, Found } from '../bench';
import type { Contender } from '../contenders/contender';
import { oneCallPerOrder, tindera } from '../contenders/tindera';
import { drive, summarise, type Run } from '../load';
import type { GrowthPoint, GrowthResult } from '../results';
import { orderSource } from '../shop/bench-orders';
import { makeShop, removeShop, type BenchShop } from '../shop/bench-shop';
import { growOrders } from '../shop/grow-orders';
import { median } from '../statistics';

interface Size {
  orders: number;
  products: number;
}

/** What an order costs in a shop that has grown, by what it costs in a small one (PERF-7). */
export async function measureGrowth(bench: Bench): Promise<Found<GrowthResult>> {
  const { growth } = bench.scale;
  const [orders = 0, ...moreOrders] = growth.orders;
  const [products = 0, ...moreProducts] = growth.products;
  const points: GrowthPoint[] = [];
  const problems: string[] = [];
  let generatedInSeconds = 0;
  const measure = async (
    what: GrowthPoint['what'],
    size: number,
    grown: BenchShop,
    reference: Size,
  ) => {
    const small = await makeSized(bench, '_small', reference);
    try {
      const found = await compare(bench, what, size, grown, small);
      points.push(...found.points);
      problems.push(...found.problems);
      for (const point of found.points) bench.say(`  ${describe(point)}`);
    } finally {
      await removeShop(small);
    }
  };

  const busy = await makeSized(bench, '', { orders, products: bench.scale.products });
  try {
    for (const size of moreOrders) {
      const startedAt = performance.now();
      const [row] = await busy.deps.db.query<{ orders: number }>(
        'SELECT COUNT(*) AS orders FROM orders',
      );
      await growOrders(busy, size - (row?.orders ?? 0));
      generatedInSeconds += (performance.now() - startedAt) / 1_000;
      await measure('orders', size, busy, { orders, products: bench.scale.products });
    }
  } finally {
    await removeShop(busy);
  }
  for (const size of moreProducts) {
    const wide = await makeSized(bench, '', { orders, products: size });
    await measure('products', size, wide, { orders, products }).finally(() => removeShop(wide));
  }
  const { ordersPerRound, callers } = growth;
  return {
    points,
    problems,
    reference: { orders, products },
    ordersPerRound,
    callers,
    generatedInSeconds,
  };
}

async function makeSized(bench: Bench, suffix: string, size: Size): Promise<BenchShop> {
  const url = new URL(bench.url);
  url.pathname += suffix;
  const { users, poolSize } = bench.scale;
  const shop = await makeShop(url.href, { products: size.products, users, poolSize });
  await growOrders(shop, size.orders);
  return shop;
}

/** The grown shop and the small one in turns, so that what disturbs the machine disturbs both. */
async function compare(
  bench: Bench,
  what: GrowthPoint['what'],
  size: number,
  grown: BenchShop,
  small: BenchShop,
) {
  const points: GrowthPoint[] = [];
  const problems: string[] = [];
  for (const make of [tindera, oneCallPerOrder]) {
    const pair = { grown: await make(grown), small: await make(small) };
    const runs = { grown: [] as Run[], small: [] as Run[] };
    // The first round warms up and does not count.
    for (let round = 0; round <= bench.scale.growth.rounds; round += 1) {
      const inTurns =
        round % 2 === 0 ? (['small', 'grown'] as const) : (['grown', 'small'] as const);
      for (const which of inTurns) {
        const measured = await place(bench, pair[which], which === 'grown' ? grown : small);
        if (round > 0) runs[which].push(measured);
      }
    }
    points.push(toPoint(what, size, pair.grown.name, runs));
  }
  for (const shop of [grown, small]) {
    const [row] = await shop.deps.db.query<{ orders: number }>(
      'SELECT COUNT(*) AS orders FROM orders',
    );
    problems.push(
      ...(await (await tindera(shop)).check(row?.orders ?? 0)).map(
        (problem) => `${size} ${what}: ${problem}`,
      ),
    );
  }
  return { points, problems };
}

function place(bench: Bench, contender: Contender, shop: BenchShop): Promise<Run> {
  const { callers, ordersPerRound } = bench.scale.growth;
  const next = orderSource(shop, { demand: 'spread', lines: 1 });
  return drive(callers, { count: ordersPerRound }, () => contender.place([next()]), bench.cpu);
}

function toPoint(
  what: GrowthPoint['what'],
  size: number,
  contender: Contender['name'],
  runs: { grown: Run[]; small: Run[] },
): GrowthPoint {
  const ratioOf = (cost: (run: Run) => number) =>
    median(runs.grown.map((run, round) => cost(run) / cost(runs.small[round] ?? run)));
  const hasServerCpu = runs.grown.every((run) => run.serverCpuMs !== null);
  return {
    what,
    size,
    contender,
    figures: summarise(runs.grown),
    timeRatio: ratioOf((run) => 1 / run.perSecond),
    cpuRatio: hasServerCpu ? ratioOf((run) => run.appCpuMs + (run.serverCpuMs ?? 0)) : null,
  };
}

function describe(point: GrowthPoint): string {
  const cpu = point.cpuRatio === null ? '' : `, CPU x ${point.cpuRatio.toFixed(2)}`;
  return `${point.size.toLocaleString('en')} ${point.what}, ${point.contender}: ${Math.round(point.figures.perSecond)} orders/s, time x ${point.timeRatio.toFixed(2)}${cpu}`;
}
