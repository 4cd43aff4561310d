import { findBusiness } from '../businesses/business-store';
import { takePromoUse } from '../cart/promo-store';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { attempt, TakeBack } from '../db/savepoint';
import { reserveOrder } from '../inventory/inventory-store';
import { announceOrder } from './announce-order';
import { refusedChange, type ChangeOutcome } from './change-order';
import { deleteItems, draftToPending } from './change-store';
import { reread } from './confirm-order';
import { judgeChange } from './judge-change';
import type { Order } from './order';
import type { OrderProblem } from './order-errors';
import { invalidTransition } from './order-states';
import { findOrder, itemsOf } from './order-store';
import { holdMinutesOf, shortageOf } from './place-order';
import { insertItems } from './placement-store';
import { promoProblem } from './validate-order';

/**
 * Places a draft inside the caller's transaction: from here on it is like any order that was just placed. Its amounts must still be
 * right; a draft whose prices have changed is changed first (PUT), so that nobody pays what they have not seen.
 */
export async function placeDraftIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  given: { businessId: number; order: number | string; actor: string; reason?: string | null },
): Promise<ChangeOutcome> {
  const order = await findOrder(trx, given.businessId, given.order, { lock: true });
  if (!order) return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  if (order.orderStatus !== 'draft') {
    return invalidTransition('order', order.orderStatus, 'pending');
  }
  const act = { actor: given.actor, reason: given.reason || 'order placed', orderId: order.id };
  const now = deps.clock.now();
  return attempt(trx, () => actingAs(trx, act, () => place(trx, order, now)));
}

async function place(trx: Transaction, order: Order, now: Date): Promise<ChangeOutcome> {
  const startedAt = performance.now();
  const business = await findBusiness(trx, order.businessId);
  if (!business) throw new Error(`business ${order.businessId} has gone`);
  const items = await itemsOf(trx, order.id);
  const { read, judgement, problems } = await judgeChange(trx, business, {
    order,
    items,
    // Named, so that they are compared with what the shop asks for today.
    change: {
      subtotal: undefined,
      discount_amount: undefined,
      shipping_fee: undefined,
      total_amount: undefined,
    },
    now,
  });
  if (problems.length > 0) throw refused(problems);
  if (judgement.promo && !(await takePromoUse(trx, judgement.promo.id))) {
    throw refused([promoProblem('PROMO_LIMIT_REACHED')]);
  }
  await draftToPending(trx, order.id, {
    promoCodeId: judgement.promo?.id ?? null,
    requiresVerification: judgement.reviews.length > 0,
  });
  // Two prices may have changed so that the sum did not.
  await deleteItems(trx, order.id);
  await insertItems(trx, order.id, judgement.lines, now);
  const holdMinutes = holdMinutesOf(business, order.paymentMethod);
  const held = await reserveOrder(trx, order.id, holdMinutes);
  if (!held.ok) throw refused([await shortageOf(trx, business, held, read)]);
  await announceOrder(trx, {
    business,
    orderId: order.id,
    orderNumber: order.orderNumber,
    read,
    judgement,
    conversationId: order.conversationId,
    holdMinutes,
    validationMs: Math.round(performance.now() - startedAt),
    now,
  });
  return { ok: true, order: await reread(trx, order), warnings: judgement.warnings };
}

const refused = (problems: OrderProblem[]): TakeBack<ChangeOutcome> =>
  new TakeBack<ChangeOutcome>(refusedChange(problems));
