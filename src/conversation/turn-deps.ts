import type { Sender } from '../outgoing/sender';
import type { SendLane } from '../outgoing/outgoing-store';
import type { ConversationDeps } from './turn';

/** What handling the messages of a lane needs, beside what a turn itself does. */
export interface TurnDeps extends ConversationDeps {
  /** Called after the commit: something is waiting to be sent. */
  wakeSender(lane: SendLane): void;
  /** Sends at once what a turn has written, with a lease that the turn takes; without it somebody has to be woken. */
  sender?: Pick<Sender, 'owner' | 'isFree' | 'leaseUntil' | 'goOn'>;
  wakeNotifications(): void;
  wakeQueue?(): void;
  /** Messages whose try was counted and then cut short by an outage of the database, which was not their fault. */
  spared: Set<number>;
  /** When this process began: what came in since has killed no process but perhaps another one. */
  startedAt: Date;
}
