import type { Business } from '../businesses/business-store';
import { findPromo } from '../cart/promo-store';
import type { Promo } from '../cart/promo';
import { loadOrderables } from '../catalog/orderable-store';
import type { Queryable } from '../db/database';
import { countUses, findFirsts, findTwins, promoTerms, readUsers } from './group-store';
import type { OrderFacts } from './judgement';
import { contentHash } from './order-hash';
import type { ReadOrder } from './read-order';
import type { RiskDefaults } from './risk-score';
import { loadRiskFacts } from './risk-store';

export interface ToJudge {
  business: Business;
  read: ReadOrder;
  now: Date;
  ipAddress?: string | null;
}
export interface GroupFacts {
  facts: OrderFacts;
  promoTerms: string | null;
  /** The order that the idempotency key has placed before; only looked for when asked. */
  first: { id: number; hash: string | null } | null;
}

/**
 * What each order of a group is judged by, with a handful of statements for all of them. `withPast` also looks for earlier orders of
 * the same key or content; the procedure does so anyway, under lock, so it is only needed once there is doubt.
 */
export async function loadGroupFacts(
  q: Queryable,
  group: readonly ToJudge[],
  { withPast, riskDefaults }: { withPast: boolean; riskDefaults?: RiskDefaults },
): Promise<GroupFacts[]> {
  const facts = new Map<ToJudge, GroupFacts>();
  for (const orders of byBusiness(group)) {
    const businessId = orders[0].business.id;
    const lookups = orders.map(({ business, read, now }, n) => ({
      n,
      user_id: read.userId,
      key: read.idempotencyKey,
      content_hash: read.confirmDuplicate ? null : contentHash(read),
      since: new Date(now.getTime() - business.settings.duplicate_window_minutes * 60_000)
        .toISOString()
        .slice(0, 23)
        .replace('T', ' '),
    }));
    const items = orders.flatMap(({ read }) =>
      read.items.flatMap((item) =>
        item.productId === null
          ? []
          : [
              {
                productId: item.productId,
                variantId: item.variantId,
                quantity: item.quantity ?? 1,
              },
            ],
      ),
    );
    const users = await readUsers(
      q,
      businessId,
      orders.flatMap(({ read }) => read.userId ?? []),
      Math.max(...orders.map(({ business }) => business.settings.pending_orders_warning_from)),
    );
    const subjects = orders.map(({ read, ipAddress = null }) => {
      const user = read.userId === null ? undefined : users.get(read.userId);
      // Nobody asks about somebody who is not there.
      const isTrusted = user?.isTrusted ?? true;
      return {
        businessId,
        userId: read.userId ?? 0,
        isTrusted,
        phone: read.address.phone,
        ipAddress,
      };
    });
    const risks = await loadRiskFacts(q, orders[0].now, subjects, riskDefaults);
    const orderables = await loadOrderables(q, businessId, items);
    const promos = await loadPromos(q, businessId, orders);
    const firsts = withPast ? await findFirsts(q, businessId, lookups) : new Map<number, never>();
    const twins = withPast ? await findTwins(q, lookups) : new Map<number, never>();
    orders.forEach((order, n) => {
      const { business, read, now } = order;
      const user = read.userId === null ? undefined : users.get(read.userId);
      const found = read.promoCode === null ? undefined : promos.get(read.promoCode);
      facts.set(order, {
        facts: {
          business,
          now,
          user: user ?? null,
          orderables,
          promo: found?.promo ?? null,
          promoUses: (read.userId !== null && found?.uses.get(read.userId)) || 0,
          pendingOrders: Math.min(
            user?.pendingOrders ?? 0,
            business.settings.pending_orders_warning_from,
          ),
          duplicateOf: user ? (twins.get(n) ?? null) : null,
          risk: risks[n] ?? null,
        },
        promoTerms: found?.terms ?? null,
        first: firsts.get(n) ?? null,
      });
    });
  }
  return group.map((order) => facts.get(order) as GroupFacts);
}

interface FoundPromo {
  promo: Promo;
  terms: string | null;
  uses: Map<number, number>;
}

async function loadPromos(
  q: Queryable,
  businessId: number,
  orders: readonly ToJudge[],
): Promise<Map<string, FoundPromo>> {
  const promos = new Map<string, FoundPromo>();
  for (const code of new Set(orders.flatMap(({ read }) => read.promoCode ?? []))) {
    // Before the facts: a change in between shows as other terms, and the order is judged anew.
    const terms = await promoTerms(q, businessId, code);
    const promo = await findPromo(q, businessId, code);
    if (!promo) continue;
    const userIds = orders.flatMap(({ read }) =>
      read.promoCode === code && read.userId !== null ? read.userId : [],
    );
    const uses =
      promo.usageLimitPerCustomer === null
        ? new Map<number, number>()
        : await countUses(q, promo.id, userIds);
    promos.set(code, { promo, terms, uses });
  }
  return promos;
}

function byBusiness(group: readonly ToJudge[]): [ToJudge, ...ToJudge[]][] {
  const groups = new Map<number, [ToJudge, ...ToJudge[]]>();
  for (const order of group) {
    const others = groups.get(order.business.id);
    if (others) others.push(order);
    else groups.set(order.business.id, [order]);
  }
  return [...groups.values()];
}
