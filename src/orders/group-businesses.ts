import { findBusiness, firstBusiness, type Business } from '../businesses/business-store';
import type { Database } from '../db/database';
import { isDatabaseUnavailable } from '../db/errors';
import { createBatcher, type Batcher } from '../lib/batcher';

/** As many as can arrive while one look is under way. */
const MAX_ASKING = 1_000;

const gatherers = new WeakMap<Database, Batcher<number | null, Business | null>>();

/** A business, or with null the first one; whoever asks while the database is being asked shares the next answer, never the last. */
export function findBusinessTogether(db: Database, id: number | null): Promise<Business | null> {
  let gatherer = gatherers.get(db);
  if (!gatherer) {
    gatherer = createBatcher((ids) => findAll(db, ids), MAX_ASKING, isDatabaseUnavailable);
    gatherers.set(db, gatherer);
  }
  return gatherer.add(id);
}

async function findAll(
  db: Database,
  ids: readonly (number | null)[],
): Promise<(Business | null)[]> {
  const found = new Map<number | null, Business | null>();
  for (const id of new Set(ids))
    found.set(id, id === null ? await firstBusiness(db) : await findBusiness(db, id));
  return ids.map((id) => found.get(id) ?? null);
}
