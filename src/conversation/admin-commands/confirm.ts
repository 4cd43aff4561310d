import { recordAudit } from '../../businesses/audit-store';
import { confirmOrderIn } from '../../orders/confirm-order';
import { label, say } from '../turn';
import { actorOf, EVERYBODY, type AdminCommand } from './command';
import { findNamedOrder } from './find-named-order';

/** `/confirm N [note]` */
export const confirm: AdminCommand = {
  name: 'confirm',
  roles: EVERYBODY,
  run: async (turn, staff, [reference, ...note]) => {
    const order = await findNamedOrder(turn, '/confirm', reference);
    if (!order) return;
    const outcome = await confirmOrderIn(turn.trx, turn.deps, {
      businessId: turn.business.id,
      order: order.id,
      actor: actorOf(staff),
      notes: note.join(' ') || null,
    });
    await recordAudit(turn.trx, {
      businessId: turn.business.id,
      actor: actorOf(staff),
      action: 'chat.confirm',
      subject: `order ${order.orderNumber}`,
      outcome: outcome.ok ? 'done' : 'failed',
    });
    if (!outcome.ok)
      return say(turn, 'admin_cannot', { reason: outcome.message, code: outcome.code });
    const choices = [{ title: label(turn, 'admin_confirmed', 'orders'), value: '/orders' }];
    say(turn, 'admin_confirmed', { order_number: order.orderNumber }, { choices });
  },
};
