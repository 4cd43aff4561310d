import { recordAudit } from '../../businesses/audit-store';
import type { Staff } from '../../businesses/staff-store';
import { conversationsOfCustomer } from '../../customers/takeover-store';
import { releaseAsPerson, takeAsPerson } from '../takeover/as-person';
import { label, say, type Turn } from '../turn';
import { actorOf, EVERYBODY, type AdminCommand } from './command';
import { findNamedCustomer, nameOf } from './find-named-customer';

/** `/take CUSTOMER`: the chat in which the customer wrote last is the shop's people's, and the bot silent in it (DLG-8). */
export const take: AdminCommand = {
  name: 'take',
  roles: EVERYBODY,
  run: async (turn, staff, args) => {
    const customer = await findNamedCustomer(turn, '/take', args);
    if (!customer) return;
    const [latest] = await conversationsOfCustomer(turn.trx, turn.business.id, customer.id);
    if (!latest) return say(turn, 'admin_customer_not_found', { reference: nameOf(customer) });
    await takeAsPerson(turn.trx, turn.deps, asPerson(turn, staff, latest.id));
    await audit(turn, staff, 'chat.take', latest.id);
    const minutes = turn.business.settings.takeover_idle_minutes;
    const choices = [
      { title: label(turn, 'admin_taken', 'release'), value: `/release ${customer.id}` },
    ];
    const params = { name: nameOf(customer), minutes };
    say(turn, 'admin_taken', params, { choices });
  },
};

/** `/release CUSTOMER`: the bot answers again, in all of the customer's chats. */
export const release: AdminCommand = {
  name: 'release',
  roles: EVERYBODY,
  run: async (turn, staff, args) => {
    const customer = await findNamedCustomer(turn, '/release', args);
    if (!customer) return;
    const chats = await conversationsOfCustomer(turn.trx, turn.business.id, customer.id);
    let released = 0;
    for (const { id } of chats.filter(({ isTaken }) => isTaken)) {
      const done = await releaseAsPerson(turn.trx, turn.deps, asPerson(turn, staff, id));
      if (!done?.isReleased) continue;
      released += 1;
      await audit(turn, staff, 'chat.release', id);
    }
    say(turn, released > 0 ? 'admin_released' : 'admin_not_taken', { name: nameOf(customer) });
  },
};

const asPerson = (turn: Turn, staff: Staff, conversationId: number) => ({
  businessId: turn.business.id,
  conversationId,
  by: actorOf(staff),
  now: turn.now,
});

const audit = (turn: Turn, staff: Staff, action: string, conversationId: number): Promise<void> =>
  recordAudit(turn.trx, {
    businessId: turn.business.id,
    actor: actorOf(staff),
    action,
    subject: `conversation ${conversationId}`,
    outcome: 'done',
  });
