import type { Choice } from '../../channels/reply';
import { displayMoney } from '../../lib/money';
import type { Order, OrderItem } from '../../orders/order';
import { canMoveOrder } from '../../orders/order-states';
import { itemsOf } from '../../orders/order-store';
import { label, say, type Turn } from '../turn';
import { EVERYBODY, type AdminCommand } from './command';
import { findNamedOrder } from './find-named-order';

/** `/order N` */
export const order: AdminCommand = {
  name: 'order',
  roles: EVERYBODY,
  run: async (turn, _staff, [reference]) => {
    const found = await findNamedOrder(turn, '/order', reference);
    if (!found) return;
    const items = await itemsOf(turn.trx, found.id);
    say(turn, 'admin_order', paramsOf(turn, found, items), { choices: choicesFor(turn, found) });
  },
};

function paramsOf(turn: Turn, found: Order, items: OrderItem[]): Record<string, string> {
  const extra = [
    found.notes,
    found.cancellationReason,
    found.requiresVerification ? 'needs approval' : null,
  ];
  return {
    order_number: found.orderNumber,
    order_status: found.orderStatus,
    payment_status: found.paymentStatus,
    lines: items.map((item) => itemLine(found, item)).join('\n'),
    total: displayMoney(found.total, found.currency),
    payment: label(turn, 'payment_words', found.paymentMethod),
    recipient: found.recipientName,
    phone: found.phone,
    address: [found.address, found.city, found.province, found.postalCode].filter(Boolean).join(', '),
    extra: extra.filter(Boolean).map((text) => `\n${text}`).join(''),
  }; // prettier-ignore
}

function itemLine(found: Order, item: OrderItem): string {
  const name =
    item.variantName === null ? item.productName : `${item.productName} (${item.variantName})`;
  return `${item.quantity} x ${name} [${item.sku}] - ${displayMoney(item.lineTotal, found.currency)}`;
}

/** What can be done with it next, to tap. */
function choicesFor(turn: Turn, found: Order): Choice[] {
  const number = found.orderNumber;
  return [
    ...(canMoveOrder(found.orderStatus, 'confirmed')
      ? [{ title: label(turn, 'admin_order', 'confirm'), value: `/confirm ${number}` }]
      : []),
    ...(canMoveOrder(found.orderStatus, 'cancelled')
      ? [{ title: label(turn, 'admin_order', 'cancel'), value: `/cancel ${number}` }]
      : []),
    { title: label(turn, 'admin_order', 'orders'), value: '/orders' },
  ];
}
