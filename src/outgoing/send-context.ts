import type { Accounts } from '../channels/accounts';
import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/log';
import type { AfterNote, SentNote } from './note-sent';
import type { OutgoingMessage, SendLane } from './outgoing-store';

/** What sending in a conversation needs; the sender supplies it. */
export interface SendContext {
  db: Database;
  accounts: Accounts;
  clock: Clock;
  ids: Ids;
  log: Log;
  owner: string;
  /** Notes what a platform has accepted, together with what others have. */
  noteSent(note: SentNote): Promise<AfterNote>;
  /** The process stops, the account's pause has begun, or it cannot be sent here any more: no further request. */
  isClosed(): boolean;
  pause(until: Date): void;
  /** Every message of the account would fail: one at a time is tried, and a person is told. */
  stop(code: string): void;
  /** A message has got through. */
  works(): void;
  /** Waits for the message's turn in the account's rate, if it has to; false when it is not to be waited for. */
  inPace(lane: SendLane, message: OutgoingMessage): true | Promise<boolean>;
}
