import { displayMoney } from '../../lib/money';
import { shortNumber, type Order } from '../../orders/order';
import { ORDER_STATUSES, type OrderStatus } from '../../orders/order-states';
import { listOrders } from '../../orders/order-store';
import { label, say, type Turn } from '../turn';
import { EVERYBODY, type AdminCommand } from './command';

const SHOWN = 10;
/** Without a status: what somebody still has to do something about. */
const OPEN: readonly OrderStatus[] = ['pending', 'confirmed', 'processing', 'ready', 'shipped'];

/** `/orders [status]` */
export const orders: AdminCommand = {
  name: 'orders',
  roles: EVERYBODY,
  run: async (turn, _staff, [given]) => {
    const status = ORDER_STATUSES.find((one) => one === given?.toLowerCase());
    const found = await ordersIn(turn, status ? [status] : OPEN);
    if (given && !status)
      return say(turn, 'admin_orders_status', {
        status: given.slice(0, 20),
        known: ORDER_STATUSES.join(', '),
      });
    const which = status ? ` (${status})` : '';
    if (found.length === 0) return say(turn, 'admin_orders_none', { status: which });
    say(
      turn,
      'admin_orders',
      {
        count: found.length,
        status: which,
        lines: found.map((order) => line(turn, order)).join('\n'),
      },
      {
        choices: found.map((order) => ({
          title: order.orderNumber,
          value: `/order ${order.orderNumber}`,
        })),
      },
    );
  },
};

/** The newest of these states, newest first. */
async function ordersIn(turn: Turn, statuses: readonly OrderStatus[]): Promise<Order[]> {
  const lists: Order[] = [];
  for (const status of statuses) {
    lists.push(
      ...(await listOrders(turn.trx, { businessId: turn.business.id, status, limit: SHOWN })),
    );
  }
  return lists.sort((a, b) => b.id - a.id).slice(0, SHOWN);
}

function line(turn: Turn, order: Order): string {
  const payment = label(turn, 'payment_words', order.paymentMethod);
  const total = displayMoney(order.total, order.currency);
  return `#${shortNumber(order.orderNumber)} ${total}, ${payment}, ${order.recipientName} - ${order.orderStatus}`;
}
