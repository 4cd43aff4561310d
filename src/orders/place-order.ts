import type { Business } from '../businesses/business-store';
import { paymentKind, type PaymentMethod } from '../businesses/payment-methods';
import { takePromoUse } from '../cart/promo-store';
import { loadOrderables } from '../catalog/orderable-store';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { isDuplicateKey } from '../db/errors';
import { attempt, TakeBack } from '../db/savepoint';
import { reserveOrder } from '../inventory/inventory-store';
import { announceOrder } from './announce-order';
import { confirmAtOnceIn } from './auto-confirm';
import type { Order } from './order';
import { httpStatusOf, type OrderProblem } from './order-errors';
import { contentHash, requestHash } from './order-hash';
import { loadFacts } from './load-facts';
import { nextOrderNumber } from './order-numbers';
import { findOrder, findOrderByKey } from './order-store';
import { insertItems, insertOrder, lockUser, recordOrderError } from './placement-store';
import { readOrder, type ReadOrder } from './read-order';
import {
  promoProblem,
  shortage,
  validateOrder,
  type Judgement,
  type OrderWarning,
} from './validate-order';

export interface PlaceRequest {
  business: Business;
  /** Order data as in ORD-1, from anybody. */
  data: unknown;
  /** Who places it, for history and ledger: "customer:12", "api:…". */
  actor: string;
  conversationId?: number | null;
  ipAddress?: string | null;
  userAgent?: string | null;
  /** Taken before the transaction began; without it one is taken now, on another connection. */
  orderNumber?: string;
}

export interface Placed {
  ok: true;
  order: Order;
  /** The key had placed this order before; nothing was written now. */
  isRepeat: boolean;
  warnings: OrderWarning[];
  /** The customer's 'order_received', for a chat that says it itself; null for a repeat and for a draft. */
  notificationId: number | null;
  holdMinutes: number;
}
export interface NotPlaced {
  ok: false;
  status: 400 | 409;
  code: OrderProblem['code'];
  message: string;
  problems: OrderProblem[];
}
export type PlaceOutcome = Placed | NotPlaced;

/**
 * Places an order inside the caller's transaction (ORD-3). Order, items, holds, messages, queue, event, metrics and history are
 * written together; a refusal takes all of it back, leaves the rest of the transaction alone and is a value.
 */
export async function placeOrder(
  trx: Transaction,
  deps: Pick<CoreDeps, 'db' | 'clock' | 'config'>,
  request: PlaceRequest,
): Promise<PlaceOutcome> {
  const startedAt = performance.now();
  const now = deps.clock.now();
  const { business } = request;
  const { order: read, problems } = readOrder(request.data, business);

  const user = read.userId === null ? null : await lockUser(trx, business.id, read.userId);
  const repeat = await findRepeat(trx, business, read);
  if (repeat) return repeat.ok ? repeat : refuse(trx, request, read, repeat.problems, now);
  const origin = { ipAddress: request.ipAddress ?? null, defaults: deps.config?.riskDefaults };
  const judgement = validateOrder(read, await loadFacts(trx, business, read, user, now, origin));
  const allProblems = [...problems, ...judgement.problems];
  if (allProblems.length > 0) return refuse(trx, request, read, dropDoubles(allProblems), now);

  const orderNumber = request.orderNumber ?? (await nextOrderNumber(deps.db, business, now));
  const validationMs = Math.round(performance.now() - startedAt);
  const write = () => writeOrder(trx, { request, read, judgement, orderNumber, validationMs, now });
  const outcome = await attempt(trx, () =>
    actingAs(trx, { actor: request.actor, reason: 'order placed' }, write),
  );
  if (outcome.kind === 'placed') {
    const { placed } = outcome;
    const order = await confirmAtOnceIn(trx, deps, {
      order: placed.order,
      settings: business.settings,
    });
    return { ...placed, order };
  }
  if (outcome.kind === 'refused') return refuse(trx, request, read, outcome.problems, now);
  // Somebody else has placed it with the same key while we were writing.
  const theirs = await findRepeat(trx, business, read);
  if (!theirs) throw outcome.error;
  return theirs.ok ? theirs : refuse(trx, request, read, theirs.problems, now);
}

type Written =
  | { kind: 'placed'; placed: Placed }
  | { kind: 'refused'; problems: OrderProblem[] }
  | { kind: 'repeated'; error: unknown };

async function findRepeat(
  trx: Transaction,
  business: Business,
  read: ReadOrder,
): Promise<Placed | { ok: false; problems: OrderProblem[] } | null> {
  if (read.idempotencyKey === null) return null;
  const first = await findOrderByKey(trx, business.id, read.idempotencyKey);
  if (!first) return null;
  if (first.hash !== requestHash(read)) {
    const message = 'This idempotency key has placed another order. Use a new key for a new order.';
    return {
      ok: false,
      problems: [{ field: 'idempotency_key', code: 'IDEMPOTENCY_MISMATCH', message }],
    };
  }
  const order = await findOrder(trx, business.id, first.id);
  if (!order) throw new Error(`order ${first.id} has gone`);
  const holdMinutes = holdMinutesOf(business, order.paymentMethod);
  return { ok: true, order, isRepeat: true, warnings: [], notificationId: null, holdMinutes };
}

interface Writing {
  request: PlaceRequest;
  read: ReadOrder;
  judgement: Judgement;
  orderNumber: string;
  validationMs: number;
  now: Date;
}

async function writeOrder(trx: Transaction, writing: Writing): Promise<Written> {
  const { request, read, judgement, now } = writing;
  const { business } = request;
  const method = read.paymentMethod as PaymentMethod;
  const userId = read.userId as number;
  // Lock order: customer, promo code, order, stock rows, reservations.
  if (!read.isDraft && judgement.promo && !(await takePromoUse(trx, judgement.promo.id))) {
    throw new TakeBack<Written>({
      kind: 'refused',
      problems: [promoProblem('PROMO_LIMIT_REACHED')],
    });
  }
  const orderId = await insertOrder(trx, {
    businessId: business.id,
    currency: business.currency,
    userId,
    orderNumber: writing.orderNumber,
    paymentStatus: paymentKind(method) === 'cod' ? 'unpaid' : 'pending',
    read,
    judgement,
    conversationId: request.conversationId ?? null,
    ipAddress: request.ipAddress ?? null,
    userAgent: request.userAgent ?? null,
    idempotencyHash: read.idempotencyKey === null ? null : requestHash(read),
    contentHash: contentHash(read),
    now,
  }).catch((error: unknown) => {
    if (isDuplicateKey(error)) throw new TakeBack<Written>({ kind: 'repeated', error });
    throw error;
  });
  await insertItems(trx, orderId, judgement.lines, now);
  const holdMinutes = holdMinutesOf(business, method);
  const held = read.isDraft ? null : await reserveOrder(trx, orderId, holdMinutes);
  if (held && !held.ok)
    throw new TakeBack<Written>({
      kind: 'refused',
      problems: [await shortageOf(trx, business, held, read)],
    });
  const notificationId = read.isDraft
    ? null
    : await announceOrder(trx, {
        ...writing,
        business,
        orderId,
        holdMinutes,
        conversationId: request.conversationId ?? null,
      });
  const order = await findOrder(trx, business.id, orderId);
  if (!order) throw new Error(`order ${orderId} has gone`);
  return {
    kind: 'placed',
    placed: {
      ok: true,
      order,
      isRepeat: false,
      warnings: judgement.warnings,
      notificationId,
      holdMinutes,
    },
  };
}

/** Somebody was faster: which line is short, and what is left of it now. */
export async function shortageOf(
  trx: Transaction,
  business: Business,
  failure: { code: string; sku?: string },
  read: ReadOrder,
): Promise<OrderProblem> {
  const items = read.items.map((item) => ({
    index: item.index,
    productId: item.productId ?? 0,
    variantId: item.variantId,
    quantity: item.quantity ?? 0,
  }));
  const facts = await loadOrderables(trx, business.id, items);
  const item = [...facts.values()].find((one) => one.sku === failure.sku);
  const line =
    item &&
    items.find((one) => one.productId === item.productId && one.variantId === item.variantId);
  return item && line
    ? shortage(line, item)
    : {
        field: 'items',
        code: 'INSUFFICIENT_STOCK',
        message: `There is not enough stock (${failure.code}).`,
      };
}

/** A refusal leaves one row behind (ORD-3, ORD-11). */
async function refuse(
  trx: Transaction,
  request: PlaceRequest,
  read: ReadOrder,
  problems: OrderProblem[],
  now: Date,
): Promise<NotPlaced> {
  const [first] = problems;
  if (!first) throw new Error('a refusal needs a problem');
  const isInventory = problems.some((problem) => problem.code === 'INSUFFICIENT_STOCK');
  await recordOrderError(trx, {
    businessId: request.business.id,
    userId: problems.some((problem) => problem.code === 'USER_NOT_FOUND') ? null : read.userId,
    type: isInventory ? 'inventory' : 'validation',
    severity: isInventory ? 'medium' : 'low',
    code: first.code,
    message: problems.map((problem) => `${problem.field}: ${problem.message}`).join(' '),
    context: { problems, order_source: read.orderSource },
    now,
  });
  const message =
    problems.length === 1 ? first.message : `The order has ${problems.length} problems.`;
  return { ok: false, status: httpStatusOf(problems), code: first.code, message, problems };
}

export const holdMinutesOf = (business: Business, method: PaymentMethod): number =>
  business.settings.hold_minutes[paymentKind(method)];

/** One field, one code, said once. */
export function dropDoubles(problems: readonly OrderProblem[]): OrderProblem[] {
  return problems.filter(
    (one, at) =>
      problems.findIndex((other) => other.field === one.field && other.code === one.code) === at,
  );
}
