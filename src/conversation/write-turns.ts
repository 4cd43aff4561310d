import { saveTurns, type ConversationRow } from '../customers/conversation-store';
import type { Transaction } from '../db/database';
import { markAllHandled } from '../inbox/inbox-store';
import { insertOutgoing, queuedIds, type SendLane } from '../outgoing/outgoing-store';
import type { Leased } from '../outgoing/send-conversation';
import type { FinishedTurn } from './run-turn';
import type { TurnDeps } from './turn-deps';

/** What is to be sent once the turn is committed: with a lease that it took, or by whoever takes one. */
export interface ToSend {
  lane: SendLane;
  leased?: Leased;
}

/**
 * Writes what turns have decided, each of another conversation: answers, dialog state, "message handled" (G-4). Where nobody has
 * the right to send, it is taken in the same transaction, so that the answer can go right after the commit.
 */
export async function writeTurns(
  deps: TurnDeps,
  trx: Transaction,
  turns: readonly FinishedTurn[],
): Promise<ToSend[]> {
  const now = deps.clock.now();
  const answered = turns.filter(({ outgoing }) => outgoing.length > 0);
  await insertOutgoing(trx, answered.flatMap(({ outgoing }) => outgoing), now); // prettier-ignore
  const free = answered.filter(({ conversation }) => mayLease(deps, conversation, now));
  const ids = await queuedIds(trx, free.map(({ conversation }) => conversation.id)); // prettier-ignore
  const leased = new Map(
    free.flatMap((turn) => {
      const own = ids.get(turn.conversation.id) ?? [];
      // An older message waits for another try: its sender's business.
      if (!deps.sender || own.length !== turn.outgoing.length) return [];
      const until = deps.sender.leaseUntil(now);
      return [[turn, { until, messages: messagesOf(turn, own, now) }] as const];
    }),
  );
  await saveTurns(
    trx,
    turns.map((turn) => {
      const until = leased.get(turn)?.until;
      const lease = deps.sender && until ? { owner: deps.sender.owner, until } : undefined;
      return { ...turn.saved, lease };
    }),
  );
  await markAllHandled(trx, turns.map(({ message }) => message.id), 'done', now); // prettier-ignore
  return answered.map((turn) => ({
    lane: sendLane(turn.conversation),
    leased: leased.get(turn),
  }));
}

/** Sends what was written. Call after the commit. */
export function sendWritten(deps: TurnDeps, all: readonly ToSend[]): void {
  for (const { lane, leased } of all) {
    if (leased && deps.sender) deps.sender.goOn(lane, leased);
    else deps.wakeSender(lane);
  }
}

export const sendLane = ({ id, channel, accountId, externalId }: ConversationRow): SendLane => ({
  conversationId: id,
  channel,
  accountId,
  externalId,
});

/** The row is locked, so what it says of the lease holds until the commit. */
function mayLease({ sender }: TurnDeps, conversation: ConversationRow, now: Date): boolean {
  const { sendLeaseBy, sendLeaseUntil } = conversation;
  const isFree = sendLeaseBy === null || (sendLeaseUntil !== null && sendLeaseUntil < now);
  return isFree && sender !== undefined && sender.isFree(sendLane(conversation));
}

const messagesOf = (
  { outgoing, saved }: FinishedTurn,
  ids: readonly number[],
  now: Date,
): Leased['messages'] =>
  outgoing.map(({ message, notificationId, inboxMessageId }, at) => ({
    id: ids[at]!,
    payload: message.payload,
    attempts: 0,
    nextAttemptAt: now,
    notificationId,
    inboxMessageId,
    segments: message.segments,
    lastInboundAt: saved.lastInboundAt,
  }));
