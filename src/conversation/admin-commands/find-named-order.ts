import { findOrderByRef } from '../../orders/order-store';
import type { Order } from '../../orders/order';
import { say, type Turn } from '../turn';

/** The order that a command names: its number, its last digits, or "last". Says so when there is none, or more than one. */
export async function findNamedOrder(
  turn: Turn,
  command: string,
  reference: string | undefined,
): Promise<Order | null> {
  if (!reference) {
    say(turn, 'admin_order_usage', { command });
    return null;
  }
  const shown = reference.slice(0, 40);
  const found = await findOrderByRef(turn.trx, turn.business.id, shown);
  if (found.ok) return found.order;
  if (found.code === 'ORDER_AMBIGUOUS') {
    say(turn, 'admin_order_ambiguous', { reference: shown, candidates: found.numbers.join(', ') });
  } else {
    say(turn, 'admin_order_not_found', { reference: shown });
  }
  return null;
}
