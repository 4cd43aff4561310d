import { withRetry, type Database } from '../db/database';
import { isDatabaseUnavailable } from '../db/errors';
import { createBatcher } from '../lib/batcher';
import type { Log } from '../lib/log';
import { heldSendLeases, lockOwnLeases, releaseEmptySendLeases } from './send-lease-store';
import { markAllSent, type Sent } from './sent-store';

/** What a sender has to write down after a request, and whether it is done with the conversation for now. */
export interface SentNote extends Sent {
  /** The conversation whose lease is to be given back, if nothing more is queued in it. */
  releases?: number;
}

/** What became of the lease. */
export type LeaseAfterNote =
  /** Not asked for, or a turn is at work in the conversation: the lease is as it was. */
  | 'kept'
  /** Given back, or somebody else's by now. */
  | 'released'
  /** There is more to send. */
  | 'goes on';

/** Notes per transaction. */
const MAX_GROUP = 100;

/** Requests that end together are noted together: one disk write for many people, no added wait for one. */
export function createSentNotes({
  db,
  owner,
  log,
}: {
  db: Database;
  owner: string;
  log: Log;
}): (note: SentNote) => Promise<LeaseAfterNote> {
  const batcher = createBatcher<SentNote, LeaseAfterNote>(
    async (notes) => {
      const { marked, leases } = await noteTogether(db, owner, notes);
      if (marked < notes.length)
        log.warn({ count: notes.length - marked }, 'messages were sent by somebody else, too');
      return leases;
    },
    MAX_GROUP,
    isDatabaseUnavailable,
  );
  return (note) => batcher.add(note);
}

async function noteTogether(
  db: Database,
  owner: string,
  notes: readonly SentNote[],
): Promise<{ marked: number; leases: LeaseAfterNote[] }> {
  const wanted = notes.flatMap(({ releases }) => releases ?? []);
  if (wanted.length === 0)
    return {
      marked: await withRetry(() => markAllSent(db, notes)),
      leases: notes.map(() => 'kept'),
    };
  return db.transaction(async (trx) => {
    // The lanes first, as everywhere; and read as `queued` only once they are ours: whoever writes a message holds the lane.
    const ours = await lockOwnLeases(trx, wanted, owner);
    const marked = await markAllSent(trx, notes);
    const released = ours.length > 0 ? await releaseEmptySendLeases(trx, ours, owner) : 0;
    const goOn =
      released < ours.length ? await heldSendLeases(trx, ours, owner) : new Set<number>();
    const free = new Set(ours);
    const leases = notes.map(({ releases }): LeaseAfterNote => {
      if (releases === undefined || !free.has(releases)) return 'kept';
      return goOn.has(releases) ? 'goes on' : 'released';
    });
    return { marked, leases };
  });
}
