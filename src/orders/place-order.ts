import type { Business } from '../businesses/business-store';
import { paymentKind, paymentLabel, type PaymentMethod } from '../businesses/payment-methods';
import { countPromoUses, findPromo, takePromoUse } from '../cart/promo-store';
import { loadOrderables } from '../catalog/orderable-store';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { isDuplicateKey } from '../db/errors';
import { attempt, TakeBack } from '../db/savepoint';
import { reserveOrder } from '../inventory/inventory-store';
import { displayMoney, toMajor } from '../lib/money';
import { insertNotification } from '../notifications/notification-store';
import { insertEvent } from '../outbox/outbox-store';
import { enqueue } from '../queue/queue-store';
import { itemsSummary, shortNumber, type Order } from './order';
import { httpStatusOf, type OrderProblem } from './order-errors';
import { contentHash, requestHash } from './order-hash';
import { nextOrderNumber } from './order-numbers';
import { findOrder, findOrderByKey } from './order-store';
import {
  countPendingOrders,
  findDuplicate,
  insertItems,
  insertMetrics,
  insertOrder,
  insertReview,
  lockUser,
  recordOrderError,
  rememberOrder,
} from './placement-store';
import { readOrder, type ReadOrder } from './read-order';
import { promoProblem, shortage, validateOrder, type Judgement, type OrderFacts, type OrderWarning } from './validate-order';

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
  /** The customer's 'order_received', for a chat that says it itself; null for a repeat. */
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
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  request: PlaceRequest,
): Promise<PlaceOutcome> {
  const startedAt = performance.now();
  const now = deps.clock.now();
  const { business } = request;
  const { order: read, problems } = readOrder(request.data, business);

  const user = read.userId === null ? null : await lockUser(trx, business.id, read.userId);
  const repeat = await findRepeat(trx, business, read);
  if (repeat) return repeat.ok ? repeat : refuse(trx, request, read, repeat.problems, now);
  const judgement = validateOrder(read, await loadFacts(trx, business, read, user, now));
  const allProblems = [...problems, ...judgement.problems];
  if (allProblems.length > 0) return refuse(trx, request, read, dropDoubles(allProblems), now);

  const orderNumber = request.orderNumber ?? (await nextOrderNumber(deps.db, business, now));
  const validationMs = Math.round(performance.now() - startedAt);
  const write = () => writeOrder(trx, { request, read, judgement, orderNumber, validationMs, now });
  const outcome = await attempt(trx, () => actingAs(trx, { actor: request.actor, reason: 'order placed' }, write));
  if (outcome.kind === 'placed') return outcome.placed;
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
    return { ok: false, problems: [{ field: 'idempotency_key', code: 'IDEMPOTENCY_MISMATCH', message }] };
  }
  const order = await findOrder(trx, business.id, first.id);
  if (!order) throw new Error(`order ${first.id} has gone`);
  const holdMinutes = holdMinutesOf(business, order.paymentMethod);
  return { ok: true, order, isRepeat: true, warnings: [], notificationId: null, holdMinutes };
}

async function loadFacts(
  trx: Transaction,
  business: Business,
  read: ReadOrder,
  user: OrderFacts['user'],
  now: Date,
): Promise<OrderFacts> {
  const { settings } = business;
  const items = read.items.flatMap((item) =>
    item.productId === null ? [] : [{ productId: item.productId, variantId: item.variantId, quantity: item.quantity ?? 1 }],
  );
  const promo = read.promoCode === null ? null : await findPromo(trx, business.id, read.promoCode);
  const windowStart = new Date(now.getTime() - settings.duplicate_window_minutes * 60_000);
  const userId = user === null ? null : read.userId;
  return {
    business,
    now,
    user,
    orderables: await loadOrderables(trx, business.id, items),
    promo,
    promoUses: promo && userId !== null && promo.usageLimitPerCustomer !== null ? await countPromoUses(trx, promo.id, userId) : 0,
    pendingOrders: userId === null ? 0 : await countPendingOrders(trx, userId, settings.pending_orders_warning_from),
    duplicateOf:
      userId === null || read.confirmDuplicate ? null : await findDuplicate(trx, userId, contentHash(read), windowStart),
  };
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
  if (judgement.promo && !(await takePromoUse(trx, judgement.promo.id))) {
    throw new TakeBack<Written>({ kind: 'refused', problems: [promoProblem('PROMO_LIMIT_REACHED')] });
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
  const held = await reserveOrder(trx, orderId, holdMinutes);
  if (!held.ok) throw new TakeBack<Written>({ kind: 'refused', problems: [await shortageOf(trx, business, held, read)] });
  const notificationId = await tellAbout(trx, writing, orderId, holdMinutes);
  const order = await findOrder(trx, business.id, orderId);
  if (!order) throw new Error(`order ${orderId} has gone`);
  return { kind: 'placed', placed: { ok: true, order, isRepeat: false, warnings: judgement.warnings, notificationId, holdMinutes } };
}

/** Everything beside the order itself that its placement leaves behind. Returns the customer's notification. */
async function tellAbout(trx: Transaction, writing: Writing, orderId: number, holdMinutes: number): Promise<number> {
  const { request, read, judgement, orderNumber, now } = writing;
  const { business } = request;
  const userId = read.userId as number;
  const method = read.paymentMethod as PaymentMethod;
  const total = displayMoney(judgement.totals.total, business.currency);
  const base = { businessId: business.id, orderId, scheduledAt: now };
  const notificationId = await insertNotification(trx, {
    ...base,
    recipientType: 'customer',
    userId,
    conversationId: request.conversationId ?? null,
    template: 'order_received',
    payload: {
      order_number: orderNumber,
      total,
      method: paymentLabel(method),
      payment_kind: method === 'in_person' ? 'in_person' : paymentKind(method),
      minutes: holdMinutes,
      phone: read.address.phone,
    },
  });
  await insertNotification(trx, {
    ...base,
    recipientType: 'owner',
    template: 'owner_new_order',
    payload: {
      order_number: orderNumber,
      short_number: shortNumber(orderNumber),
      total,
      payment: paymentLabel(method),
      items: itemsSummary(judgement.lines.map((line) => ({ ...line.item, quantity: line.quantity }))),
      recipient: read.address.recipientName,
      city: read.address.city,
    },
    priority: 3,
  });
  await enqueue(trx, { businessId: business.id, orderId, type: 'new_order', now });
  await insertEvent(trx, {
    businessId: business.id,
    aggregateType: 'order',
    aggregateId: orderId,
    type: 'order.created',
    payload: { order_id: orderId, order_number: orderNumber, total_amount: toMajor(judgement.totals.total), currency: business.currency },
    now,
  });
  await insertMetrics(trx, { orderId, businessId: business.id, validationMs: writing.validationMs, now });
  for (const kind of judgement.reviews) {
    const reasons = judgement.warnings.map((warning) => warning.message);
    await insertReview(trx, { businessId: business.id, orderId, kind, reasons, now });
  }
  await rememberOrder(trx, userId, read.address, now);
  return notificationId;
}

/** Somebody was faster: which line is short, and what is left of it now. */
async function shortageOf(
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
  const line = item && items.find((one) => one.productId === item.productId && one.variantId === item.variantId);
  return item && line
    ? shortage(line, item)
    : { field: 'items', code: 'INSUFFICIENT_STOCK', message: `There is not enough stock (${failure.code}).` };
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
  const message = problems.length === 1 ? first.message : `The order has ${problems.length} problems.`;
  return { ok: false, status: httpStatusOf(problems), code: first.code, message, problems };
}

export const holdMinutesOf = (business: Business, method: PaymentMethod): number =>
  business.settings.hold_minutes[paymentKind(method)];

/** One field, one code, said once. */
function dropDoubles(problems: readonly OrderProblem[]): OrderProblem[] {
  return problems.filter(
    (one, at) => problems.findIndex((other) => other.field === one.field && other.code === one.code) === at,
  );
}
