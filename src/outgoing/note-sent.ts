import type { Database } from '../db/database';
import { isDatabaseUnavailable } from '../db/errors';
import { createBatcher } from '../lib/batcher';
import type { Log } from '../lib/log';
import { heldSendLeases, lockOwnLeases, releaseEmptySendLeases } from './send-lease-store';
import { markAllSent, stillQueued, type Sent } from './sent-store';

/** What a sender has to write down after a request, and whether it is done with the conversation for now. */
export interface SentNote extends Sent {
  /** The conversation whose lease is to be given back, if nothing more is queued in it. */
  releases?: number;
  /** The message that would go next. */
  next?: number;
}

/** What is to be done now. */
export type AfterNote =
  /** Nothing was asked for, the next one is not to be sent any more, or a turn is at work in the conversation: the lease is kept. */
  | 'kept'
  /** The next one is still to be sent: nobody has withdrawn it (G-12). */
  | 'next'
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
}): (note: SentNote) => Promise<AfterNote> {
  const batcher = createBatcher<SentNote, AfterNote>(
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
): Promise<{ marked: number; leases: AfterNote[] }> {
  const releases = notes.flatMap((note) => note.releases ?? []);
  if (releases.length === 0) {
    const marked = await markAllSent(db, notes);
    const next = await stillQueued(db, nextOf(notes));
    return { marked, leases: notes.map((note) => after(note, next)) };
  }
  return db.transaction(async (trx) => {
    // The lanes first, as everywhere; and read as `queued` only once they are ours: whoever writes a message holds the lane.
    const ours = await lockOwnLeases(trx, releases, owner);
    const marked = await markAllSent(trx, notes);
    const released = ours.length > 0 ? await releaseEmptySendLeases(trx, ours, owner) : 0;
    const goOn =
      released < ours.length ? await heldSendLeases(trx, ours, owner) : new Set<number>();
    const next = await stillQueued(trx, nextOf(notes));
    const free = new Set(ours);
    const leases = notes.map((note): AfterNote => {
      if (note.releases === undefined || !free.has(note.releases)) return after(note, next);
      return goOn.has(note.releases) ? 'goes on' : 'released';
    });
    return { marked, leases };
  });
}

const nextOf = (notes: readonly SentNote[]) => notes.flatMap(({ next }) => next ?? []);

const after = ({ next }: SentNote, queued: ReadonlySet<number>): AfterNote =>
  next !== undefined && queued.has(next) ? 'next' : 'kept';
