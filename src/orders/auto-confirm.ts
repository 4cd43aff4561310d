import type { BusinessSettings } from '../businesses/settings';
import type { CoreDeps } from '../db/core-deps';
import type { Queryable, Transaction } from '../db/database';
import { confirmOrderIn } from './confirm-order';
import type { Order } from './order';
import { isTrustedBuyer } from './placement-store';

interface JustPlaced {
  order: Order;
  settings: Pick<BusinessSettings, 'auto_confirm_cod'>;
}

/**
 * Whether a cash-on-delivery order confirms itself by the rule of its business (ORD-5): a trusted buyer, or below an amount. Never
 * one that a person has to look at.
 */
export async function confirmsItself(
  q: Queryable,
  { order, settings }: JustPlaced,
): Promise<boolean> {
  const { trusted, below } = settings.auto_confirm_cod;
  if (order.paymentMethod !== 'cod' || order.orderStatus !== 'pending') return false;
  if (order.requiresVerification && order.verifiedAt === null) return false;
  if (below !== null && order.total < below) return true;
  return trusted && (await isTrustedBuyer(q, order.userId));
}

/** Confirms an order that was just placed, where its business's rule says so. The order as it is now. */
export async function confirmAtOnceIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  placed: JustPlaced,
): Promise<Order> {
  if (!(await confirmsItself(trx, placed))) return placed.order;
  const { businessId, id } = placed.order;
  const notes = 'confirmed by the rule of the shop for cash on delivery';
  const outcome = await confirmOrderIn(trx, deps, {
    businessId,
    order: id,
    actor: 'system:auto-confirm',
    notes,
  });
  // Somebody was faster, or its stock is gone meanwhile: it waits for a person, like any other.
  return outcome.ok ? outcome.order : placed.order;
}

/** The same for an order that is committed already; without the rule it costs nothing. */
export async function confirmAtOnce(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  placed: JustPlaced,
): Promise<Order> {
  if (!(await confirmsItself(deps.db, placed))) return placed.order;
  return deps.db.transaction((trx) => confirmAtOnceIn(trx, deps, placed));
}
