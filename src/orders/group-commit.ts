import type { CoreDeps } from '../db/core-deps';
import type { Database } from '../db/database';
import { isDatabaseUnavailable } from '../db/errors';
import { createBatcher, type Batcher } from '../lib/batcher';
import {
  placeGroup,
  prepareGroup,
  toCandidate,
  type Candidate,
  type GroupResult,
} from './place-group';
import type { PlaceRequest } from './place-order';

/** More do not make an order cheaper, and the last of a group waits for the first. */
const MAX_GROUP = 100;

/** While one group is judged under its locks or waits for the disk, the server can read another one. */
const MAX_WRITERS = 2;

interface Gatherers {
  prepare: Batcher<Candidate, void>;
  write: Batcher<Candidate, GroupResult>;
}

/** One pair per pool of connections, which is one per instance of the product. */
const gatherers = new WeakMap<Database, Gatherers>();

/**
 * Places an order in a transaction that it may share with others of this instance: while one group is written, those that arrive
 * wait together and are the next one, in order of arrival. Idle, an order goes at once.
 */
export async function placeInGroup(
  deps: CoreDeps,
  request: PlaceRequest,
): Promise<Exclude<GroupResult, { fault: unknown }>> {
  const { prepare, write } = gatherersOf(deps);
  const candidate = toCandidate(request, deps.clock.now());
  if (!candidate.isDoubtful) await prepare.add(candidate);
  const result = await write.add(candidate);
  if ('fault' in result) throw result.fault;
  return result;
}

function gatherersOf(deps: CoreDeps): Gatherers {
  const found = gatherers.get(deps.db);
  if (found) return found;
  const made: Gatherers = {
    prepare: createBatcher(
      async (group) => {
        await prepareGroup(deps, group);
        return group.map(() => undefined);
      },
      MAX_GROUP,
      isDatabaseUnavailable,
    ),
    write: createBatcher(
      (group) => placeGroup(deps, group),
      MAX_GROUP,
      isDatabaseUnavailable,
      MAX_WRITERS,
    ),
  };
  gatherers.set(deps.db, made);
  return made;
}
