import type { Transaction } from '../db/database';
import { retryOrderError, type OrderErrorRecord } from './error-store';
import { queueRetry } from './report-order-error';

/** So often a person can have it tried again; then something else has to be done about it. */
export const MAX_RETRIES = 10;

export type RetryOutcome = { ok: true } | { ok: false; code: 'NOT_RETRYABLE'; message: string };

/**
 * Has the work of an open error done again now, inside the caller's transaction, which holds the error's row: what was set aside goes
 * back to the queue, and where nothing lies there it is put there (ORD-11).
 */
export async function retryErrorIn(
  trx: Transaction,
  error: OrderErrorRecord,
  { businessId, now }: { businessId: number; now: Date },
): Promise<RetryOutcome> {
  const { id, orderId, type } = error;
  if (!error.isRetryable || orderId === null) {
    const message = 'There is nothing to try again: the order was not placed.';
    return { ok: false, code: 'NOT_RETRYABLE', message };
  }
  if (error.attempts >= MAX_RETRIES) {
    const message = `This was tried again ${MAX_RETRIES} times already.`;
    return { ok: false, code: 'NOT_RETRYABLE', message };
  }
  const isQueued = (await retryOrderError(trx, { id, orderId }, now)) > 0;
  if (!isQueued) await queueRetry(trx, { businessId, orderId, errorId: id, type, now });
  return { ok: true };
}
