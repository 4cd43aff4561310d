import type { Queryable } from '../db/database';
import {
  holdersOf,
  movementsOf,
  offerOf,
  sumsOf,
  type StockHolder,
  type StockMovement,
  type StockSums,
} from './explain-store';
import { stockOf, type StockRow } from './inventory-store';

/** So many orders and ledger rows are listed; the sums count all of them. */
const LISTED = 50;

export interface StockExplanation {
  row: StockRow;
  sums: StockSums;
  /** What can be promised now: available, and what expired holds still keep. */
  sellable: number;
  holds: StockHolder[];
  sales: StockHolder[];
  movements: StockMovement[];
  /** Why nothing of it can be sold; none when it can. */
  obstacles: { code: ObstacleCode; message: string }[];
  /** reserved_stock is the sum of its holds (G-5). */
  isConsistent: boolean;
}

export type ObstacleCode =
  | 'PRODUCT_INACTIVE'
  | 'PRODUCT_ARCHIVED'
  | 'VARIANT_UNAVAILABLE'
  | 'HAS_VARIANTS'
  | 'OUT_OF_STOCK'
  | 'ALL_RESERVED';

/** Where every unit of a SKU is, and why it cannot be sold if so (INV-4). Null: there is no such SKU. */
export async function explainStock(
  q: Queryable,
  businessId: number,
  sku: string,
): Promise<StockExplanation | null> {
  const row = await stockOf(q, businessId, sku);
  if (!row) return null;
  const sums = await sumsOf(q, row);
  const holds = await holdersOf(q, row, 'reserved', LISTED);
  const sellable = Math.max(0, row.available + sums.expired);
  return {
    row,
    sums,
    sellable,
    holds,
    sales: await holdersOf(q, row, 'committed', LISTED),
    movements: await movementsOf(q, row, LISTED),
    obstacles: obstaclesOf(row, sellable, holds, await offerOf(q, row)),
    isConsistent: sums.held === row.reserved,
  };
}

function obstaclesOf(
  row: StockRow,
  sellable: number,
  holds: readonly StockHolder[],
  offer: Awaited<ReturnType<typeof offerOf>>,
): StockExplanation['obstacles'] {
  const obstacles: StockExplanation['obstacles'] = [];
  const because = (code: ObstacleCode, message: string) => void obstacles.push({ code, message });
  if (offer?.status === 'inactive') because('PRODUCT_INACTIVE', 'The product is inactive.');
  if (offer?.status === 'archived') because('PRODUCT_ARCHIVED', 'The product is archived.');
  if (offer && !offer.isAvailable) {
    because('VARIANT_UNAVAILABLE', 'The variant is marked as not available.');
  }
  if (offer?.hasVariants) {
    because('HAS_VARIANTS', 'The product is sold by its variants: look at their SKUs.');
  }
  if (sellable > 0) return obstacles;
  if (row.stock === 0) because('OUT_OF_STOCK', 'Nothing is on hand.');
  else {
    const next = holds[0] ? ` The first hold ends ${holds[0].expiresAt.toISOString()}.` : '';
    because('ALL_RESERVED', `All ${row.stock} on hand are promised to orders.${next}`);
  }
  return obstacles;
}
