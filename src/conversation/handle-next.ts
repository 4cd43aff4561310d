import type { Transaction } from '../db/database';
import { findBusiness } from '../businesses/business-store';
import {
  createConversation,
  findConversation,
  lockConversation,
  type ConversationRow,
} from '../customers/conversation-store';
import { moveIdentity } from '../customers/move-identity';
import { ensureCustomer } from '../customers/customer-store';
import { eraseMessage } from '../inbox/erasure-store';
import { markHandled, nextPending, UNREADABLE, type InboxMessage } from '../inbox/inbox-store';
import { crashPoint } from '../lib/crash-point';
import { tellStopped } from '../notifications/alert-stopped-account';
import { receiveReceipt } from '../outgoing/receive-receipt';
import { afterFailure, countBeforeTrying, isSpent, type Attempt } from './attempts';
import type { LaneOutcome } from './lane-outcome';
import { runTurn } from './run-turn';
import { setAside } from './set-aside';
import { receiveEcho } from './takeover/receive-echo';
import type { TurnDeps } from './turn-deps';
import type { Turn } from './turn';
import { watchWrites } from './watch-writes';
import { sendLane, sendWritten, writeTurns, type ToSend } from './write-turns';

interface Done {
  outcome: LaneOutcome;
  toSend?: ToSend[];
}

/** Takes the lane, handles its next message in one transaction (G-3, G-4) and lets go. */
export async function handleNext(deps: TurnDeps, lane: string): Promise<LaneOutcome> {
  const attempt: Attempt = { isCounted: false };
  try {
    const done = await deps.db.transaction(async (trx) => {
      const writes = watchWrites(trx);
      return { ...(await turnInTransaction(deps, writes.trx, lane, attempt)), writes };
    });
    crashPoint('turn.after-commit');
    sendWritten(deps, done.toSend ?? []);
    if (done.outcome === 'handled' || done.outcome === 'more') {
      if (done.writes.hasNotification()) deps.wakeNotifications();
      if (done.writes.hasQueueItem()) deps.wakeQueue?.();
      if (attempt.message) deps.spared.delete(attempt.message.id);
    }
    return done.outcome;
  } catch (error) {
    return afterFailure(deps, lane, attempt, error);
  }
}

async function turnInTransaction(
  deps: TurnDeps,
  trx: Transaction,
  lane: string,
  attempt: Attempt,
): Promise<Done> {
  const conversation = await takeLane(deps, trx, lane);
  if (conversation === 'busy' || conversation === 'idle') return { outcome: conversation };
  // Read with the lane held and not before: whoever held it until now may have handled what was next then.
  const next = await nextPending(trx, lane);
  if (!next) return { outcome: 'idle' };
  const { message, hasMore } = next;
  const now = deps.clock.now();
  if (message.nextAttemptAt > now) return { outcome: 'idle' };
  attempt.message = message;
  const outcome = hasMore ? 'more' : 'handled';
  if (isSpent(deps, message)) {
    await setAside(deps, trx, conversation, message);
    return { outcome, toSend: [{ lane: sendLane(conversation) }] };
  }
  await countBeforeTrying(deps, message, attempt, now);
  crashPoint('turn.after-lock');
  const toSend = await handleEvent(deps, trx, conversation, message);
  crashPoint('turn.before-commit');
  return { outcome, toSend };
}

async function takeLane(
  deps: TurnDeps,
  trx: Transaction,
  lane: string,
): Promise<ConversationRow | 'busy' | 'idle'> {
  const held = await lockConversation(trx, lane);
  if (held) return held;
  if (await findConversation(trx, lane)) return 'busy';
  const first = await nextPending(trx, lane);
  if (!first) return 'idle';
  // Committed at once: made inside the turn, it would let other instances wait for the whole turn.
  await createConversation(deps.db, first.message);
  return (await lockConversation(trx, lane)) ?? 'busy';
}

async function handleEvent(
  deps: TurnDeps,
  trx: Transaction,
  conversation: ConversationRow,
  message: InboxMessage,
): Promise<ToSend[]> {
  const { body } = message;
  if (body.kind === 'message') return answer(deps, trx, conversation, message, body);
  if (body.kind === 'receipt') {
    const stopCode = await receiveReceipt(trx, conversation, body, message.sentAt);
    if (stopCode) await tellStopped(trx, conversation, stopCode, deps.clock.now());
  }
  if (body.kind === 'echo')
    await receiveEcho(trx, conversation, body, { at: message.sentAt, now: deps.clock.now() });
  if (body.kind === 'moved') await moveIdentity(trx, conversation, body);
  if (body.kind === 'erasure') await eraseMessage(trx, message, body.messageId);
  if (body.kind === 'other' && body.name === UNREADABLE)
    throw new Error(`message ${message.id} cannot be read`);
  await markHandled(trx, message.id, 'done', deps.clock.now());
  return [];
}

async function answer(
  deps: TurnDeps,
  trx: Transaction,
  conversation: ConversationRow,
  message: InboxMessage,
  event: Turn['event'],
): Promise<ToSend[]> {
  const business = await findBusiness(trx, message.businessId);
  if (!business)
    throw new Error(
      `message ${message.id} is for business ${message.businessId}, which does not exist`,
    );
  const userId = conversation.userId ?? (await ensureCustomer(trx, conversation, event.phone));
  const turn = await runTurn(deps, trx, { business, conversation, userId, message, event });
  return writeTurns(deps, trx, [turn]);
}
