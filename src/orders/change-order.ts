import { findBusiness } from '../businesses/business-store';
import { lockPromos, returnPromoUse, takePromoUse } from '../cart/promo-store';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { attempt, TakeBack } from '../db/savepoint';
import { lockStockRows, releaseOrder, reserveOrder } from '../inventory/inventory-store';
import { toMajor } from '../lib/money';
import { insertEvent } from '../outbox/outbox-store';
import { deleteItems, reopenReview, rewriteOrder } from './change-store';
import { reread } from './confirm-order';
import { judgeChange, type JudgedChange, type OrderFieldsChange } from './judge-change';
import type { Order, OrderItem } from './order';
import { httpStatusOf, type OrderProblem } from './order-errors';
import { contentHash } from './order-hash';
import { invalidTransition, type InvalidTransition } from './order-states';
import { findOrder, itemsOf } from './order-store';
import { holdMinutesOf, shortageOf } from './place-order';
import { insertItems } from './placement-store';
import { decideReviews } from './review-store';
import { promoProblem, type OrderWarning } from './validate-order';

export interface OrderChangeRequest {
  businessId: number;
  order: number | string;
  change: OrderFieldsChange;
  actor: string;
}

export interface RefusedChange {
  ok: false;
  status: 400 | 409;
  code: OrderProblem['code'];
  message: string;
  problems: OrderProblem[];
}

export type ChangeOutcome =
  | { ok: true; order: Order; warnings: OrderWarning[] }
  | { ok: false; code: 'ORDER_NOT_FOUND'; message: string }
  | InvalidTransition
  | RefusedChange;

/**
 * Changes items, address, notes or promo code of an order that is not confirmed yet (API-1). Amounts are worked out anew, holds
 * follow the items, a promo code is given back or used; by the rules of a new order. All of it or nothing.
 */
export async function changeOrderIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { businessId, order: ref, change, actor }: OrderChangeRequest,
): Promise<ChangeOutcome> {
  const order = await findOrder(trx, businessId, ref, { lock: true });
  if (!order) return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  if (order.orderStatus !== 'pending' && order.orderStatus !== 'draft') {
    const refused = invalidTransition('order', order.orderStatus, 'pending');
    return {
      ...refused,
      message: `An order that is ${order.orderStatus} cannot be changed any more.`,
    };
  }
  if (order.paid > 0 || order.paymentStatus === 'authorized') {
    const refused = invalidTransition('order', order.orderStatus, order.orderStatus);
    return { ...refused, message: 'An order that is paid for cannot be changed any more.' };
  }
  const act = { actor, reason: 'order changed', orderId: order.id };
  return attempt(trx, () =>
    actingAs(trx, act, () => rewrite(trx, order, { change, actor, now: deps.clock.now() })),
  );
}

/** The same in a transaction of its own. */
export function changeOrder(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  request: OrderChangeRequest,
): Promise<ChangeOutcome> {
  return deps.db.transaction((trx) => changeOrderIn(trx, deps, request));
}

async function rewrite(
  trx: Transaction,
  order: Order,
  { change, actor, now }: { change: OrderFieldsChange; actor: string; now: Date },
): Promise<ChangeOutcome> {
  const business = await findBusiness(trx, order.businessId);
  if (!business) throw new Error(`business ${order.businessId} has gone`);
  const isDraft = order.orderStatus === 'draft';
  const items = await itemsOf(trx, order.id);
  const judge = () => judgeChange(trx, business, { order, items, change, now });
  // A first look says what changes; what is given back for it counts as free at the second.
  let judged = await judge();
  const movesStock = judged.hasOtherItems && !isDraft;
  if (!isDraft) await lockAll(trx, order, items, judged);
  if (judged.hasOtherPromo && order.promoCodeId !== null) {
    await returnPromoUse(trx, order.promoCodeId);
  }
  if (movesStock) {
    const released = await releaseOrder(trx, order.id, 'order changed');
    if (!released.ok) throw new Error(`order ${order.id} could not be released: ${released.code}`);
    judged = await judge();
  }
  const { read, judgement, problems } = judged;
  if (problems.length > 0) throw refused(problems);
  const promoCodeId = await promoOf(trx, order, judged);
  await writeContents(trx, order, judged, { promoCodeId, actor, now });
  if (judged.hasOtherItems || isDraft) {
    await deleteItems(trx, order.id);
    await insertItems(trx, order.id, judgement.lines, now);
  }
  if (movesStock) {
    const held = await reserveOrder(trx, order.id, holdMinutesOf(business, order.paymentMethod));
    if (!held.ok) throw refused([await shortageOf(trx, business, held, read)]);
  }
  const after = await reread(trx, order);
  if (!isDraft) await tell(trx, after, now);
  return { ok: true, order: after, warnings: judgement.warnings };
}

/**
 * Everything that a change may touch, in the one lock order, before any of it is touched: what is given back and what is wanted
 * instead would otherwise be locked one after the other, and two changes would wait in a circle.
 */
async function lockAll(
  trx: Transaction,
  order: Order,
  items: readonly OrderItem[],
  { judgement, hasOtherItems, hasOtherPromo }: JudgedChange,
): Promise<void> {
  if (hasOtherPromo) await lockPromos(trx, [order.promoCodeId, judgement.promo?.id]);
  if (hasOtherItems)
    await lockStockRows(trx, [...items, ...judgement.lines.map(({ item }) => item)]);
}

/** The code that the order has used after the change; a new one is used now. */
async function promoOf(
  trx: Transaction,
  order: Order,
  { judgement, hasOtherPromo }: JudgedChange,
): Promise<number | null> {
  if (order.orderStatus === 'draft') return null;
  if (!hasOtherPromo) return order.promoCodeId;
  if (!judgement.promo) return null;
  if (!(await takePromoUse(trx, judgement.promo.id))) {
    throw refused([promoProblem('PROMO_LIMIT_REACHED')]);
  }
  return judgement.promo.id;
}

async function writeContents(
  trx: Transaction,
  order: Order,
  { read, judgement }: JudgedChange,
  { promoCodeId, actor, now }: { promoCodeId: number | null; actor: string; now: Date },
): Promise<void> {
  // Who approved 60,000 has not approved 90,000.
  const asksAgain = judgement.reviews.length > 0 && judgement.totals.total > order.total;
  await rewriteOrder(trx, order.id, {
    read,
    judgement,
    contentHash: contentHash(read),
    promoCodeId,
    promoCode: judgement.promo?.code ?? null,
    requiresVerification: judgement.reviews.length > 0,
    isApprovalVoid: asksAgain,
  });
  if (order.orderStatus === 'draft') return;
  if (asksAgain) {
    const reasons = judgement.warnings.map((warning) => warning.message);
    for (const kind of judgement.reviews) {
      const { businessId, id: orderId } = order;
      await reopenReview(trx, { businessId, orderId, kind, reasons, now });
    }
  } else if (judgement.reviews.length === 0) {
    const note = 'not needed any more after a change of the order';
    await decideReviews(trx, { orderId: order.id, status: 'approved', by: actor, note, now });
  }
}

const tell = (trx: Transaction, order: Order, now: Date): Promise<void> =>
  insertEvent(trx, {
    businessId: order.businessId,
    aggregateType: 'order',
    aggregateId: order.id,
    type: 'order.changed',
    payload: {
      order_id: order.id,
      order_number: order.orderNumber,
      total_amount: toMajor(order.total),
      currency: order.currency,
    },
    now,
  });

/** Takes back what the change has done so far. */
function refused(problems: OrderProblem[]): TakeBack<ChangeOutcome> {
  return new TakeBack<ChangeOutcome>(refusedChange(problems));
}

export function refusedChange(problems: OrderProblem[]): RefusedChange {
  const [first] = problems;
  if (!first) throw new Error('a refusal needs a problem');
  const message =
    problems.length === 1 ? first.message : `The order has ${problems.length} problems.`;
  return { ok: false, status: httpStatusOf(problems), code: first.code, message, problems };
}
