import { withRetry, type Database } from '../db/database';
import { isDatabaseUnavailable } from '../db/errors';
import { createBatcher } from '../lib/batcher';
import { conversationKey } from '../channels/inbound';
import { queueMedia } from '../media/media-store';
import { insertInbox, type NewInboxRow } from './inbox-store';

/** Rows per INSERT: a packet of a few hundred kilobytes at most. */
const MAX_GROUP = 200;

/** Takes in what the webhooks bring. When `store` resolves, the events are committed (G-1). */
export interface Inbox {
  store(rows: NewInboxRow[]): Promise<void>;
}

/** Webhooks that arrive together share one INSERT and one disk write. `wake` is told of the lanes that have work. */
export function createInbox(db: Database, wake: (lane: string) => void): Inbox {
  const batcher = createBatcher<NewInboxRow[], void>(
    async (groups) => {
      const rows = groups.flat();
      const known = rows.filter(({ state }) => state === 'pending');
      await withRetry(() => queueMedia(db, known));
      // Two instances that store the same repeats can deadlock.
      await withRetry(() => insertInbox(db, rows));
      return groups.map(() => undefined);
    },
    MAX_GROUP,
    isDatabaseUnavailable,
  );

  return {
    store: async (rows) => {
      if (rows.length === 0) return;
      await batcher.add(rows);
      for (const { event, state } of rows) {
        if (state === 'pending')
          wake(conversationKey(event.channel, event.accountId, event.externalId));
      }
    },
  };
}
