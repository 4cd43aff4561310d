import type { Line, Method, PaymentTarget, Province } from './commands';

/**
 * A shop as one would explain it to a person: plain objects, one thing at a time, no database. It is written from the specification
 * and shares no code with the product. A hold that has run out is nobody's, whether or not somebody has tidied up (G-10), so that is
 * how it is counted here.
 */
export interface Model {
  /** Minutes since the beginning. */
  now: number;
  /** On hand, by stock row. */
  stock: number[];
  prices: readonly number[];
  orders: ModelOrder[];
  promo: { off: number; limit: number };
}

export interface ModelOrder {
  status:
    'pending' | 'confirmed' | 'processing' | 'shipped' | 'delivered' | 'completed' | 'cancelled';
  payment: 'unpaid' | 'pending' | 'expired' | 'voided' | PaymentTarget;
  method: Method;
  province: Province;
  lines: Line[];
  /** Has the price that the code gives. */
  hasPromo: boolean;
  /** Whether it counts as a use of the code: money that comes late buys at the agreed price, even when the uses are gone. */
  isUse: boolean;
  /** Until when its stock is held; 'sold' once it is. */
  hold: number | 'sold' | 'none';
  paid: number;
  refunded: number;
}

export const newModel = (stock: readonly number[], prices: readonly number[]): Model => ({
  now: 0,
  stock: [...stock],
  prices,
  orders: [],
  promo: { off: 50_00, limit: 1 },
});

/** INV-2 */
export const HOLD_MINUTES: Record<Method, number> = { card: 15, gcash: 30, cod: 24 * 60 };
const SHIPPING: Record<Province, number> = { 'Metro Manila': 100_00, Cebu: 150_00 };
/** What is given back by 'partially_refunded'. */
export const PART = 1_00;

export const isHeld = (model: Model, order: ModelOrder): boolean =>
  typeof order.hold === 'number' && order.hold > model.now;
export const unitsOf = (order: ModelOrder, row?: number): number =>
  order.lines.reduce(
    (sum, line) => sum + (row === undefined || line.row === row ? line.quantity : 0),
    0,
  );
export const totalOf = (model: Model, order: ModelOrder): number =>
  order.lines.reduce((sum, line) => sum + (model.prices[line.row] ?? 0) * line.quantity, 0) -
  (order.hasPromo ? model.promo.off : 0) +
  SHIPPING[order.province];
export const heldOf = (model: Model, row: number): number =>
  model.orders.reduce((sum, one) => sum + (isHeld(model, one) ? unitsOf(one, row) : 0), 0);
export const promoUses = ({ orders }: Model): number =>
  orders.filter((order) => order.isUse && order.status !== 'cancelled').length;
