import type { Queryable } from '../../src/db/database';
import { examine } from '../../src/doctor/examine';
import { listed, total, type Tally } from './tally';
import type { SoakShop } from './soak-shop';

/** Orders are looked up so many at a time. */
const BATCH = 5_000;
/** Nothing is sent in a soak, so nobody reads what is to be sent. */
const ABOUT_SENDING = new Set(['G-1', 'G-8']);

/** Everything that is not as it must be; empty when all is well. */
export async function verdict(url: string, shop: SoakShop, tally: Tally): Promise<string[]> {
  const [{ db }] = shop.instances as [SoakShop['instances'][number]];
  return [
    ...(total(tally.errors) > 0 ? [`errors reached callers: ${listed(tally.errors)}`] : []),
    ...wrongWords(tally),
    ...(await answeredOrders(db, shop)),
    ...(await doctorsFindings(url)),
  ];
}

function wrongWords({ outcomes }: Tally): string[] {
  return [...outcomes].flatMap(([action, words]) =>
    [...words]
      .filter(([word]) => word.startsWith('WRONG'))
      .map(([word, times]) => `${action}: ${word}, ${times} times`),
  );
}

/** Every answered order is there with its number, and none that was not answered. */
async function answeredOrders(q: Queryable, { placed }: SoakShop): Promise<string[]> {
  const numbers = new Map(placed.map(({ id, number }) => [id, number]));
  const problems: string[] = [];
  const ids = [...numbers.keys()];
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH);
    const rows = await q.query<{ id: number; order_number: string }>(
      'SELECT id, order_number FROM orders WHERE id IN (?)',
      [batch],
    );
    const found = new Map(rows.map((row) => [row.id, row.order_number]));
    for (const id of batch)
      if (found.get(id) !== numbers.get(id))
        problems.push(`order ${id} was answered as ${numbers.get(id)} and is ${found.get(id)}`);
  }
  const [row] = await q.query<{ count: number }>('SELECT COUNT(*) AS count FROM orders');
  if (row?.count !== ids.length)
    problems.push(`${ids.length} orders were answered and ${row?.count} are there`);
  return problems;
}

async function doctorsFindings(url: string): Promise<string[]> {
  const { checks } = await examine(url);
  return checks
    .filter(({ id }) => !ABOUT_SENDING.has(id))
    .filter(({ outcome }) => outcome === 'wrong' || outcome === 'unchecked')
    .map(
      ({ id, name, count, problem, rows }) =>
        `doctor: ${id} ${name}: ${problem ?? `${count} rows`} ${JSON.stringify(rows.slice(0, 3))}`,
    );
}
