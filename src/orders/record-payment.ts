import { paymentKind } from '../businesses/payment-methods';
import { actingAs } from '../db/acting-as';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { displayMoney, toDecimal, toMajor, type Minor } from '../lib/money';
import { insertNotification } from '../notifications/notification-store';
import { insertEvent } from '../outbox/outbox-store';
import { isDuplicateKey } from '../db/errors';
import { reread } from './confirm-order';
import type { Order } from './order';
import {
  canMovePayment,
  invalidTransition,
  type InvalidTransition,
  type PaymentStatus,
} from './order-states';
import { findOrder, updateOrder, type OrderChange } from './order-store';
import { findReferenceHolder } from './payment-reference-store';
import { resolveMoneyErrors } from './queue-work-store';
import { settleArrival, type Arrival } from './settle-arrival';

export interface PaymentReport {
  businessId: number;
  order: number | string;
  to: PaymentStatus;
  /** What was paid or given back now; without it all of it. */
  amount?: Minor | null;
  reference?: string | null;
  reason?: string | null;
  actor: string;
}

export interface AmountRefused {
  ok: false;
  code: 'AMOUNT_MISMATCH';
  message: string;
  problems: { field: 'amount'; code: 'AMOUNT_MISMATCH'; message: string; expected: number }[];
}

export interface ReferenceTaken {
  ok: false;
  code: 'DUPLICATE_REFERENCE';
  message: string;
  problems: { field: 'reference'; code: 'DUPLICATE_REFERENCE'; message: string }[];
}

export type PaymentOutcome =
  | { ok: true; order: Order; arrival: Arrival | null }
  | { ok: false; code: 'ORDER_NOT_FOUND'; message: string }
  | ReferenceTaken
  | InvalidTransition
  | AmountRefused;

/**
 * Notes what has become of an order's money, inside the caller's transaction: by the table of moves, within what may be paid and
 * given back (G-9). A prepaid order that is paid confirms itself (ORD-5); money that comes late is never swallowed (G-11). A reference
 * that paid for another order by the same method is refused (PAY-5); what comes in at the door may share one.
 */
export async function recordPaymentIn(
  trx: Transaction,
  deps: Pick<CoreDeps, 'clock'>,
  report: PaymentReport,
): Promise<PaymentOutcome> {
  const { to, actor } = report;
  const order = await findOrder(trx, report.businessId, report.order, { lock: true });
  if (!order) return { ok: false, code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
  const from = order.paymentStatus;
  // Another part given back is no change of state.
  const isAnotherPart = from === 'partially_refunded' && to === 'partially_refunded';
  if (order.orderStatus === 'draft' || (!isAnotherPart && !canMovePayment(from, to))) {
    return invalidTransition('payment', from, to);
  }
  const amounts = amountsOf(order, to, report.amount ?? null);
  if (!amounts.ok) return amounts;
  const now = deps.clock.now();
  const reason = [report.reason || `payment ${to}`, report.reference].filter(Boolean).join(', ');
  const change: OrderChange = {
    ...(isAnotherPart ? {} : { paymentStatus: to }),
    ...amounts.change,
    ...(to === 'paid' ? { paidAt: now } : {}),
    ...(report.reference && PAYING.has(to) ? { paymentReference: report.reference } : {}),
  };
  const isNoted = await actingAs(trx, { actor, reason, orderId: order.id }, () =>
    updateUnlessTaken(trx, order.id, change),
  );
  if (!isNoted) return referenceTaken(trx, order, report.reference ?? '');
  const after = await reread(trx, order);
  await tell(trx, after, to, amounts.moved, now);
  // Whoever was asked to give the money back has done it.
  if (to === 'refunded' || to === 'voided') {
    const codes = ['REFUND_DUE' as const, 'VOID_DUE' as const, 'LATE_PAYMENT' as const];
    const note = `payment ${to}`;
    await resolveMoneyErrors(trx, { orderId: order.id, codes, by: actor, note, now });
  }
  if (to !== 'paid') return { ok: true, order: after, arrival: null };
  const arrival = await settleArrival(trx, deps, { order: after, from, actor });
  return { ok: true, order: await reread(trx, order), arrival };
}

/** The same in a transaction of its own. */
export function recordPayment(
  deps: Pick<CoreDeps, 'db' | 'clock'>,
  report: PaymentReport,
): Promise<PaymentOutcome> {
  return deps.db.transaction((trx) => recordPaymentIn(trx, deps, report));
}

/** Where a reference is that of the payment; that of a refund stands in the history and in the audit log. */
const PAYING: ReadonlySet<PaymentStatus> = new Set(['pending', 'authorized', 'paid']);

/** False, and nothing written, when another order has the reference; the database decides, also between two at once. */
async function updateUnlessTaken(
  trx: Transaction,
  orderId: number,
  change: OrderChange,
): Promise<boolean> {
  try {
    await updateOrder(trx, orderId, change);
    return true;
  } catch (error) {
    if (change.paymentReference !== undefined && isDuplicateKey(error)) return false;
    throw error;
  }
}

async function referenceTaken(
  trx: Transaction,
  order: Order,
  reference: string,
): Promise<ReferenceTaken> {
  const holder = await findReferenceHolder(trx, order, reference);
  const message = `Order ${holder ?? 'of another customer'} was paid with this reference. Check the number on the receipt.`;
  const code = 'DUPLICATE_REFERENCE';
  return { ok: false, code, message, problems: [{ field: 'reference', code, message }] };
}

/** What the columns become, and how much has moved; or what the amount should have been (G-9). */
function amountsOf(
  order: Order,
  to: PaymentStatus,
  amount: Minor | null,
): { ok: true; change: OrderChange; moved: Minor } | AmountRefused {
  const refundable = order.paid - order.refunded;
  switch (to) {
    case 'authorized':
    case 'paid': {
      const due = order.total - order.paid;
      if (amount !== null && amount !== due) return mismatch(order, due, 'is due');
      const change = to === 'paid' ? { paidAmount: toDecimal(order.total) } : {};
      return { ok: true, change, moved: due };
    }
    case 'refunded': {
      if (amount !== null && amount !== refundable) {
        return mismatch(order, refundable, 'can be given back in all');
      }
      return { ok: true, change: { refundedAmount: toDecimal(order.paid) }, moved: refundable };
    }
    case 'partially_refunded': {
      // All that is left would make it refunded.
      if (amount === null || amount <= 0 || amount >= refundable) {
        return mismatch(order, refundable, 'is the limit, which a part stays below');
      }
      const refundedAmount = toDecimal(order.refunded + amount);
      return { ok: true, change: { refundedAmount }, moved: amount };
    }
    default:
      return { ok: true, change: {}, moved: 0 };
  }
}

function mismatch(order: Order, expected: Minor, what: string): AmountRefused {
  const message = `${displayMoney(expected, order.currency)} ${what}.`;
  const problem = { field: 'amount', code: 'AMOUNT_MISMATCH', message } as const;
  return {
    ok: false,
    code: problem.code,
    message,
    problems: [{ ...problem, expected: toMajor(expected) }],
  };
}

const TEMPLATES: Partial<Record<PaymentStatus, string>> = {
  paid: 'payment_received',
  refunded: 'order_refunded',
  partially_refunded: 'order_refunded',
};

async function tell(
  trx: Transaction,
  order: Order,
  to: PaymentStatus,
  moved: Minor,
  now: Date,
): Promise<void> {
  const template = TEMPLATES[to];
  // Who has paid at the door or the counter has seen it.
  const isInPerson = to === 'paid' && paymentKind(order.paymentMethod) === 'cod';
  if (template && !isInPerson) {
    await insertNotification(trx, {
      businessId: order.businessId,
      orderId: order.id,
      recipientType: 'customer',
      userId: order.userId,
      conversationId: order.conversationId,
      template,
      payload: {
        order_number: order.orderNumber,
        amount: displayMoney(moved, order.currency),
        phone: order.phone,
      },
      scheduledAt: now,
    });
  }
  await insertEvent(trx, {
    businessId: order.businessId,
    aggregateType: 'order',
    aggregateId: order.id,
    type: `payment.${to}`,
    payload: {
      order_id: order.id,
      order_number: order.orderNumber,
      amount: toMajor(moved),
      currency: order.currency,
    },
    now,
  });
}
