import type { Command, Line, PaymentTarget } from './commands';
import {
  heldOf,
  HOLD_MINUTES,
  isHeld,
  PART,
  promoUses,
  totalOf,
  unitsOf,
  type Model,
  type ModelOrder,
} from './model-state';

const PAYMENT_MOVES: Partial<Record<ModelOrder['payment'], readonly PaymentTarget[]>> = {
  unpaid: ['authorized', 'paid', 'failed'],
  pending: ['authorized', 'paid', 'failed'],
  authorized: ['paid', 'failed'],
  failed: ['authorized', 'paid'],
  expired: ['authorized', 'paid'],
  paid: ['partially_refunded', 'refunded'],
  partially_refunded: ['partially_refunded', 'refunded'],
  voided: ['paid'],
};
const NEXT = {
  confirmed: 'processing',
  processing: 'shipped',
  shipped: 'delivered',
  delivered: 'completed',
} as const;

/** Does what a command says; the word is 'ok' or the code of the refusal. */
export function apply(model: Model, command: Command): string {
  switch (command.do) {
    case 'create':
      return create(model, command);
    case 'wait':
      model.now += command.minutes;
      return 'ok';
    // Nothing that anybody could see.
    case 'expire holds':
      return 'ok';
    case 'cancel expired':
      return cancelExpired(model);
    case 'restock':
      return restock(model, command);
    default: {
      const order = model.orders.at(-1 - command.order);
      return order ? applyTo(model, order, command) : 'ORDER_NOT_FOUND';
    }
  }
}

function applyTo(
  model: Model,
  order: ModelOrder,
  command: Extract<Command, { order: number }>,
): string {
  switch (command.do) {
    case 'repeat':
      return 'ok';
    case 'pay':
      return pay(model, order, command.to);
    case 'confirm':
      return confirm(model, order);
    case 'cancel':
      return cancel(model, order);
    case 'change':
      return change(model, order, command.lines);
    case 'move house':
      if (!canChange(order)) return 'INVALID_TRANSITION';
      order.province = command.province;
      return 'ok';
    case 'advance':
      return advance(model, order);
  }
}

function create(
  model: Model,
  { lines, method, hasPromo }: Extract<Command, { do: 'create' }>,
): string {
  const order: ModelOrder = {
    status: 'pending',
    payment: method === 'cod' ? 'unpaid' : 'pending',
    method,
    province: 'Metro Manila',
    lines,
    hasPromo,
    isUse: hasPromo,
    hold: 'none',
    paid: 0,
    refunded: 0,
  };
  if (!isThere(model, order)) return 'INSUFFICIENT_STOCK';
  if (hasPromo && promoUses(model) >= model.promo.limit) return 'PROMO_LIMIT_REACHED';
  order.hold = model.now + HOLD_MINUTES[method];
  model.orders.push(order);
  return 'ok';
}

/** Whether what an order does not hold itself could be had now. */
function isThere(model: Model, order: ModelOrder): boolean {
  if (isHeld(model, order)) return true;
  return model.stock.every(
    (stock, row) => unitsOf(order, row) === 0 || stock - heldOf(model, row) >= unitsOf(order, row),
  );
}

/** ORD-5; stock that was lost meanwhile is taken again if it is there. */
function confirm(model: Model, order: ModelOrder): string {
  if (order.status !== 'pending') return 'INVALID_TRANSITION';
  if (!isThere(model, order)) return 'INSUFFICIENT_STOCK';
  model.stock = model.stock.map((stock, row) => stock - unitsOf(order, row));
  order.hold = 'sold';
  order.status = 'confirmed';
  return 'ok';
}

/** ORD-6 */
function cancel(model: Model, order: ModelOrder): string {
  if (!['pending', 'confirmed', 'processing'].includes(order.status)) return 'INVALID_TRANSITION';
  if (order.hold === 'sold')
    model.stock = model.stock.map((stock, row) => stock + unitsOf(order, row));
  order.hold = 'none';
  order.status = 'cancelled';
  if (order.payment === 'pending') order.payment = 'voided';
  return 'ok';
}

const canChange = (order: ModelOrder): boolean =>
  order.status === 'pending' && order.paid === 0 && order.payment !== 'authorized';

/** Other items are held anew; the same items are no change. */
function change(model: Model, order: ModelOrder, lines: Line[]): string {
  if (!canChange(order)) return 'INVALID_TRANSITION';
  if (JSON.stringify(lines) === JSON.stringify(order.lines)) return 'ok';
  const before = { lines: order.lines, hold: order.hold };
  Object.assign(order, { lines, hold: 'none' });
  if (!isThere(model, order)) {
    Object.assign(order, before);
    return 'INSUFFICIENT_STOCK';
  }
  order.hold = model.now + HOLD_MINUTES[order.method];
  return 'ok';
}

function pay(model: Model, order: ModelOrder, to: PaymentTarget): string {
  const from = order.payment;
  if (!PAYMENT_MOVES[from]?.includes(to)) return 'INVALID_TRANSITION';
  const left = order.paid - order.refunded;
  if (to === 'partially_refunded' && PART >= left) return 'AMOUNT_MISMATCH';
  order.payment = to;
  if (to === 'refunded') order.refunded = order.paid;
  if (to === 'partially_refunded') order.refunded += PART;
  if (to === 'paid') {
    order.paid = totalOf(model, order);
    settle(model, order, from);
  }
  return 'ok';
}

/** What becomes of an order whose money has come: ORD-5, G-11. */
function settle(model: Model, order: ModelOrder, from: ModelOrder['payment']): void {
  if (order.status === 'pending' && order.method !== 'cod') confirm(model, order);
  if (order.status === 'cancelled' && from === 'expired' && isThere(model, order)) {
    order.isUse = order.hasPromo && promoUses(model) < model.promo.limit;
    order.status = 'pending';
    confirm(model, order);
  }
}

/** PAY-4: what was to be paid in advance and was not, when its hold is over. */
function cancelExpired(model: Model): string {
  for (const order of model.orders) {
    const isUnpaid = ['unpaid', 'pending', 'failed'].includes(order.payment);
    if (order.status !== 'pending' || order.method === 'cod' || !isUnpaid) continue;
    if (isHeld(model, order)) continue;
    order.payment = 'expired';
    cancel(model, order);
  }
  return 'ok';
}

function advance(model: Model, order: ModelOrder): string {
  const next = NEXT[order.status as keyof typeof NEXT];
  if (!next) return 'INVALID_TRANSITION';
  order.status = next;
  // Who takes the parcel pays for it.
  if (
    next === 'delivered' &&
    order.method === 'cod' &&
    ['unpaid', 'failed'].includes(order.payment)
  ) {
    order.payment = 'paid';
    order.paid = totalOf(model, order);
  }
  return 'ok';
}

/** What is promised to somebody cannot be taken from the shelf. */
function restock(model: Model, { row, by }: Extract<Command, { do: 'restock' }>): string {
  const wanted = (model.stock[row] ?? 0) + by;
  if (wanted < heldOf(model, row)) return 'BELOW_RESERVED';
  model.stock[row] = wanted;
  return 'ok';
}
