import { loadOrderables } from '../../../src/catalog/orderable-store';
import type { Bench, Found } from '../bench';
import { tindera } from '../contenders/tindera';
import { drive, summarise, type Run } from '../load';
import type { StockCell, StockResult } from '../results';
import { orderSource } from '../shop/bench-orders';
import { makeShop, removeShop, type BenchShop } from '../shop/bench-shop';

const CART = 5;
/** Those who buy while others look. */
const BUYERS = 8;

/** How long it takes to say what is available, of one sku and of a cart of five (PERF-5). */
export async function measureStock(bench: Bench): Promise<Found<StockResult>> {
  const shop = await makeShop(bench.url, bench.scale);
  const cells: StockCell[] = [];
  try {
    for (const underLoad of [false, true]) {
      for (const items of [1, CART]) {
        for (const callers of bench.scale.stockCallers) {
          const cell = await measureCell(bench, shop, { items, callers, underLoad });
          cells.push(cell);
          bench.say(
            `  ${items} sku, ${callers} callers${underLoad ? ', orders meanwhile' : ''}: p50 ${cell.figures.p50Ms.toFixed(2)} ms, ` +
              `p99 ${cell.figures.p99Ms.toFixed(2)} ms; plain SELECT ${cell.baseline.p99Ms.toFixed(2)} ms`,
          );
        }
      }
    }
  } finally {
    await removeShop(shop);
  }
  return { cells, problems: [] };
}

async function measureCell(
  bench: Bench,
  shop: BenchShop,
  scenario: Pick<StockCell, 'items' | 'callers' | 'underLoad'>,
): Promise<StockCell> {
  const { deps, business } = shop;
  const next = orderSource(shop, { demand: 'spread', lines: scenario.items });
  const check = async () => {
    const items = next().lines.map((line) => ({
      productId: line.id,
      variantId: null,
      quantity: 1,
    }));
    const found = await loadOrderables(deps.db, business.id, items);
    if (found.size !== scenario.items)
      throw new Error(`${found.size} of ${scenario.items} items were found`);
    return 1;
  };
  const plain = async () => {
    const ids = next().lines.map((line) => line.id);
    await deps.db.query(
      'SELECT id, stock_quantity - reserved_stock AS available FROM products WHERE id IN (?)',
      [ids],
    );
    return 1;
  };
  const runs: Run[] = [];
  const baselines: Run[] = [];
  const buying = scenario.underLoad ? await startBuying(shop) : null;
  try {
    for (let round = 0; round < bench.scale.runs; round += 1) {
      await drive(scenario.callers, { ms: bench.scale.warmUpMs }, check, bench.cpu);
      runs.push(await drive(scenario.callers, { ms: bench.scale.runMs / 2 }, check, bench.cpu));
      baselines.push(
        await drive(scenario.callers, { ms: bench.scale.runMs / 2 }, plain, bench.cpu),
      );
    }
  } finally {
    await buying?.stop();
  }
  return { ...scenario, figures: summarise(runs), baseline: summarise(baselines) };
}

async function startBuying(shop: BenchShop): Promise<{ stop(): Promise<void> }> {
  const buyer = await tindera(shop);
  const next = orderSource(shop, { demand: 'spread', lines: 1 });
  let isOver = false;
  const buying = Array.from({ length: BUYERS }, async () => {
    while (!isOver) await buyer.place([next()]);
  });
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(buying);
    },
  };
}
