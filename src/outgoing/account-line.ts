import type { Accounts } from '../channels/accounts';
import { channelOf } from '../channels/registry';
import type { Database } from '../db/database';
import { systemClock, type Clock } from '../lib/clock';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/log';
import type { OutgoingMessage, SendLane } from './outgoing-store';
import { createRateLine, SHARE, type RateLine } from './rate-line';
import { holdTime, reserveTime, type SendingAccount } from './sending-account-store';

export interface SenderDeps {
  db: Database;
  accounts: Accounts;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** What the platforms' rates go by: real seconds, whatever the clock of a test says. */
  paceClock?: Clock;
  /** An account has stopped (CHN-8): somebody is to be told. Called by each instance that sees it. */
  accountStopped?(account: SendingAccount, code: string): Promise<void>;
}

/** Requests under way at once for one account of a platform; they wait, they do not compute. A slow one holds up no other. */
const MAX_AT_ONCE = 200;
/** The conversations of one account, of which so many are sent in at once; and its pause, when the platform asks for one. */
export interface AccountLine {
  active: Map<number, { again: boolean }>;
  waiting: Map<number, SendLane>;
  pausedUntil: number;
  maxAtOnce: number;
  canSendHere(): boolean;
  rate: RateLine;
  /** Every message would fail as long as our side uses this token: one at a time tries. */
  stoppedWith?: { token: string | undefined };
  /** A message has got through since this process began. */
  isKnownToWork: boolean;
}

/** What one instance keeps about an account. */
export function createAccountLine(deps: SenderDeps, lane: SendLane): AccountLine {
  const channel = channelOf(lane);
  return {
    active: new Map(),
    waiting: new Map(),
    pausedUntil: 0,
    maxAtOnce: channel.maxAtOnce ?? MAX_AT_ONCE,
    canSendHere: () => channel.canSendHere?.(lane.accountId) ?? true,
    rate: rateLineOf(deps, lane),
    isKnownToWork: false,
  };
}

/** The platform has asked the account for a pause; the other instances need not find out by themselves. */
export function pauseLine(
  { db, log, clock, paceClock = systemClock }: SenderDeps,
  line: AccountLine,
  lane: SendLane,
  until: Date,
): void {
  line.pausedUntil = Math.max(line.pausedUntil, until.getTime());
  const ms = line.pausedUntil - clock.now().getTime();
  holdTime(db, lane, Math.round((paceClock.now().getTime() + ms) * 1000)).catch((error: unknown) =>
    log.warn({ err: error }, 'other instances do not know of the pause'),
  );
}

/** Under which a process knows an account. */
export const accountKey = ({ channel, accountId }: SendLane): string => `${channel}:${accountId}`;

/** The other way round. */
export function accountOf(key: string): [SendLane['channel'], string] {
  const colon = key.indexOf(':');
  return [key.slice(0, colon) as SendLane['channel'], key.slice(colon + 1)];
}

/** This instance's end of the account's time line; times there are in microseconds. */
function rateLineOf(
  { db, paceClock = systemClock }: SenderDeps,
  account: SendingAccount,
): RateLine {
  const now = () => paceClock.now().getTime();
  const reserve = async (ms: number) =>
    (await reserveTime(db, account, now() * 1000, Math.round(ms * 1000))) / 1000;
  const later = (ms: number, then: () => void) => void setTimeout(then, ms).unref();
  return createRateLine({ now, reserve, later }, channelOf(account).pace?.burstMs ?? 0);
}

/** Whether a message may go now, in its account's rate: at once, or in its turn. */
export function inPace(
  { accounts }: SenderDeps,
  rate: RateLine,
  lane: SendLane,
  { segments }: OutgoingMessage,
): true | Promise<boolean> {
  const { pace } = channelOf(lane);
  if (!pace) return true;
  const granted = accounts.find(lane.channel, lane.accountId)?.perSecond;
  const perSecond = (granted ?? pace.perSecond(lane.accountId, lane.externalId)) * SHARE;
  return rate.take(((segments ?? 1) * 1000) / perSecond);
}
