import { recordAudit } from '../../businesses/audit-store';
import { findStaff, type Staff } from '../../businesses/staff-store';
import { optionsOf } from '../../channels/reply';
import { say, type Turn } from '../turn';
import { isYesOrNo } from '../understanding/interpret';
import type { AdminCommand } from './command';
import { cancel } from './cancel';
import { confirm } from './confirm';
import { help } from './help';
import { link } from './link';
import { order } from './order';
import { orders } from './orders';
import { stock } from './stock';
import { release, take } from './take';

const commands = new Map<string, AdminCommand>(
  [orders, order, confirm, cancel, stock, take, release, help].map((command) => [
    command.name,
    command,
  ]),
);
/** How long "Cancel the order?" waits for its yes. */
const ASK_BACK_MS = 5 * 60_000;
const YES = /^(yes|y|oo|opo|sige|yes,? cancel it|oo,? ikansela)$/i;
const ANSWER = /^ADMIN:(yes|no)$/;

/**
 * Handles a message that is a command of the shop's people, or an answer to one that asked back. False when it is neither:
 * then it is a customer's message. All of it happens in the turn's transaction, through the same functions as the API.
 */
export async function runAdminCommand(turn: Turn): Promise<boolean> {
  const line = lineOf(turn);
  const pending = turn.memory.pendingCommand;
  delete turn.memory.pendingCommand;
  if (line === null) {
    const isLate = !pending || new Date(pending.expiresAt) < turn.now;
    if (
      isLate &&
      !(pending ? isYesOrNo(turn.event.text ?? '') : ANSWER.test(turn.event.payload ?? ''))
    )
      return false;
    if (isLate) say(turn, 'admin_too_late');
    else await answerPending(turn, pending.line);
  } else {
    await runLine(turn, line, false);
  }
  turn.memory.options = turn.replies.flatMap(optionsOf);
  return true;
}

/** The command line in a message: typed, tapped, or chosen by its number. */
function lineOf(turn: Turn): string | null {
  const { payload, text = '' } = turn.event;
  if (payload?.startsWith('/')) return payload;
  if (text.trim().startsWith('/')) return text.trim();
  const option =
    turn.conversation.staffId === null ? undefined : turn.memory.options[Number(text.trim()) - 1];
  return option?.value.startsWith('/') ? option.value : null;
}

async function runLine(turn: Turn, line: string, isConfirmed: boolean): Promise<void> {
  const [word = '', ...args] = line.slice(1).trim().split(/\s+/);
  const name = word.toLowerCase();
  if (name === 'link') return link(turn, args);
  const staff = await staffOf(turn);
  if (!staff) {
    await refuse(turn, name, `conversation ${turn.conversation.id}`);
    return say(turn, 'admin_not_linked');
  }
  const command = commands.get(name);
  if (!command) return say(turn, 'admin_unknown', { command: `/${name.slice(0, 20)}` });
  if (!command.roles.includes(staff.role)) {
    await refuse(turn, name, `staff ${staff.id}`);
    return say(turn, 'admin_forbidden', { role: staff.role });
  }
  const asked = isConfirmed ? null : await command.asksBack?.(turn, staff, args);
  if (asked) {
    turn.memory.pendingCommand = {
      line: asked,
      expiresAt: new Date(turn.now.getTime() + ASK_BACK_MS).toISOString(),
    };
    return;
  }
  if (turn.replies.length === 0) await command.run(turn, staff, args);
}

async function answerPending(turn: Turn, line: string): Promise<void> {
  const tapped = ANSWER.exec(turn.event.payload ?? '')?.[1];
  const typed = (turn.event.text ?? '').trim();
  const isYes = tapped ? tapped === 'yes' : typed === '1' || YES.test(typed);
  if (isYes) await runLine(turn, line, true);
  else say(turn, 'admin_not_done');
}

async function staffOf(turn: Turn): Promise<Staff | null> {
  const { staffId } = turn.conversation;
  const staff = staffId === null ? null : await findStaff(turn.trx, turn.business.id, staffId);
  return staff?.status === 'active' ? staff : null;
}

async function refuse(turn: Turn, command: string, actor: string): Promise<void> {
  await recordAudit(turn.trx, {
    businessId: turn.business.id,
    actor,
    action: `chat.${command}`.slice(0, 64),
    subject: `conversation ${turn.conversation.id}`,
    outcome: 'refused',
  });
}
