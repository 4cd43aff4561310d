import type { Business } from '../businesses/business-store';
import { countPromoUses, findPromo } from '../cart/promo-store';
import { loadOrderables } from '../catalog/orderable-store';
import type { Transaction } from '../db/database';
import { contentHash } from './order-hash';
import { countPendingOrders, findDuplicate } from './placement-store';
import type { ReadOrder } from './read-order';
import type { RiskDefaults } from './risk-score';
import { loadRiskFacts } from './risk-store';
import type { OrderFacts } from './validate-order';

/** Everything that an order is judged by, in the transaction that places it. */
export async function loadFacts(
  trx: Transaction,
  business: Business,
  read: ReadOrder,
  user: OrderFacts['user'],
  now: Date,
  origin: { ipAddress?: string | null; defaults?: RiskDefaults } = {},
): Promise<OrderFacts> {
  const { settings } = business;
  const items = read.items.flatMap((item) =>
    item.productId === null
      ? []
      : [{ productId: item.productId, variantId: item.variantId, quantity: item.quantity ?? 1 }],
  );
  const promo = read.promoCode === null ? null : await findPromo(trx, business.id, read.promoCode);
  const windowStart = new Date(now.getTime() - settings.duplicate_window_minutes * 60_000);
  const userId = user === null ? null : read.userId;
  const ipAddress = origin.ipAddress ?? null;
  const subjects =
    user === null || userId === null
      ? []
      : [
          {
            businessId: business.id,
            userId,
            isTrusted: user.isTrusted,
            phone: read.address.phone,
            ipAddress,
          },
        ];
  const [risk = null] = await loadRiskFacts(trx, now, subjects, origin.defaults);
  return {
    business,
    now,
    user,
    orderables: await loadOrderables(trx, business.id, items),
    promo,
    promoUses:
      promo && userId !== null && promo.usageLimitPerCustomer !== null
        ? await countPromoUses(trx, promo.id, userId)
        : 0,
    pendingOrders:
      userId === null
        ? 0
        : await countPendingOrders(trx, userId, settings.pending_orders_warning_from),
    duplicateOf:
      userId === null || read.confirmDuplicate
        ? null
        : await findDuplicate(trx, userId, contentHash(read), windowStart),
    risk,
  };
}
