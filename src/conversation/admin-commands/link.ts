import { countRefusals, recordAudit } from '../../businesses/audit-store';
import { redeemLinkCode } from '../../businesses/staff-store';
import { label, say, type Turn } from '../turn';

/** A code has eight digits; this many guesses per quarter of an hour find one in a few thousand years. */
const MAX_GUESSES = 5;
const GUESS_WINDOW_MS = 15 * 60_000;

/** `/link CODE`: makes this chat that of a member of staff. */
export async function link(turn: Turn, [code]: string[]): Promise<void> {
  if (!code) return say(turn, 'admin_link_usage');
  const subject = `conversation ${turn.conversation.id}`;
  const since = new Date(turn.now.getTime() - GUESS_WINDOW_MS);
  if (
    (await countRefusals(turn.trx, turn.business.id, subject, 'chat.link', since)) >= MAX_GUESSES
  ) {
    return say(turn, 'admin_link_locked');
  }
  const staff = await redeemLinkCode(turn.trx, turn.deps.config.encryptionKey, {
    businessId: turn.business.id,
    code,
    conversationId: turn.conversation.id,
    now: turn.now,
  });
  const entry = { businessId: turn.business.id, action: 'chat.link', subject };
  if (!staff) {
    await recordAudit(turn.trx, { ...entry, actor: subject, outcome: 'refused' });
    return say(turn, 'admin_link_wrong');
  }
  turn.conversation.staffId = staff.id;
  await recordAudit(turn.trx, { ...entry, actor: `staff ${staff.id}`, outcome: 'done' });
  say(turn, 'admin_linked', { name: staff.name, role: staff.role }, {
    choices: [
      { title: label(turn, 'admin_linked', 'orders'), value: '/orders' },
      { title: label(turn, 'admin_linked', 'help'), value: '/help' },
    ],
  }); // prettier-ignore
}
