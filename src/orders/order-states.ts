/** ORD-4. Both lists are compared with the database's constraints by a test. */
export const ORDER_STATUSES = [
  'draft',
  'pending',
  'confirmed',
  'processing',
  'ready',
  'shipped',
  'delivered',
  'completed',
  'cancelled',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const PAYMENT_STATUSES = [
  'unpaid',
  'pending',
  'authorized',
  'paid',
  'failed',
  'expired',
  'partially_refunded',
  'refunded',
  'voided',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Every allowed move; anything else is INVALID_TRANSITION. Cancelled from every state before shipped. */
const ORDER_MOVES: Record<OrderStatus, readonly OrderStatus[]> = {
  draft: ['pending', 'cancelled'],
  pending: ['confirmed', 'cancelled'],
  confirmed: ['processing', 'cancelled'],
  processing: ['ready', 'shipped', 'cancelled'],
  ready: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: ['completed'],
  completed: [],
  cancelled: [],
};

/** Money can arrive after it was given up (G-11): expired, failed and voided can still become paid. */
const PAYMENT_MOVES: Record<PaymentStatus, readonly PaymentStatus[]> = {
  unpaid: ['pending', 'authorized', 'paid', 'failed', 'expired', 'voided'],
  pending: ['authorized', 'paid', 'failed', 'expired', 'voided'],
  authorized: ['paid', 'failed', 'expired', 'voided'],
  paid: ['partially_refunded', 'refunded'],
  failed: ['pending', 'authorized', 'paid', 'expired', 'voided'],
  expired: ['pending', 'authorized', 'paid', 'voided'],
  partially_refunded: ['refunded'],
  refunded: [],
  voided: ['paid'],
};

export const canMoveOrder = (from: OrderStatus, to: OrderStatus): boolean =>
  ORDER_MOVES[from].includes(to);
export const canMovePayment = (from: PaymentStatus, to: PaymentStatus): boolean =>
  PAYMENT_MOVES[from].includes(to);

/**
 * The one way back from cancelled, which nobody can ask for: money that comes after the order was cancelled for the lack of it makes
 * the order pending again while its stock is there (G-11). `from` is the state of the payment before.
 */
export const canRevive = (from: PaymentStatus): boolean => from === 'expired';

export interface InvalidTransition {
  ok: false;
  code: 'INVALID_TRANSITION';
  from: string;
  to: string;
  message: string;
}

export function invalidTransition(
  kind: 'order' | 'payment',
  from: string,
  to: string,
): InvalidTransition {
  const what = kind === 'order' ? 'An order' : 'A payment';
  return {
    ok: false,
    code: 'INVALID_TRANSITION',
    from,
    to,
    message: `${what} that is ${from} cannot become ${to}.`,
  };
}
