import type { z } from 'zod';
import type { CoreDeps } from '../../db/core-deps';
import type { Transaction } from '../../db/database';
import { presentOrder, type Order } from '../../orders/order';
import { itemsOf } from '../../orders/order-store';
import type { ErrorDetail } from '../../lib/parse-or-400';
import { change } from '../change';
import { refusal } from '../errors';
import type { Identity } from '../identity';
import type { orderAnswer } from './order-schema';

export type Act = (
  who: Identity,
  action: string,
  what: string,
  work: (trx: Transaction) => Promise<Outcome>,
  detail?: Record<string, unknown>,
) => Promise<z.input<typeof orderAnswer>>;

/** Does something to an order in one transaction, with its line in the audit log, and answers as everything does that changes one. */
export function actingOnOrders(deps: Pick<CoreDeps, 'db' | 'wakeQueue'>): Act {
  return act;

  async function act(
    who: Identity,
    action: string,
    what: string,
    work: (trx: Transaction) => Promise<Outcome>,
    detail?: Record<string, unknown>,
  ): Promise<z.input<typeof orderAnswer>> {
    const answered = await change(deps.db, who, action, async (trx) => {
      const outcome = await work(trx);
      // Thrown, so that nothing of it remains.
      if (!outcome.ok) throw refusal(statusOf(outcome), outcome, FIELDS[outcome.code]);
      const { order, warnings = [], decision } = outcome;
      return {
        subject: `order ${order.id}`,
        detail: { ...detail, order_status: order.orderStatus, ...(decision ? { decision } : {}) },
        result: {
          success: true as const,
          message: `Order ${order.orderNumber}: ${what}.`,
          order_id: order.id,
          order_number: order.orderNumber,
          order: presentOrder(order, await itemsOf(trx, order.id)),
          warnings,
          ...(decision ? { decision } : {}),
        },
      };
    });
    deps.wakeQueue?.();
    return answered;
  }
}

/** What the order core answers, whatever was done. */
type Outcome =
  | { ok: true; order: Order; warnings?: { code: string; message: string }[]; decision?: string }
  | {
      ok: false;
      code: string;
      message: string;
      status?: number;
      problems?: readonly ErrorDetail[];
    };

const FIELDS: Record<string, string | undefined> = { INVALID_TRANSITION: 'status' };
const STATUSES: Record<string, number | undefined> = { ORDER_NOT_FOUND: 404, AMOUNT_MISMATCH: 400 };

const statusOf = (outcome: { code: string; status?: number }): number =>
  outcome.status ?? STATUSES[outcome.code] ?? 409;
