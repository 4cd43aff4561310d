import type { Check, Look } from '../check';

interface Movement {
  id: number;
  product_id: number;
  variant_id: number | null;
  stock_before: number;
  stock_after: number;
  reserved_before: number;
  reserved_after: number;
}

/** What a stock row must have come to where the walk stands, and what says so. */
interface Figures {
  product_id: number;
  variant_id: number | null;
  stock: number;
  reserved: number;
  from: string;
}

export const stockLedgerChecks: readonly Check[] = [
  {
    id: 'INV-4',
    name: 'ledger-complete',
    claim: 'the ledger leads without a gap from nothing to the stock of today',
    level: 'wrong',
    why: 'Stock was changed without a ledger row (triggers off or missing), or ledger rows were removed or forged.',
    remedy:
      'Are the triggers after_product_* there? Count the stock; where the row is right, the gap stays as the record of what happened.',
    find: walkBack,
  },
];

/**
 * Reads the ledger from its end: each movement must have left what the next one found, the last one what is in stock now, and
 * the first one found nothing. In order of the primary key, so a product with millions of movements costs no more than others.
 */
async function walkBack(look: Look): Promise<void> {
  const expected = await stockNow(look);
  const [newest] = await look.query<{ id: number | null }>(
    'SELECT MAX(id) AS id FROM stock_movements',
  );
  let below = (newest?.id ?? 0) + 1;
  while (!look.isFull()) {
    const movements = await look.query<Movement>(
      `SELECT id, product_id, variant_id, stock_before, stock_after, reserved_before, reserved_after
       FROM stock_movements WHERE id < :below ORDER BY id DESC LIMIT ${look.rowsPerRange}`,
      { below },
    );
    for (const movement of movements) stepBack(look, expected, movement);
    const oldest = movements.at(-1);
    if (!oldest) return startedFromNothing(look, expected);
    below = oldest.id;
    look.covered(`stock_movements from id ${below} on`);
  }
}

async function stockNow(look: Look): Promise<Map<string, Figures>> {
  const rows = await look.query<Figures>(
    `SELECT id AS product_id, CAST(NULL AS UNSIGNED) AS variant_id, stock_quantity AS stock, reserved_stock AS reserved, 'stock' AS \`from\`
     FROM products
     UNION ALL
     SELECT product_id, id, stock_quantity, reserved_stock, 'stock' FROM product_variants`,
  );
  return new Map(rows.map((row) => [keyOf(row), row]));
}

const keyOf = (row: { product_id: number; variant_id: number | null }): string =>
  `${row.product_id}/${row.variant_id ?? ''}`;

function stepBack(look: Look, expected: Map<string, Figures>, movement: Movement): void {
  const { product_id, variant_id } = movement;
  const next = expected.get(keyOf(movement));
  if (next && (next.stock !== movement.stock_after || next.reserved !== movement.reserved_after)) {
    look.found([
      {
        product_id,
        variant_id,
        movement_id: movement.id,
        stock_after: movement.stock_after,
        reserved_after: movement.reserved_after,
        next: next.from,
        next_stock: next.stock,
        next_reserved: next.reserved,
      },
    ]);
  }
  expected.set(keyOf(movement), {
    product_id,
    variant_id,
    stock: movement.stock_before,
    reserved: movement.reserved_before,
    from: `movement ${movement.id}`,
  });
}

function startedFromNothing(look: Look, expected: Map<string, Figures>): void {
  for (const { product_id, variant_id, stock, reserved, from } of expected.values()) {
    if (stock === 0 && reserved === 0) continue;
    look.found([
      {
        product_id,
        variant_id,
        movement_id: null,
        stock_after: 0,
        reserved_after: 0,
        next: from,
        next_stock: stock,
        next_reserved: reserved,
      },
    ]);
  }
}
