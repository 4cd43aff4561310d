import { isDatabaseUnavailable } from '../db/errors';
import {
  accountKey,
  accountOf,
  createAccountLine,
  inPace,
  pauseLine,
  type AccountLine,
  type SenderDeps,
} from './account-line';
import { isDeadOwner, leaseOwner } from './lease-owner';
import { createSentNotes } from './note-sent';
import { dueConversations, type SendLane } from './outgoing-store';
import { CONFIGURATION_RETRY_MS } from './record-refusal';
import type { SendContext } from './send-context';
import { LEASE_MS, sendConversation, type Leased } from './send-conversation';
import { releaseAllSendLeases, releaseSendLease } from './send-lease-store';
import { noteWorking } from './sending-account-store';

export interface Sender {
  /** The name under which it holds leases. */
  owner: string;
  /** Whether it would send in this conversation at once; only then a turn takes the lease for it. */
  isFree(lane: SendLane): boolean;
  /** Until when a lease is taken that is taken now. */
  leaseUntil(now: Date): Date;
  /** Sends what a turn has written, with the lease that it took in its transaction. Call after the commit. */
  goOn(lane: SendLane, leased: Leased): void;
  /** Says that this conversation has something to send. Cheap, and harmless when wrong. */
  wake(lane: SendLane): void;
  /** Looks for conversations with something due that nobody sends: left by a dead process, or waiting for another try. */
  findDue(): Promise<void>;
  stop(): Promise<void>;
}

/** Conversations taken up by one look. */
const PER_LOOK = 500;
/**
 * After an outage of the database leases have run out whose holders live and are about to note what was accepted before it;
 * for this long nobody takes over.
 */
const RECOVERY_MS = 2_000;

/**
 * Sends what turns and notifications have written: after their commit, in order within a conversation, one request at a
 * time to one person, many people at once (G-8, section 19 "Bursts").
 */
export function createSender(deps: SenderDeps): Sender {
  const owner = leaseOwner(deps.ids.next());
  const noteSent = createSentNotes({ db: deps.db, owner, log: deps.log });
  const lines = new Map<string, AccountLine>();
  let isStopping = false;
  let databaseLostAt = -Infinity;
  let whenQuiet: (() => void) | undefined;

  const now = () => deps.clock.now().getTime();
  const lineOf = (lane: SendLane): AccountLine => {
    const key = accountKey(lane);
    const known = lines.get(key);
    if (known) return known;
    const line = createAccountLine(deps, lane);
    lines.set(key, line);
    return line;
  };
  const isOpen = (line: AccountLine) =>
    !isStopping &&
    line.active.size < (line.stoppedWith ? 1 : line.maxAtOnce) &&
    line.pausedUntil <= now() &&
    line.rate.isReady() &&
    line.canSendHere();

  const wake = (lane: SendLane): void => {
    const line = lineOf(lane);
    const running = line.active.get(lane.conversationId);
    if (running) running.again = true;
    else if (isStopping) return;
    else if (isOpen(line)) void run(line, lane);
    else line.waiting.set(lane.conversationId, lane);
  };

  const goOn = (lane: SendLane, leased: Leased): void => {
    const line = lineOf(lane);
    if (isOpen(line) && !line.active.has(lane.conversationId)) return void run(line, lane, leased);
    // The account's pause has begun since, or all requests are taken: whoever comes to it takes the lease anew.
    void releaseSendLease(deps.db, lane.conversationId, owner).then(
      () => wake(lane),
      (error: unknown) => deps.log.warn({ err: error }, 'a lease was not given back; it runs out'),
    );
  };

  const run = async (line: AccountLine, lane: SendLane, leased?: Leased): Promise<void> => {
    const running = { again: false };
    line.active.set(lane.conversationId, running);
    const context: SendContext = {
      ...deps,
      owner,
      noteSent,
      isClosed: () => isStopping || line.pausedUntil > now() || !line.canSendHere(),
      pause: (until) => {
        pauseLine(deps, line, lane, until);
      },
      stop: (code) => stop(line, lane, code),
      works: () => works(line, lane),
      inPace: (to, message) => inPace(deps, line.rate, to, message),
    };
    let own = leased;
    try {
      do {
        running.again = false;
        if (!own && now() - databaseLostAt < RECOVERY_MS) break;
        await sendConversation(context, lane, own);
        own = undefined;
      } while (running.again && !context.isClosed());
    } catch (error) {
      const { conversationId } = lane;
      deps.log.warn(
        { err: error, conversationId },
        'sending stopped; polling will take it up again',
      );
      if (isDatabaseUnavailable(error)) databaseLostAt = now();
      // Or whoever polls would wait until it runs out.
      else await releaseSendLease(deps.db, conversationId, owner).catch(() => undefined);
    } finally {
      line.active.delete(lane.conversationId);
      startWaiting(line);
      if (isStopping && activeCount() === 0) whenQuiet?.();
    }
  };

  const startWaiting = (line: AccountLine): void => {
    for (const [conversationId, lane] of line.waiting) {
      if (!isOpen(line)) break;
      line.waiting.delete(conversationId);
      void run(line, lane);
    }
  };

  const stop = (line: AccountLine, lane: SendLane, code: string): void => {
    const isNew = line.stoppedWith === undefined;
    const { token } = deps.accounts.find(lane.channel, lane.accountId) ?? {};
    line.stoppedWith = { token };
    line.pausedUntil = Math.max(line.pausedUntil, now() + CONFIGURATION_RETRY_MS);
    if (!isNew) return;
    deps.accountStopped?.(lane, code).catch((error: unknown) => {
      // The next failure tells again.
      line.stoppedWith = undefined;
      deps.log.warn({ err: error }, 'nobody was told that an account has stopped');
    });
  };

  const works = (line: AccountLine, lane: SendLane): void => {
    if (line.isKnownToWork && !line.stoppedWith) return;
    line.stoppedWith = undefined;
    line.isKnownToWork = true;
    noteWorking(deps.db, lane).catch(() => (line.isKnownToWork = false));
  };

  /** New credentials: whoever has put them in does not wait for the next try. */
  const resumeChanged = (): void => {
    for (const [key, line] of lines) {
      const [channel, accountId] = accountOf(key);
      const account = line.stoppedWith && deps.accounts.find(channel, accountId);
      if (!account || account.token === line.stoppedWith?.token) continue;
      line.stoppedWith = undefined;
      line.pausedUntil = 0;
    }
  };

  const activeCount = () => [...lines.values()].reduce((sum, { active }) => sum + active.size, 0);

  const findDue = async (): Promise<void> => {
    resumeChanged();
    for (const line of lines.values()) startWaiting(line);
    const closed = [...lines].filter(([, line]) => !isOpen(line)).map(([key]) => key);
    const due = await dueConversations(deps.db, deps.clock.now(), closed, PER_LOOK).catch(
      (error: unknown) => {
        databaseLostAt = now();
        throw error;
      },
    );
    for (const { leaseOwner: holder, ...lane } of due) {
      if (holder !== null && isDeadOwner(holder, owner))
        await releaseSendLease(deps.db, lane.conversationId, holder);
      else if (holder !== null) continue;
      wake(lane);
    }
  };

  return {
    owner,
    isFree: (lane) => {
      const line = lineOf(lane);
      const isRecovering = now() - databaseLostAt < RECOVERY_MS;
      return isOpen(line) && !line.active.has(lane.conversationId) && !isRecovering;
    },
    leaseUntil: (at) => new Date(at.getTime() + LEASE_MS),
    goOn,
    wake,
    findDue,
    stop: async () => {
      isStopping = true;
      for (const { rate } of lines.values()) rate.close();
      const held = [...lines.values()].flatMap(({ active }) => [...active.keys()]);
      if (held.length > 0) await new Promise<void>((resolve) => (whenQuiet = resolve));
      await releaseAllSendLeases(deps.db, owner, held).catch(() => undefined);
    },
  };
}
