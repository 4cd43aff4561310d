import type { Business } from '../businesses/business-store';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { isDatabaseUnavailable } from '../db/errors';
import { confirmAtOnce } from './auto-confirm';
import { hasOpenError } from './error-store';
import { findBusinessTogether } from './group-businesses';
import { placeInGroup } from './group-commit';
import { presentOrder, type OrderData } from './order';
import type { OrderProblem } from './order-errors';
import type { PlaceOutcome } from './place-order';
import { reportOrderError } from './report-order-error';
import type { OrderWarning } from './validate-order';

export interface CreateContext {
  /** Whose order it is; without it `business_id` of the data, else the first business. */
  business?: Business;
  /** The Idempotency-Key header; it wins over the field. */
  idempotencyKey?: string;
  actor?: string;
  ipAddress?: string | null;
  userAgent?: string | null;
}

/** What `POST /api/orders` answers (ORD-1); `status` is its HTTP status. */
export type CreateResult =
  | {
      status: 201;
      body: {
        success: true;
        message: string;
        order_id: number;
        order_number: string;
        order: ReturnType<typeof presentOrder>;
        warnings: OrderWarning[];
      };
    }
  | {
      status: 400 | 409;
      body: { success: false; error: string; code: string; validation_errors: OrderProblem[] };
    };

/**
 * Creates an order (ORD-1), in one transaction with others that come at the same time (PERF-1). Refusals are results; only outages and
 * bugs are thrown.
 */
export async function createOrder(
  deps: CoreDeps,
  orderData: OrderData | Record<string, unknown>,
  context: CreateContext = {},
): Promise<CreateResult> {
  const business = context.business ?? (await businessOf(deps, orderData));
  if (!business) {
    const problem = {
      field: 'business_id',
      code: 'BUSINESS_NOT_FOUND',
      message: 'There is no such business.',
    } as const;
    return refused({
      ok: false,
      status: 400,
      code: problem.code,
      message: problem.message,
      problems: [problem],
    });
  }
  const data =
    context.idempotencyKey === undefined
      ? orderData
      : { ...orderData, idempotency_key: context.idempotencyKey };
  const request = {
    business,
    data,
    actor: context.actor ?? 'api',
    ipAddress: context.ipAddress ?? null,
    userAgent: context.userAgent ?? null,
  };
  try {
    const { outcome, items } = await placeInGroup(deps, request);
    if (!outcome.ok) return refused(outcome);
    deps.wakeQueue?.();
    // A repeat, too: whoever asked first may have died before this.
    const placed = { order: outcome.order, settings: business.settings };
    const order = presentOrder(await confirmAtOnce(deps, placed), items);
    const isDraft = outcome.order.orderStatus === 'draft';
    const message = `Order ${outcome.order.orderNumber} was ${isDraft ? 'saved as a draft' : 'placed'}.`;
    const { id: order_id, order_number } = order;
    return {
      status: 201 as const,
      body: {
        success: true as const,
        message,
        order_id,
        order_number,
        order,
        warnings: outcome.warnings,
      },
    };
  } catch (error) {
    if (!isDatabaseUnavailable(error)) await recordOutage(deps, business, error);
    throw error;
  }
}

async function businessOf(
  deps: CoreDeps,
  data: Record<string, unknown> | OrderData | null,
): Promise<Business | null> {
  const id = data?.business_id;
  if (id === undefined || id === null) return findBusinessTogether(deps.db, null);
  const isId =
    typeof id === 'number'
      ? Number.isSafeInteger(id)
      : typeof id === 'string' && /^\d{1,15}$/.test(id);
  return isId ? findBusinessTogether(deps.db, Number(id)) : null;
}

function refused(outcome: Extract<PlaceOutcome, { ok: false }>): CreateResult {
  const { status, message, code, problems } = outcome;
  return { status, body: { success: false, error: message, code, validation_errors: problems } };
}

/** Orders that fail one after the other have one cause: the owner hears of it once in this time. */
const OUTAGE_SILENCE_MS = 15 * 60_000;

/**
 * The transaction is gone with everything in it; its failure stays visible, and somebody is told (ORD-11): there is no order that we
 * could try again, only the client can.
 */
async function recordOutage(deps: CoreDeps, business: Business, error: unknown): Promise<void> {
  const now = deps.clock.now();
  const since = new Date(now.getTime() - OUTAGE_SILENCE_MS);
  const work = async (trx: Transaction): Promise<void> => {
    const isTold = await hasOpenError(trx, business.id, 'SYSTEM_ERROR', since);
    await reportOrderError(trx, {
      businessId: business.id,
      type: 'system',
      severity: 'high',
      code: 'SYSTEM_ERROR',
      message: error instanceof Error ? error.message : 'unknown',
      isTold,
      now,
    });
  };
  // The caller is told of the first fault, whatever becomes of its record.
  await deps.db.transaction(work).catch(() => undefined);
}
