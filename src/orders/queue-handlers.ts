import { findBusiness } from '../businesses/business-store';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { NORMAL_PRIORITY, type QueueItem } from '../queue/queue-store';
import type { QueueHandler } from '../queue/work-queue';
import { resolveOrderError } from './error-store';
import { handOverMoney } from './hand-over-money';
import { findOrder } from './order-store';
import { countAttempt, noteNextAttempt, ordersToConfirm } from './queue-work-store';
import { reportSetAside } from './report-order-error';
import { confirmIfDue, resumeOrder } from './resume-order';

/** Who resolves what is done in the end. */
const ACTOR = 'system:queue';
/** Work in a hurry comes before the work of people, which has this priority. */
const BEFORE_PEOPLE = NORMAL_PRIORITY - 1;

type Deps = Pick<CoreDeps, 'clock'>;

/**
 * Who works through the queue of orders (QUE-1). Packing is the work of people: those items are moved by the order's own moves
 * (move-order.ts), and only what is tried again comes here. A gateway that can give money back takes its place in `payment`.
 */
export function orderQueueHandlers(deps: Deps): QueueHandler[] {
  const base = {
    lastPriority: NORMAL_PRIORITY,
    work: (trx: Transaction, item: QueueItem) => work(trx, deps, item),
    postponed: async (trx: Transaction, item: QueueItem, until: Date) => {
      const errorId = retriedErrorOf(item);
      if (errorId !== null) await noteNextAttempt(trx, errorId, until);
    },
    setAside: (trx: Transaction, item: QueueItem, error: string) =>
      reportSetAside(trx, { item, error, errorId: retriedErrorOf(item), now: deps.clock.now() }),
  };
  return [
    { ...base, type: 'payment' },
    { ...base, type: 'new_order', needWork },
    { ...base, type: 'fulfillment', lastPriority: BEFORE_PEOPLE },
  ];
}

/** A new order is on its way as soon as it is placed, unless it can be confirmed without anybody and who placed it died before that. */
async function needWork(
  trx: Transaction,
  items: readonly QueueItem[],
): Promise<ReadonlySet<number>> {
  const orderIds = items.map(({ orderId }) => orderId);
  const toConfirm = await ordersToConfirm(trx, orderIds);
  const isWanted = (item: QueueItem) =>
    retriedErrorOf(item) !== null || toConfirm.has(item.orderId);
  return new Set(items.filter(isWanted).map(({ id }) => id));
}

/** Does what an item asks for; a text says what is in the way. */
async function work(trx: Transaction, deps: Deps, item: QueueItem): Promise<string | null> {
  const { businessId, orderId, payload } = item;
  const order = await findOrder(trx, businessId, orderId, { lock: true });
  const business = await findBusiness(trx, businessId);
  if (!order || !business) return null;
  const subject = { order, business, actor: ACTOR };
  const errorId = retriedErrorOf(item);
  if (errorId !== null) return retry(trx, deps, errorId, subject);
  const { action, reason } = payload;
  if (action !== 'refund' && action !== 'void') return confirmIfDue(trx, deps, subject);
  const why = typeof reason === 'string' ? reason : 'order cancelled';
  await handOverMoney(trx, order, { action, why, now: deps.clock.now() });
  return null;
}

/** Does again what failed, and notes that it is resolved (ORD-11). */
async function retry(
  trx: Transaction,
  deps: Deps,
  errorId: number,
  subject: Parameters<typeof resumeOrder>[2],
): Promise<string | null> {
  const attempt = await countAttempt(trx, errorId, subject.order.id);
  // Somebody has resolved it meanwhile.
  if (attempt === null) return null;
  const obstacle = await resumeOrder(trx, deps, subject);
  if (obstacle !== null) return obstacle;
  const note = `done at attempt ${attempt}`;
  await resolveOrderError(trx, errorId, { by: ACTOR, note, now: deps.clock.now() });
  return null;
}

/** Which error an item is there to put right; null for work that has not failed yet. */
function retriedErrorOf({ payload }: QueueItem): number | null {
  const id = payload.error_id;
  return payload.action === 'retry' && Number.isSafeInteger(id) ? Number(id) : null;
}
