import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import {
  disagreeingRows,
  idRanges,
  insertMissingMovement,
  lockFigures,
  setReserved,
  type StockFigures,
} from './reconcile-store';

/**
 * reserved_differs: reserved stock is not the sum of the holds. out_of_bounds: below zero, or more reserved than on hand.
 * oversold: more is held than there is. ledger_gap: the last ledger row left other figures.
 */
export type StockProblemKind = 'reserved_differs' | 'out_of_bounds' | 'oversold' | 'ledger_gap';

export interface StockProblem extends StockFigures {
  problems: StockProblemKind[];
  /** Everything agrees now; always false without `repair`, and where a person has to count. */
  isRepaired: boolean;
}

export interface StockReport {
  problems: StockProblem[];
  /** False when there were more than MAX_PROBLEMS; run it again. */
  isComplete: boolean;
}

export interface ReconcileOptions {
  /** Put right what can be put right without counting; otherwise only look. */
  repair: boolean;
  businessId?: number;
  actor?: string;
}

/** Read by one statement; small enough for a fraction of a second, large enough for a few statements per shop. */
const ROWS_PER_RANGE = 2_000;
const MAX_PROBLEMS = 1_000;
const REASON = 'reconciled';

/**
 * Compares every stock row with its holds and its ledger (INV-5). Looking takes no locks. A repair locks one stock row, looks
 * again, and writes a ledger row of the reason 'reconciled'; safe beside live sales, anywhere, any number of times at once.
 */
export async function reconcileStock(
  deps: Pick<CoreDeps, 'db'>,
  { repair, businessId, actor = 'job:reconcile-stock' }: ReconcileOptions,
): Promise<StockReport> {
  const problems: StockProblem[] = [];
  for (const table of ['products', 'product_variants'] as const) {
    for await (const range of idRanges(deps.db, table, ROWS_PER_RANGE)) {
      const limit = MAX_PROBLEMS - problems.length + 1;
      for (const found of await disagreeingRows(deps.db, table, range, { businessId, limit })) {
        if (problems.length === MAX_PROBLEMS) return { problems, isComplete: false };
        if (!repair) problems.push(problemOf(found, false));
        else problems.push(...(await repaired(deps, found, actor)));
      }
    }
  }
  return { problems, isComplete: true };
}

/** Empty when somebody else has put it right in the meantime. */
function repaired(
  deps: Pick<CoreDeps, 'db'>,
  found: StockFigures,
  actor: string,
): Promise<StockProblem[]> {
  return deps.db.transaction(async (trx) => {
    const figures = await lockFigures(trx, found);
    if (!figures || problemsOf(figures).length === 0) return [];
    return [problemOf(figures, await repairRow(trx, figures, actor))];
  });
}

/** The caller holds the stock row. Only a person can say how much is on the shelf, so stock_quantity is never touched. */
async function repairRow(trx: Transaction, figures: StockFigures, actor: string): Promise<boolean> {
  const { stock, reserved, held } = figures;
  if (problemsOf(figures).includes('ledger_gap'))
    await insertMissingMovement(trx, figures, { actor, reason: REASON });
  if (stock < 0) return false;
  // Where more is held than there is, all of it is kept from sale until somebody has counted.
  const wanted = Math.min(held, stock);
  if (reserved !== wanted)
    await actingAs(trx, { actor, reason: REASON }, () => setReserved(trx, figures, wanted));
  return held <= stock;
}

const problemOf = (figures: StockFigures, isRepaired: boolean): StockProblem => ({
  ...figures,
  problems: problemsOf(figures),
  isRepaired,
});

function problemsOf(figures: StockFigures): StockProblemKind[] {
  const { stock, reserved, held, ledgerStock, ledgerReserved } = figures;
  const kinds: [StockProblemKind, boolean][] = [
    ['reserved_differs', reserved !== held],
    ['out_of_bounds', reserved < 0 || reserved > stock],
    ['oversold', held > stock],
    ['ledger_gap', stock !== ledgerStock || reserved !== ledgerReserved],
  ];
  return kinds.filter(([, isSo]) => isSo).map(([kind]) => kind);
}
