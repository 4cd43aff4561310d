import type { PromoFailure } from '../cart/promo';

/** Codes that clients can rely on (ORD-2). */
export type OrderErrorCode =
  | 'USER_NOT_FOUND'
  | 'USER_INACTIVE'
  | 'ITEMS_REQUIRED'
  | 'TOO_MANY_ITEMS'
  | 'INVALID_SUBTOTAL'
  | 'AMOUNT_MISMATCH'
  | 'INVALID_PAYMENT'
  | 'ADDRESS_INCOMPLETE'
  | 'INVALID_PHONE'
  | 'PRODUCT_NOT_FOUND'
  | 'PRODUCT_UNAVAILABLE'
  | 'INVALID_QUANTITY'
  | 'QUANTITY_LIMIT'
  | 'INSUFFICIENT_STOCK'
  | 'VARIANT_NOT_FOUND'
  | 'VARIANT_UNAVAILABLE'
  | PromoFailure
  | 'DUPLICATE_ORDER'
  | 'IDEMPOTENCY_MISMATCH'
  | 'BUSINESS_NOT_FOUND'
  | 'INVALID_FIELD';

export interface OrderProblem {
  /** "items[0].quantity" */
  field: string;
  message: string;
  code: OrderErrorCode;
  /** What an amount should have been, in major units. */
  expected?: number;
  /** How many there are, where too many were wanted. */
  available?: number;
  sku?: string;
}

/** The request is right, the world is against it: 409. Everything else is 400. */
const CONFLICTS = new Set<OrderErrorCode>([
  'INSUFFICIENT_STOCK',
  'DUPLICATE_ORDER',
  'IDEMPOTENCY_MISMATCH',
  'PROMO_LIMIT_REACHED',
]);

/** The status of a refusal: a conflict only when nothing is wrong with the request itself. */
export const httpStatusOf = (problems: readonly OrderProblem[]): 400 | 409 =>
  problems.length > 0 && problems.every((problem) => CONFLICTS.has(problem.code)) ? 409 : 400;
