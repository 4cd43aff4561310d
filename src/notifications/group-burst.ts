import type { Transaction } from '../db/database';
import { claimSiblings, lockGroup, mergeInto, noteTold, postpone } from './group-store';
import type { Notification } from './notification-store';

/** What may come in bursts, and the message that tells of many. */
const TOLD_TOGETHER: Readonly<Record<string, string>> = { owner_new_order: 'owner_new_orders' };
/** The first one is told at once; what follows within this time waits for its end, and is told together. */
export const GROUP_MS = 10_000;
/** In one message. */
const MAX_GROUP = 500;
/** So many order numbers fit beside the count into one SMS. */
const MAX_NAMED = 4;

/**
 * Makes one message of a burst for the owner (NTF-4): nobody waits longer than GROUP_MS, and a single one not at all (section
 * 19: within 30 seconds). Gives what is to be told now, or nothing when it waits for others.
 */
export async function groupBurst(
  trx: Transaction,
  notification: Notification,
  now: Date,
): Promise<Notification | null> {
  const together = TOLD_TOGETHER[notification.template];
  if (!together || notification.triedRoutes.length > 0) return notification;
  const toldAt = await lockGroup(trx, notification);
  // Another dispatcher is telling: it is looked at again when that is done.
  const nextAt = new Date((toldAt ?? now).getTime() + GROUP_MS);
  if (toldAt === null || nextAt > now) {
    const others = toldAt === null ? [] : await claimSiblings(trx, notification, now, MAX_GROUP);
    await postpone(trx, [notification.id, ...others.map(({ id }) => id)], nextAt);
    return null;
  }
  const others = await claimSiblings(trx, notification, now, MAX_GROUP - 1);
  await noteTold(trx, notification, now);
  if (others.length === 0) return notification;
  const all = [notification, ...others].map(({ payload }) => String(payload.order_number));
  const named = all.slice(0, MAX_NAMED).join(', ');
  const payload = { count: all.length, orders: all.length > MAX_NAMED ? `${named} ...` : named };
  const merged = { template: together, payload };
  await mergeInto(trx, notification.id, merged, others.map(({ id }) => id)); // prettier-ignore
  return { ...notification, ...merged };
}
