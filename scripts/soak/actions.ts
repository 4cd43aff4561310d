import type { CoreDeps } from '../../src/db/core-deps';
import { adjustStock } from '../../src/inventory/adjust-stock';
import { cleanStuckHolds } from '../../src/inventory/clean-stuck-holds';
import { expireReservations } from '../../src/inventory/expire-holds';
import { reconcileStock } from '../../src/inventory/reconcile-stock';
import { cancelExpiredOrders } from '../../src/orders/cancel-expired-orders';
import { cancelOrder } from '../../src/orders/cancel-order';
import { changeOrder } from '../../src/orders/change-order';
import { confirmOrder } from '../../src/orders/confirm-order';
import type { OrderFieldsChange } from '../../src/orders/judge-change';
import { moveOrder } from '../../src/orders/move-order';
import { ORDER_STATUSES } from '../../src/orders/order-states';
import { findOrder } from '../../src/orders/order-store';
import { recordPayment } from '../../src/orders/record-payment';
import { itemOf, linesOf, place } from './place';
import type { Random } from './random';
import type { SoakShop } from './soak-shop';

/** Does something and gives its outcome in a word. */
type Action = (deps: CoreDeps, shop: SoakShop, random: Random) => Promise<string>;

export interface WeightedAction {
  name: string;
  weight: number;
  run: Action;
}

const JOB_LIMIT = 200;
const ACTOR = 'staff:1';
const PAYMENTS = ['paid', 'paid', 'paid', 'authorized', 'failed', 'refunded'] as const;

export const ACTIONS: readonly WeightedAction[] = [
  { name: 'place', weight: 50, run: place },
  { name: 'pay', weight: 12, run: pay },
  { name: 'confirm', weight: 10, run: onOrder(confirmOrder) },
  {
    name: 'cancel',
    weight: 8,
    run: onOrder((deps, base) => cancelOrder(deps, { ...base, reason: 'soak' })),
  },
  { name: 'change', weight: 6, run: change },
  { name: 'advance', weight: 6, run: advance },
  { name: 'restock', weight: 6, run: restock },
  { name: 'let holds run out', weight: 3, run: letRunOut },
  {
    name: 'job expire-holds',
    weight: 1,
    run: async (deps) => done(await expireReservations(deps, JOB_LIMIT)),
  },
  {
    name: 'job cancel-expired-orders',
    weight: 1,
    run: async (deps) => done(await cancelExpiredOrders(deps, JOB_LIMIT)),
  },
  {
    name: 'job clean-stuck-holds',
    weight: 0.3,
    // The product leaves none behind.
    run: async (deps) => nothing(await cleanStuckHolds(deps, JOB_LIMIT), 'STUCK HOLDS'),
  },
  {
    name: 'job reconcile-stock',
    weight: 0.3,
    run: async (deps) =>
      nothing((await reconcileStock(deps, { repair: false })).problems.length, 'STOCK PROBLEMS'),
  },
];

const TOTAL_WEIGHT = ACTIONS.reduce((sum, { weight }) => sum + weight, 0);

export function pickAction(random: Random): WeightedAction {
  // In thousandths, because weights may be parts.
  let left = (random.below(1_000_000) / 1_000_000) * TOTAL_WEIGHT;
  for (const action of ACTIONS) {
    left -= action.weight;
    if (left < 0) return action;
  }
  return ACTIONS[0] as WeightedAction;
}

const done = (count: number): string => (count > 0 ? 'ok' : 'nothing to do');
const nothing = (count: number, what: string): string => (count > 0 ? `WRONG: ${what}` : 'ok');
const wordOf = (outcome: { ok: true } | { ok: false; code: string }): string =>
  outcome.ok ? 'ok' : outcome.code;

/** Mostly one of the latest, so that callers meet. */
const anOrder = ({ placed }: SoakShop, random: Random) =>
  placed.at(-1 - random.below(Math.min(placed.length, random.percent(70) ? 40 : 2_000)));

interface Base {
  businessId: number;
  order: number;
  actor: string;
}

function onOrder(
  work: (
    deps: CoreDeps,
    base: Base,
    shop: SoakShop,
    random: Random,
  ) => Promise<{ ok: true } | { ok: false; code: string }>,
): Action {
  return async (deps, shop, random) => {
    const order = anOrder(shop, random);
    if (!order) return 'no order yet';
    const base = { businessId: shop.business.id, order: order.id, actor: ACTOR };
    return wordOf(await work(deps, base, shop, random));
  };
}

function pay(deps: CoreDeps, shop: SoakShop, random: Random): Promise<string> {
  const to = random.pick(PAYMENTS);
  return onOrder((own, base) => recordPayment(own, { ...base, to }))(deps, shop, random);
}

function change(deps: CoreDeps, shop: SoakShop, random: Random): Promise<string> {
  const asked = changeOf(shop, random);
  return onOrder((own, base) => changeOrder(own, { ...base, change: asked }))(deps, shop, random);
}

function changeOf(shop: SoakShop, random: Random): OrderFieldsChange {
  const items = linesOf(shop.rows, random).map(itemOf);
  const promo_code = random.pick([...shop.promoCodes, null]);
  if (random.percent(60)) return { items };
  if (random.percent(50)) return { promo_code };
  return random.percent(50)
    ? { items, promo_code }
    : { shipping_address: { address: `${random.below(1_000)} Other St` } };
}

/** On its way to the customer: whatever comes after confirmed. */
async function advance(deps: CoreDeps, shop: SoakShop, random: Random): Promise<string> {
  return onOrder(async (own, base) => {
    const order = await findOrder(own.db, base.businessId, base.order);
    const at = ORDER_STATUSES.indexOf(order?.orderStatus ?? 'draft');
    const to = ORDER_STATUSES[Math.max(at, ORDER_STATUSES.indexOf('confirmed')) + 1];
    return moveOrder(own, { ...base, to: to ?? 'completed' });
  })(deps, shop, random);
}

async function restock(deps: CoreDeps, shop: SoakShop, random: Random): Promise<string> {
  const { sku } = random.pick(shop.rows);
  const { id: businessId } = shop.business;
  const by = random.percent(25) ? -1 - random.below(5) : 1 + random.below(60);
  return wordOf(
    await deps.db.transaction((trx) =>
      adjustStock(trx, { businessId, sku, change: by, reason: 'counted', actor: ACTOR }),
    ),
  );
}

/** As if time went faster for one order. */
async function letRunOut(deps: CoreDeps, shop: SoakShop, random: Random): Promise<string> {
  const order = anOrder(shop, random);
  if (!order) return 'no order yet';
  await deps.db.transaction(async (trx) => {
    // Like everybody who touches the holds of an order: its row first.
    await findOrder(trx, shop.business.id, order.id, { lock: true });
    await trx.execute(
      `UPDATE inventory_reservations SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE
       WHERE order_id = ? AND status = 'reserved'`,
      [order.id],
    );
  });
  return 'ok';
}
