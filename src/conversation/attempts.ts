import { isDatabaseUnavailable } from '../db/errors';
import { recordAttempt, type InboxMessage } from '../inbox/inbox-store';
import type { LaneOutcome } from './lane-outcome';
import type { TurnDeps } from './turn-deps';

/** Who is at work in the lane right now, for what has to be known when the transaction is gone. */
export interface Attempt {
  message?: InboxMessage;
  isCounted: boolean;
}

/** A message that makes a turn fail this often is set aside (section 18). */
const MAX_ATTEMPTS = 3;
const RETRY_AFTER_MS = [200, 1_000, 5_000];
/**
 * A message this old has been waiting, perhaps because it killed the process that tried it. From here on each try is
 * counted before it begins; younger ones are spared that write.
 */
const COUNT_BEFORE_TRYING_AFTER_MS = 10_000;

export const isSpent = (deps: TurnDeps, message: InboxMessage): boolean =>
  spentAttempts(deps, message) >= MAX_ATTEMPTS;

/**
 * Nothing speaks against this message: it never failed, and has killed nobody. One that came in while this process lives may be
 * old for other reasons; if it kills this process, it was there before the next one.
 */
export function isUnsuspected(deps: TurnDeps, message: InboxMessage, now: Date): boolean {
  if (message.attempts > 0 || deps.spared.has(message.id)) return false;
  return isYoung(message, now) || message.receivedAt > deps.startedAt;
}

const isYoung = ({ receivedAt }: InboxMessage, now: Date): boolean =>
  now.getTime() - receivedAt.getTime() < COUNT_BEFORE_TRYING_AFTER_MS;

/** The tries that were the message's own fault, as far as anybody knows. */
const spentAttempts = (deps: TurnDeps, message: InboxMessage): number =>
  message.attempts - (deps.spared.has(message.id) ? 1 : 0);

/** On another connection: the count must survive the death of this one. */
export async function countBeforeTrying(
  deps: TurnDeps,
  message: InboxMessage,
  attempt: Attempt,
  now: Date,
): Promise<void> {
  if (attempt.isCounted || deps.spared.has(message.id) || isYoung(message, now)) return;
  await recordAttempt(deps.db, message.id, {
    attempts: message.attempts + 1,
    nextAttemptAt: message.nextAttemptAt,
    error: null,
  });
  attempt.isCounted = true;
}

/** Nothing of the turn is left. Outages count for nothing; the third real failure sets the message aside. */
export async function afterFailure(
  deps: TurnDeps,
  lane: string,
  attempt: Attempt,
  error: unknown,
): Promise<LaneOutcome> {
  const { message } = attempt;
  if (isDatabaseUnavailable(error)) {
    deps.log.warn({ lane }, 'the database is away; the message waits');
    if (message && attempt.isCounted) deps.spared.add(message.id);
    return 'failed';
  }
  deps.log.error(
    { err: error, inboxId: message?.id, attempts: message?.attempts },
    'a turn failed',
  );
  if (!message) return 'failed';
  const spent = spentAttempts(deps, message);
  deps.spared.delete(message.id);
  return noteFailure(deps, message.id, spent, error);
}

async function noteFailure(
  deps: TurnDeps,
  messageId: number,
  spent: number,
  error: unknown,
): Promise<LaneOutcome> {
  const attempts = spent + 1;
  const isLast = attempts >= MAX_ATTEMPTS;
  const waitMs = isLast ? 0 : (RETRY_AFTER_MS[spent] ?? 5_000);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  try {
    await recordAttempt(deps.db, messageId, {
      attempts,
      nextAttemptAt: new Date(deps.clock.now().getTime() + waitMs),
      error: text.slice(0, 500),
    });
    return isLast ? 'more' : 'failed';
  } catch (another) {
    deps.log.warn({ err: another }, 'the failure could not be noted; the message is tried again');
    return 'failed';
  }
}
