import path from 'node:path';
import { createLiveAccounts } from './businesses/live-accounts';
import type { Accounts } from './channels/accounts';
import type { Config } from './config';
import './conversation/actions';
import { checkFlows } from './conversation/flows/check-flows';
import { loadFlows, type FlowBook } from './conversation/flows/load-flows';
import { handleNext } from './conversation/handle-next';
import { handleTogether } from './conversation/handle-together';
import { createLanes, type Lanes } from './conversation/lanes';
import type { TurnDeps } from './conversation/turn-deps';
import { openDatabase, type Database } from './db/database';
import { createInbox, type Inbox } from './inbox/inbox';
import { systemClock, type Clock } from './lib/clock';
import { systemIds, type Ids } from './lib/ids';
import type { Log } from './lib/log';
import { projectRoot } from './lib/project-root';
import { createPoller, type Poller } from './lib/poller';
import { alertStoppedAccount } from './notifications/alert-stopped-account';
import { dispatchNotifications } from './notifications/dispatch';
import { orderQueueHandlers } from './orders/queue-handlers';
import { leaseOwner } from './outgoing/lease-owner';
import type { SendLane } from './outgoing/outgoing-store';
import { createSender, type Sender } from './outgoing/sender';
import { workQueue } from './queue/work-queue';
import { loadTemplates, type FileProblem, type Templates } from './templates/load-templates';

/** Everything that the product runs on, constructed once. */
export interface Deps {
  config: Config;
  db: Database;
  clock: Clock;
  ids: Ids;
  log: Log;
  accounts: Accounts;
  templates: Templates;
  flows: FlowBook;
  inbox: Inbox;
  lanes: Lanes;
  sender: Sender;
  notifications: Poller;
  /** Works through the queue of orders (QUE-1). */
  queue: Poller;
  wakeQueue: () => void;
  wakeSender(lane: SendLane): void;
  firstBusinessId: number;
}

export interface Parts {
  config: Config;
  log: Log;
  firstBusinessId: number;
  db?: Database;
  clock?: Clock;
  ids?: Ids;
}

/** Lanes at work at once take at most half of the connections: a turn may need a second one for a moment. */
const LANE_SHARE = 0.5;
const NOTIFICATIONS_PER_LOOK = 50;
const NOTIFICATION_POLL_MS = 400;
/** What another instance enqueued, and what is tried again, waits this long at most for a look. */
const QUEUE_POLL_MS = 1_000;

/** Reads flows/ and templates/; every problem of both at once (DLG-1). */
export function loadWords(root = projectRoot): {
  flows: FlowBook;
  templates: Templates;
  problems: FileProblem[];
} {
  const words = loadTemplates(path.join(root, 'templates'));
  const book = loadFlows(path.join(root, 'flows'));
  const problems = [...words.problems, ...book.problems];
  if (problems.length === 0) problems.push(...checkFlows(book.book, words.templates));
  return { flows: book.book, templates: words.templates, problems };
}

/** Puts the product together: the only place that knows all its parts. */
export function createDeps(parts: Parts, words: { flows: FlowBook; templates: Templates }): Deps {
  const { config, log, firstBusinessId } = parts;
  const clock = parts.clock ?? systemClock;
  const ids = parts.ids ?? systemIds;
  const db = parts.db ?? openDatabase(config.databaseUrl, config.databasePoolSize);
  const accounts = createLiveAccounts({ config, db, clock, log }, firstBusinessId);
  const base = { config, db, clock, ids, log, accounts, ...words };

  const works = config.role === 'all' || config.role === 'worker';
  const sender = createSender({
    ...base,
    accountStopped: async (account, code) => {
      await alertStoppedAccount(base, account, code);
      notifications.wake();
    },
  });
  const wakeSender = (lane: SendLane) => (works ? sender.wake(lane) : undefined);
  const notifications = createPoller(
    'notifications',
    () => dispatchNotifications({ ...base, wakeSender }, NOTIFICATIONS_PER_LOOK),
    NOTIFICATION_POLL_MS,
    log,
  );
  const handlers = orderQueueHandlers({ clock });
  const owner = leaseOwner(ids.next());
  const queue = createPoller(
    'queue',
    () => workQueue({ ...base, owner }, handlers),
    QUEUE_POLL_MS,
    log,
  );
  const wakeQueue = () => queue.wake();
  const wakeNotifications = () => notifications.wake();
  const turnDeps: TurnDeps = {
    ...base,
    wakeSender,
    sender,
    wakeNotifications,
    wakeQueue,
    spared: new Set(),
    startedAt: clock.now(),
  };
  const lanes = createLanes(
    {
      handleTogether: (some) => handleTogether(turnDeps, some),
      handleNext: (lane) => handleNext(turnDeps, lane),
    },
    Math.max(1, Math.floor(config.databasePoolSize * LANE_SHARE)),
    log,
  );
  const inbox = createInbox(db, (lane) => (works ? lanes.wake(lane) : undefined));
  return {
    ...base,
    inbox,
    lanes,
    sender,
    notifications,
    queue,
    wakeQueue,
    wakeSender,
    firstBusinessId,
  };
}
