import type { Business } from '../businesses/business-store';
import { paymentKind } from '../businesses/payment-methods';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { commitOrder, reserveOrder } from '../inventory/inventory-store';
import { confirmAtOnceIn } from './auto-confirm';
import { confirmOrderIn } from './confirm-order';
import type { Order } from './order';
import { holdMinutesOf } from './place-order';

/**
 * Confirms a pending order that needs nobody for it (ORD-5): paid in advance, or by the rule for cash on delivery. Returns what is in
 * the way, or null. The caller holds its row.
 */
export async function confirmIfDue(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { order, business, actor }: { order: Order; business: Business; actor: string },
): Promise<string | null> {
  if (order.orderStatus !== 'pending') return null;
  if (order.paymentStatus !== 'paid' || paymentKind(order.paymentMethod) === 'cod') {
    await confirmAtOnceIn(trx, deps, { order, settings: business.settings });
    return null;
  }
  const { businessId, id } = order;
  const outcome = await confirmOrderIn(trx, deps, { businessId, order: id, actor, notes: 'paid' });
  // One that a person has to look at waits for them.
  return outcome.ok || outcome.code === 'VERIFICATION_REQUIRED' ? null : outcome.message;
}

/**
 * Brings an order as far as it goes without a person, from wherever it stopped: a pending one has its stock and, where it may, is
 * confirmed; one that is under way has bought its stock. May be repeated. Returns what is in the way, or null. The caller holds its row.
 */
export async function resumeOrder(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  { order, business, actor }: { order: Order; business: Business; actor: string },
): Promise<string | null> {
  const act = { actor, reason: 'tried again', orderId: order.id };
  switch (order.orderStatus) {
    case 'pending': {
      const minutes = holdMinutesOf(business, order.paymentMethod);
      const held = await actingAs(trx, act, () => reserveOrder(trx, order.id, minutes));
      return held.ok ? confirmIfDue(trx, deps, { order, business, actor }) : held.code;
    }
    case 'confirmed':
    case 'processing':
    case 'ready': {
      const sold = await actingAs(trx, act, () => commitOrder(trx, order.id));
      return sold.ok ? null : sold.code;
    }
    default:
      return null;
  }
}
