import type { CoreDeps } from '../db/core-deps';
import { insertNotification } from '../notifications/notification-store';
import {
  endAlerts,
  raiseAlert,
  raisedSubjects,
  type AlertKind,
} from '../notifications/raised-alert-store';
import { insertEvent } from '../outbox/outbox-store';
import { reconcileStock, type StockProblem } from './reconcile-stock';
import { idRanges } from './reconcile-store';
import { failureRates, newlyLowRows, noLongerLow, type LowStockRow } from './stock-alert-store';

type AlertDeps = Pick<CoreDeps, 'db' | 'clock'>;

/** The look costs about ten milliseconds for 10,000 stock rows; an index would cost every sale. */
const ROWS_PER_RANGE = 10_000;
const ALERTS_PER_RUN = 500;
/** As many as an SMS names; the rest is counted. */
const MAX_NAMED = 5;
const LOW = 1;
const SOLD_OUT = 2;
/** After new orders (3) and what customers are told (5). */
const PRIORITY = 6;

/** Fewer refusals in the window say nothing: one customer who tries ten times is not a trend. */
export const FAILURES_FROM = 10;
/** Alert when this share of all tries was refused for want of stock. */
export const FAILURE_SHARE = 0.3;
export const FAILURE_WINDOW_MINUTES = 15;

/**
 * Tells the owner of stock that has gone down to its threshold, and again when it is sold out: once per crossing, one message
 * per shop and run, one event `stock.low` per stock row. Returns the stock rows told of.
 */
export async function alertLowStock(deps: AlertDeps): Promise<number> {
  const low: LowStockRow[] = [];
  for (const table of ['products', 'product_variants'] as const) {
    const kind = table === 'products' ? 'low_product' : 'low_variant';
    await endAlerts(deps.db, kind, await noLongerLow(deps.db, table, ALERTS_PER_RUN));
    for await (const range of idRanges(deps.db, table, ROWS_PER_RANGE)) {
      if (low.length >= ALERTS_PER_RUN) break;
      low.push(...(await newlyLowRows(deps.db, table, range, ALERTS_PER_RUN - low.length)));
    }
  }
  let told = 0;
  for (const [businessId, rows] of byBusiness(low)) told += await tellLow(deps, businessId, rows);
  return told;
}

function tellLow(deps: AlertDeps, businessId: number, rows: LowStockRow[]): Promise<number> {
  const now = deps.clock.now();
  return deps.db.transaction(async (trx) => {
    const told: LowStockRow[] = [];
    for (const row of rows) {
      const [kind, subjectId] = subjectOf('low', row);
      const level = row.available <= 0 ? SOLD_OUT : LOW;
      if (!(await raiseAlert(trx, { kind, subjectId, businessId, level, now }))) continue;
      told.push(row);
      const { productId, variantId, sku, available, threshold } = row;
      await insertEvent(trx, {
        businessId,
        aggregateType: 'product',
        aggregateId: productId,
        type: 'stock.low',
        payload: { product_id: productId, variant_id: variantId, sku, available, threshold },
        now,
      });
    }
    if (told.length === 0) return 0;
    const { named, more } = shortList(told.map((row) => `${nameOf(row)}: ${row.available}`));
    await insertNotification(trx, {
      businessId,
      recipientType: 'owner',
      template: 'owner_low_stock',
      payload: { items: named, more },
      priority: PRIORITY,
      scheduledAt: now,
    });
    return told.length;
  });
}

/** Tells the owner of stock rows whose figures do not agree, once until they do. Returns the stock rows told of. */
export async function alertStockProblems(deps: AlertDeps): Promise<number> {
  const { problems, isComplete } = await reconcileStock(deps, { repair: false });
  if (isComplete) await endSettledProblems(deps, problems);
  let told = 0;
  for (const [businessId, rows] of byBusiness(problems))
    told += await tellProblems(deps, businessId, rows);
  return told;
}

async function endSettledProblems(deps: AlertDeps, problems: StockProblem[]): Promise<void> {
  for (const kind of ['wrong_product', 'wrong_variant'] as const) {
    const standing = new Set(
      problems.map((row) => subjectOf('wrong', row)).flatMap(([of, id]) => (of === kind ? id : [])),
    );
    const raised = await raisedSubjects(deps.db, kind, 2 * ALERTS_PER_RUN);
    await endAlerts(
      deps.db,
      kind,
      raised.filter((id) => !standing.has(id)),
    );
  }
}

function tellProblems(deps: AlertDeps, businessId: number, rows: StockProblem[]): Promise<number> {
  const now = deps.clock.now();
  return deps.db.transaction(async (trx) => {
    const told: StockProblem[] = [];
    for (const row of rows) {
      const [kind, subjectId] = subjectOf('wrong', row);
      if (!(await raiseAlert(trx, { kind, subjectId, businessId, level: 1, now }))) continue;
      told.push(row);
      const { productId, variantId, sku, stock, reserved, held, problems } = row;
      await insertEvent(trx, {
        businessId,
        aggregateType: 'product',
        aggregateId: productId,
        type: 'stock.inconsistent',
        payload: {
          product_id: productId,
          variant_id: variantId,
          sku,
          stock,
          reserved,
          held,
          problems,
        },
        now,
      });
    }
    if (told.length === 0) return 0;
    const { named, more } = shortList(told.map(nameOf));
    await insertNotification(trx, {
      businessId,
      recipientType: 'owner',
      template: 'owner_stock_problem',
      payload: { items: named, more },
      priority: PRIORITY,
      scheduledAt: now,
    });
    return told.length;
  });
}

/** Tells the owner when many orders are refused for want of stock, once until it is over. Returns the shops told. */
export async function alertReservationFailures(deps: AlertDeps): Promise<number> {
  const now = deps.clock.now();
  const since = new Date(now.getTime() - FAILURE_WINDOW_MINUTES * 60_000);
  const rates = (await failureRates(deps.db, since)).filter(
    ({ failures, placed }) =>
      failures >= FAILURES_FROM && failures >= FAILURE_SHARE * (failures + placed),
  );
  const failing = new Set(rates.map((rate) => rate.businessId));
  const raised = await raisedSubjects(deps.db, 'reservation_failures', ALERTS_PER_RUN);
  await endAlerts(
    deps.db,
    'reservation_failures',
    raised.filter((id) => !failing.has(id)),
  );
  let told = 0;
  for (const { businessId, failures, placed } of rates) {
    const alert = {
      kind: 'reservation_failures',
      subjectId: businessId,
      businessId,
      level: 1,
      now,
    } as const;
    const isTold = await deps.db.transaction(async (trx) => {
      if (!(await raiseAlert(trx, alert))) return false;
      await insertNotification(trx, {
        businessId,
        recipientType: 'owner',
        template: 'owner_reservation_failures',
        payload: { failures, attempts: failures + placed, minutes: FAILURE_WINDOW_MINUTES },
        priority: PRIORITY,
        scheduledAt: now,
      });
      return true;
    });
    if (isTold) told += 1;
  }
  return told;
}

type StockSubject = Pick<LowStockRow, 'productId' | 'variantId'>;

const subjectOf = (what: 'low' | 'wrong', row: StockSubject): [AlertKind, number] =>
  row.variantId === null ? [`${what}_product`, row.productId] : [`${what}_variant`, row.variantId];

const nameOf = (row: { name: string; sku: string }): string => `${row.name} (${row.sku})`;

const shortList = (names: readonly string[]): { named: string; more: number } => ({
  named: names.slice(0, MAX_NAMED).join(', '),
  more: Math.max(0, names.length - MAX_NAMED),
});

/** In the order of ids, so that two runs at once raise the same alerts in the same order. */
function byBusiness<Row extends { businessId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) groups.set(row.businessId, [...(groups.get(row.businessId) ?? []), row]);
  return groups;
}
