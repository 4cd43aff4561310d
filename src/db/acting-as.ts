import type { Queryable, Transaction } from './database';

/** Who does something and why, for the rows that triggers write (history, stock ledger). */
export interface Act {
  actor: string;
  reason: string;
  orderId?: number | null;
}

/**
 * Runs `work` in the name of somebody. The session is cleared afterwards, also when `work` fails: connections are pooled, and the
 * next transaction on this one must not inherit the name.
 */
export async function actingAs<T>(trx: Transaction, act: Act, work: () => Promise<T>): Promise<T> {
  await setAct(trx, act);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // On a connection that is gone there is nothing to clear.
    await setAct(trx, null).catch(() => undefined);
    throw error;
  }
  await setAct(trx, null);
  return result;
}

async function setAct(trx: Queryable, act: Act | null): Promise<void> {
  await trx.execute(
    'SET @tindera_actor = :actor, @tindera_reason = :reason, @tindera_order_id = :orderId',
    {
      actor: act?.actor.slice(0, 120) ?? null,
      reason: act?.reason.slice(0, 255) ?? null,
      orderId: act?.orderId ?? null,
    },
  );
}
