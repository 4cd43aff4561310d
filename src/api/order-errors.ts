import { z } from 'zod';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import {
  ERROR_TYPES,
  findOrderError,
  listOrderErrors,
  resolveOrderError,
  SEVERITIES,
  type OrderErrorRecord,
} from '../orders/error-store';
import { retryErrorIn } from '../orders/retry-order-error';
import { change } from './change';
import { refusal } from './errors';
import { idCursor, idField, iso, isoOrNull, listOf, out, pageOf, pageQuery } from './fields';
import type { Identity } from './identity';
import { idIn, missing, resource, type Resource } from './resource';

const errorSchema = z
  .object({
    id: out.id,
    order_id: out.id.nullable(),
    order_number: out.text.nullable(),
    user_id: out.id.nullable(),
    error_type: z.enum(ERROR_TYPES),
    severity: z.enum(SEVERITIES),
    error_code: out.text,
    error_message: out.text,
    is_retryable: z.boolean(),
    attempts: out.count,
    next_attempt_at: out.instant.nullable(),
    is_resolved: z.boolean(),
    resolved_by: out.text.nullable(),
    resolved_at: out.instant.nullable(),
    resolution_note: out.text.nullable(),
    created_at: out.instant,
  })
  .meta({ id: 'OrderError' });

const notFound = missing('error');

/** `/api/errors`: what went wrong with orders, also with those that were never placed (ORD-11). */
export function orderErrorsApi({
  db,
  clock,
  wakeQueue,
}: Pick<CoreDeps, 'db' | 'clock' | 'wakeQueue'>): Resource {
  const api = resource('/api/errors', 'Errors');

  api.get(
    '/',
    {
      summary: 'List errors, the latest first; the unresolved ones unless asked otherwise',
      query: z.object({
        resolved: z.enum(['true', 'false', 'all']).default('false'),
        type: z.enum(ERROR_TYPES).optional(),
        severity: z.enum(SEVERITIES).optional(),
        order_id: idField.optional(),
        ...pageQuery,
      }),
      answer: listOf(errorSchema),
    },
    async ({ who, query }) => {
      const rows = await listOrderErrors(db, {
        businessId: who.businessId,
        isResolved: query.resolved === 'all' ? undefined : query.resolved === 'true',
        type: query.type,
        severity: query.severity,
        orderId: query.order_id,
        beforeId: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      return pageOf(rows, query.limit, (row) => row.id, present);
    },
  );

  api.get(
    '/:id',
    { summary: 'An error', answer: errorSchema, problems: { 404: ['ERROR_NOT_FOUND'] } },
    async (call) => {
      const error = await findOrderError(db, call.who.businessId, idIn(call, notFound));
      if (!error) throw notFound();
      return present(error);
    },
  );

  api.post(
    '/:id/resolve',
    {
      summary: 'Note that an error has been dealt with',
      body: z.object({ note: z.string().trim().max(500).nullish() }),
      isBodyOptional: true,
      answer: errorSchema,
      problems: { 404: ['ERROR_NOT_FOUND'], 409: ['ALREADY_RESOLVED'] },
    },
    (call) =>
      open(call.who, idIn(call, notFound), 'error.resolve', async (trx, error) => {
        const note = call.body.note || null;
        await resolveOrderError(trx, error.id, { by: call.who.actor, note, now: clock.now() });
      }),
  );

  api.post(
    '/:id/retry',
    {
      summary: 'Let the work that failed be tried again now',
      answer: errorSchema,
      problems: { 404: ['ERROR_NOT_FOUND'], 409: ['ALREADY_RESOLVED', 'NOT_RETRYABLE'] },
    },
    (call) =>
      open(call.who, idIn(call, notFound), 'error.retry', async (trx, error) => {
        const { businessId } = call.who;
        const outcome = await retryErrorIn(trx, error, { businessId, now: clock.now() });
        if (!outcome.ok) throw refusal(409, outcome);
      }),
  );

  /** Does something to an error that is still open. */
  async function open(
    who: Identity,
    id: number,
    action: string,
    work: (trx: Transaction, error: OrderErrorRecord) => Promise<void>,
  ): Promise<z.input<typeof errorSchema>> {
    const answered = await change(db, who, action, async (trx) => {
      const error = await findOrderError(trx, who.businessId, id, { lock: true });
      if (!error) throw notFound();
      if (error.isResolved) {
        const message = 'This error was resolved already.';
        throw refusal(409, { code: 'ALREADY_RESOLVED', message });
      }
      await work(trx, error);
      const after = await findOrderError(trx, who.businessId, id);
      return { subject: `error ${id}`, result: present(after ?? error) };
    });
    wakeQueue?.();
    return answered;
  }

  return api;
}

const present = (error: OrderErrorRecord): z.input<typeof errorSchema> => ({
  id: error.id,
  order_id: error.orderId,
  order_number: error.orderNumber,
  user_id: error.userId,
  error_type: error.type,
  severity: error.severity,
  error_code: error.code,
  error_message: error.message,
  is_retryable: error.isRetryable,
  attempts: error.attempts,
  next_attempt_at: isoOrNull(error.nextAttemptAt),
  is_resolved: error.isResolved,
  resolved_by: error.resolvedBy,
  resolved_at: isoOrNull(error.resolvedAt),
  resolution_note: error.note,
  created_at: iso(error.createdAt),
});
