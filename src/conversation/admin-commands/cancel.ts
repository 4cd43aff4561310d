import { recordAudit } from '../../businesses/audit-store';
import { displayMoney } from '../../lib/money';
import { cancelOrderIn } from '../../orders/cancel-order';
import { canMoveOrder, invalidTransition } from '../../orders/order-states';
import { label, say } from '../turn';
import { actorOf, IN_CHARGE, type AdminCommand } from './command';
import { findNamedOrder } from './find-named-order';
import { yesOrNo } from './yes-or-no';

/** `/cancel N reason`; asks back, because it cannot be taken back. */
export const cancel: AdminCommand = {
  name: 'cancel',
  roles: IN_CHARGE,
  asksBack: async (turn, _staff, [reference, ...reason]) => {
    const order = await findNamedOrder(turn, '/cancel', reference);
    if (!order) return null;
    if (!canMoveOrder(order.orderStatus, 'cancelled')) {
      const { message: reason, code } = invalidTransition('order', order.orderStatus, 'cancelled');
      say(turn, 'admin_cannot', { reason, code });
      return null;
    }
    if (reason.length === 0) {
      say(turn, 'admin_cancel_usage', { reference: order.orderNumber });
      return null;
    }
    const total = displayMoney(order.total, order.currency);
    const params = {
      order_number: order.orderNumber,
      total,
      recipient: order.recipientName,
      reason: reason.join(' '),
    };
    say(turn, 'admin_cancel_ask', params, { choices: yesOrNo(turn, 'admin_cancel_ask') });
    return `/cancel ${order.orderNumber} ${reason.join(' ')}`;
  },
  run: async (turn, staff, [reference, ...reason]) => {
    const order = await findNamedOrder(turn, '/cancel', reference);
    if (!order) return;
    const outcome = await cancelOrderIn(turn.trx, turn.deps, {
      businessId: turn.business.id,
      order: order.id,
      reason: reason.join(' '),
      actor: actorOf(staff),
    });
    await recordAudit(turn.trx, {
      businessId: turn.business.id,
      actor: actorOf(staff),
      action: 'chat.cancel',
      subject: `order ${order.orderNumber}`,
      outcome: outcome.ok ? 'done' : 'failed',
    });
    if (!outcome.ok)
      return say(turn, 'admin_cannot', { reason: outcome.message, code: outcome.code });
    const choices = [{ title: label(turn, 'admin_cancelled', 'orders'), value: '/orders' }];
    say(turn, 'admin_cancelled', { order_number: order.orderNumber }, { choices });
  },
};
