import { findBusinesses } from '../businesses/business-store';
import {
  createConversations,
  existingConversations,
  lockConversations,
  type ConversationRow,
} from '../customers/conversation-store';
import { ensureCustomers, identityKey } from '../customers/customer-store';
import type { Transaction } from '../db/database';
import { isDatabaseUnavailable, isTransient } from '../db/errors';
import { nextPendingOf, type NextInLane } from '../inbox/inbox-store';
import { crashPoint } from '../lib/crash-point';
import { isUnsuspected } from './attempts';
import type { GroupOutcomes } from './lane-outcome';
import { readingOnly, WantsToWrite, type SharedReads } from './reading-only';
import { runTurn, type FinishedTurn, type TurnInput } from './run-turn';
import type { TurnDeps } from './turn-deps';
import { sendWritten, writeTurns, type ToSend } from './write-turns';

/**
 * Handles the next message of several lanes in one transaction: what every turn has to read and write beside its dialog is one
 * statement for all of them, and one disk write. Only turns that do nothing but read and answer take part: whoever wants to
 * write (a cart, an order), has failed before, or brings no message of a person, is left to a transaction of its own, so that nobody waits
 * for another one's locks and no failure takes others with it. A turn's own rows still commit together or not at all (G-4).
 */
export async function handleTogether(
  deps: TurnDeps,
  lanes: readonly string[],
): Promise<GroupOutcomes> {
  try {
    const done = await deps.db.transaction((trx) => groupInTransaction(deps, trx, lanes));
    if (done.handled > 0) crashPoint('turn.after-commit');
    sendWritten(deps, done.toSend);
    return done.outcomes;
  } catch (error) {
    const isAway = isDatabaseUnavailable(error);
    if (isAway) deps.log.warn({ count: lanes.length }, 'the database is away; the messages wait');
    else deps.log.warn({ err: error }, 'turns failed together; each is tried on its own');
    return new Map(lanes.map((lane) => [lane, isAway ? 'failed' : 'alone']));
  }
}

interface GroupDone {
  outcomes: GroupOutcomes;
  handled: number;
  toSend: ToSend[];
}

async function groupInTransaction(
  deps: TurnDeps,
  trx: Transaction,
  lanes: readonly string[],
): Promise<GroupDone> {
  const outcomes: GroupOutcomes = new Map();
  const conversations = await takeLanes(deps, trx, lanes, outcomes);
  const { next, isComplete } = await nextPendingOf(trx, conversations.map((one) => one.conversationKey)); // prettier-ignore
  const inputs = await prepare(deps, trx, conversations, next, outcomes);
  if (!isComplete) leaveRest(lanes, next, outcomes);
  if (inputs.length > 0) crashPoint('turn.after-lock');
  const turns = await runAll(deps, trx, inputs);
  if (turns.length === 0) return { outcomes, handled: 0, toSend: [] };
  const toSend = await writeTurns(deps, trx, turns);
  for (const { conversation } of turns) {
    const lane = conversation.conversationKey;
    outcomes.set(lane, next.get(lane)?.hasMore ? 'more' : 'handled');
  }
  crashPoint('turn.before-commit');
  return { outcomes, handled: turns.length, toSend };
}

/** Somebody has sent hundreds of messages: lanes that were not looked at are looked at alone. */
function leaveRest(
  lanes: readonly string[],
  next: ReadonlyMap<string, NextInLane>,
  outcomes: GroupOutcomes,
): void {
  for (const lane of lanes)
    if (!next.has(lane) && outcomes.get(lane) === 'idle') outcomes.set(lane, 'alone');
}

/** Locks the lanes that are free, and makes the conversations of those that have their first message. */
async function takeLanes(
  deps: TurnDeps,
  trx: Transaction,
  lanes: readonly string[],
  outcomes: GroupOutcomes,
): Promise<ConversationRow[]> {
  const held = await lockConversations(trx, lanes);
  if (held.length === lanes.length) return held;
  const known = new Set(held.map((one) => one.conversationKey));
  const missing = lanes.filter((lane) => !known.has(lane));
  const existing = await existingConversations(trx, missing);
  const fresh = missing.filter((lane) => !existing.has(lane));
  const { next: firsts, isComplete } = await nextPendingOf(trx, fresh);
  const isNew = [...firsts.values()].map(({ message }) => message);
  // Committed at once: made inside the group, they would let other instances wait for it.
  await createConversations(deps.db, isNew);
  const made = await lockConversations(trx, [...firsts.keys()]);
  for (const lane of missing)
    outcomes.set(lane, existing.has(lane) || firsts.has(lane) ? 'busy' : 'idle');
  if (!isComplete) leaveRest(fresh, firsts, outcomes);
  for (const { conversationKey } of made) outcomes.delete(conversationKey);
  return [...held, ...made];
}

/** Sorts out who can take part, and fetches what all of them need. */
async function prepare(
  deps: TurnDeps,
  trx: Transaction,
  conversations: readonly ConversationRow[],
  next: ReadonlyMap<string, NextInLane>,
  outcomes: GroupOutcomes,
): Promise<TurnInput[]> {
  const now = deps.clock.now();
  const candidates = conversations.flatMap((conversation) => {
    const lane = conversation.conversationKey;
    const message = next.get(lane)?.message;
    const isDue = message !== undefined && message.nextAttemptAt <= now;
    outcomes.set(lane, isDue ? 'alone' : 'idle');
    if (!isDue || message.body.kind !== 'message' || !isUnsuspected(deps, message, now)) return [];
    const isKnown = conversation.userId !== null;
    // Who is known by a phone number is looked up in ways of their own.
    if (!isKnown && (message.body.phone || NUMBERED.has(conversation.channel))) return [];
    return [{ conversation, message, event: message.body }];
  });
  if (candidates.length === 0) return [];
  const businesses = await findBusinesses(trx, candidates.map(({ message }) => message.businessId)); // prettier-ignore
  const strangers = candidates.flatMap(({ conversation }) =>
    conversation.userId === null ? [conversation] : [],
  );
  // Also for those who will want a transaction of their own: there they are found.
  const customers = await ensureCustomers(trx, strangers);
  return candidates.flatMap(({ conversation, message, event }) => {
    const business = businesses.get(message.businessId);
    const userId = conversation.userId ?? customers.get(identityKey(conversation));
    return business && userId ? [{ business, userId, conversation, message, event }] : [];
  });
}

const NUMBERED: ReadonlySet<string> = new Set(['sms', 'whatsapp']);

/** A few at once, so that one computes while another one waits for the database. */
const SIDE_BY_SIDE = 4;

/** Runs the dialogs. Those that could not be finished here have changed nothing. */
async function runAll(
  deps: TurnDeps,
  trx: Transaction,
  inputs: readonly TurnInput[],
): Promise<FinishedTurn[]> {
  const turns: FinishedTurn[] = [];
  const reads: SharedReads = new Map();
  const waiting = [...inputs];
  const runner = async (): Promise<void> => {
    for (let input = waiting.shift(); input; input = waiting.shift()) {
      const turn = await runOne(deps, trx, input, reads);
      if (turn) turns.push(turn);
      // Webhooks are answered in between: a group must not keep the process busy in one piece.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const runners = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, runner));
  const failed = runners.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return turns;
}

async function runOne(
  deps: TurnDeps,
  trx: Transaction,
  input: TurnInput,
  reads: SharedReads,
): Promise<FinishedTurn | null> {
  const lent = readingOnly(trx, reads);
  try {
    const turn = await runTurn({ ...deps, db: lent.db }, lent.trx, input);
    return lent.hasRefused() ? null : turn;
  } catch (error) {
    // The transaction may be gone; nothing more may be written in it.
    if (isDatabaseUnavailable(error) || isTransient(error)) throw error;
    if (!(error instanceof WantsToWrite))
      deps.log.warn({ err: error, inboxId: input.message.id }, 'a turn failed among others');
    return null;
  }
}
