import type { CoreDeps } from '../db/core-deps';
import { withRetry } from '../db/database';
import { isDuplicateKey } from '../db/errors';
import { loadGroupFacts, type GroupFacts } from './group-facts';
import { recordOrderErrors, writeGroup, type Written } from './group-store';
import type { OrderItem } from './order';
import { httpStatusOf, type OrderProblem } from './order-errors';
import { contentHash, requestHash } from './order-hash';
import { formatOrderNumber, localDay, takeNumbers } from './order-numbers';
import { findOrder, itemsOf } from './order-store';
import {
  dropDoubles,
  holdMinutesOf,
  placeOrder,
  type NotPlaced,
  type PlaceOutcome,
  type PlaceRequest,
} from './place-order';
import { placedOrder, type Judged, type NumberedOrder } from './placement-rows';
import { readOrder, type ReadOrder } from './read-order';
import { validateOrder } from './validate-order';

/** What became of one order of a group, or the fault that it met. */
export type GroupResult = { outcome: PlaceOutcome; items: OrderItem[] } | { fault: unknown };

/** An order on its way through a group. */
export interface Candidate {
  request: PlaceRequest;
  read: ReadOrder;
  readProblems: OrderProblem[];
  now: Date;
  startedAt: number;
  /** Something spoke against it: it is judged by everything that there is to know. */
  isDoubtful: boolean;
  /** It was judged, nothing was against it, and it has a number. */
  passed: NumberedOrder | null;
  result: GroupResult | null;
}

/** Facts that change between judgement and lock send an order round again; after so many rounds it is placed alone. */
const MAX_ROUNDS = 4;
/** A key that another transaction commits while we write fails the call; the next one sees it. */
const MAX_KEY_RACES = 3;

/** Reads an order as it arrives; that needs no database and happens while the group before is written. */
export function toCandidate(request: PlaceRequest, now: Date): Candidate {
  const startedAt = performance.now();
  const { order: read, problems } = readOrder(request.data, request.business);
  return {
    request,
    read,
    readProblems: problems,
    now,
    startedAt,
    isDoubtful: problems.length > 0 || read.isDraft,
    passed: null,
    result: null,
  };
}

/**
 * Judges those of a group that nothing speaks against so far, and numbers them. It needs no lock and runs while the group before is
 * written; what changes until this one is, the procedure sees.
 */
export async function prepareGroup(deps: CoreDeps, group: readonly Candidate[]): Promise<void> {
  const fresh = group.filter(({ isDoubtful, passed }) => !isDoubtful && passed === null);
  const facts = await factsOf(deps, fresh, false);
  const judged = new Map<Candidate, Judged>();
  fresh.forEach((candidate, at) => {
    const { judged: one, problems } = judge(candidate, facts[at] as GroupFacts);
    if (problems.length > 0) candidate.isDoubtful = true;
    else judged.set(candidate, one);
  });
  await number(deps, judged);
}

/**
 * Places a group of orders (PERF-1): one call writes what passed. Each order succeeds or fails alone, as by `placeOrder`. What is
 * refused or was overtaken is judged again by fresh facts first, so that no refusal is built on old ones.
 */
export async function placeGroup(
  deps: CoreDeps,
  group: readonly Candidate[],
): Promise<GroupResult[]> {
  // Drafts hold nothing and tell nobody; there is nothing to share.
  for (const one of group) if (one.read.isDraft) one.result ??= await placeAlone(deps, one);
  let open = group.filter(({ result }) => result === null);
  for (let round = 1; round <= MAX_ROUNDS && open.length > 0; round += 1) {
    await judgeDoubtful(
      deps,
      open.filter(({ passed }) => passed === null),
    );
    await writeAll(
      deps,
      withoutTwins(open.filter(({ passed, result }) => passed !== null && result === null)),
    );
    open = open.filter(({ result }) => result === null);
  }
  for (const candidate of open) candidate.result = await placeAlone(deps, candidate);
  return group.map(({ result }) => result as GroupResult);
}

/** Judges by everything that there is to know: an order passes, or has its result. */
async function judgeDoubtful(deps: CoreDeps, doubtful: readonly Candidate[]): Promise<void> {
  const facts = await factsOf(deps, doubtful, true);
  const passed = new Map<Candidate, Judged>();
  const refused: Refusal[] = [];
  for (const [at, candidate] of doubtful.entries()) {
    const { first } = facts[at] as GroupFacts;
    if (first) {
      const mismatch = await answerRepeat(deps, candidate, first);
      if (mismatch) refused.push([candidate, mismatch]);
      continue;
    }
    const { judged, problems } = judge(candidate, facts[at] as GroupFacts);
    if (problems.length > 0) refused.push([candidate, problems]);
    else passed.set(candidate, judged);
  }
  await refuseAll(deps, refused);
  await number(deps, passed);
}

const factsOf = (
  deps: CoreDeps,
  candidates: readonly Candidate[],
  withPast: boolean,
): Promise<GroupFacts[]> =>
  loadGroupFacts(
    deps.db,
    candidates.map(({ request, read, now }) => ({
      business: request.business,
      read,
      now,
      ipAddress: request.ipAddress,
    })),
    { withPast, riskDefaults: deps.config?.riskDefaults },
  );

function judge(
  candidate: Candidate,
  { facts, promoTerms }: GroupFacts,
): { judged: Judged; problems: OrderProblem[] } {
  const { request, read, now } = candidate;
  const judgement = validateOrder(read, facts);
  const validationMs = Math.round(performance.now() - candidate.startedAt);
  return {
    judged: { request, read, judgement, user: facts.user, promoTerms, validationMs, now },
    problems: dropDoubles([...candidate.readProblems, ...judgement.problems]),
  };
}

/** Of orders that could be one and the same only the first goes now; the others see what became of it in the next round. */
function withoutTwins(open: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return open.filter((candidate) => {
    const { read, request } = candidate;
    const marks = [
      ...(read.idempotencyKey === null
        ? []
        : [`${request.business.id} key ${read.idempotencyKey}`]),
      ...(read.confirmDuplicate ? [] : [`${request.business.id} content ${contentHash(read)}`]),
    ];
    const isTwin = marks.some((mark) => seen.has(mark));
    if (isTwin) candidate.passed = null;
    else for (const mark of marks) seen.add(mark);
    return !isTwin;
  });
}

/** Writes what passed, by one call; what was overtaken is to be judged again. */
async function writeAll(deps: CoreDeps, open: readonly Candidate[]): Promise<void> {
  if (open.length === 0) return;
  const group = open.map(({ passed }) => passed as NumberedOrder);
  const written = await withKeyRaces(() => withRetry(() => writeGroup(deps.db, group)));
  for (const [n, candidate] of open.entries()) {
    const one = written.get(n);
    if (one?.outcome === 'placed') candidate.result = placedResult(group[n] as NumberedOrder, one);
    else candidate.passed = null;
  }
}

function placedResult({ judged, orderNumber }: NumberedOrder, written: Written): GroupResult {
  const { order, items } = placedOrder(judged, {
    orderId: written.orderId as number,
    orderNumber,
    itemIds: written.itemIds,
  });
  return {
    outcome: {
      ok: true,
      order,
      isRepeat: false,
      warnings: judged.judgement.warnings,
      notificationId: written.notificationId,
      holdMinutes: holdMinutesOf(judged.request.business, order.paymentMethod),
    },
    items,
  };
}

/** Order numbers, in statements that commit at once: no order waits for another one's number (ORD-10). */
async function number(deps: CoreDeps, passed: ReadonlyMap<Candidate, Judged>): Promise<void> {
  const byBusiness = new Map<number, [Candidate, Judged][]>();
  for (const one of passed) {
    const { id } = one[1].request.business;
    const others = byBusiness.get(id);
    if (others) others.push(one);
    else byBusiness.set(id, [one]);
  }
  for (const [businessId, orders] of byBusiness) {
    const [, first] = orders[0] as [Candidate, Judged];
    const day = localDay(first.now, first.request.business.timezone);
    const last = await takeNumbers(deps.db, businessId, day, orders.length);
    for (const [at, [candidate, judged]] of orders.entries()) {
      candidate.passed = {
        judged,
        orderNumber: formatOrderNumber(day, last - orders.length + 1 + at),
      };
    }
  }
}

async function withKeyRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= MAX_KEY_RACES || !isDuplicateKey(error)) throw error;
    }
  }
}

/** Answers with the order that the key has placed; returns the problem when it was placed with other content. */
async function answerRepeat(
  deps: CoreDeps,
  candidate: Candidate,
  first: { id: number; hash: string | null },
): Promise<OrderProblem[] | null> {
  const { request, read } = candidate;
  if (first.hash !== requestHash(read)) {
    const message = 'This idempotency key has placed another order. Use a new key for a new order.';
    return [{ field: 'idempotency_key', code: 'IDEMPOTENCY_MISMATCH', message }];
  }
  const order = await findOrder(deps.db, request.business.id, first.id);
  if (!order) throw new Error(`order ${first.id} has gone`);
  const holdMinutes = holdMinutesOf(request.business, order.paymentMethod);
  candidate.result = {
    outcome: { ok: true, order, isRepeat: true, warnings: [], notificationId: null, holdMinutes },
    items: await itemsOf(deps.db, order.id),
  };
  return null;
}

type Refusal = [Candidate, OrderProblem[]];

/** A refusal leaves one row behind (ORD-3, ORD-11). */
async function refuseAll(deps: CoreDeps, refusals: readonly Refusal[]): Promise<void> {
  await recordOrderErrors(
    deps.db,
    refusals.map(([{ request, read, now }, problems]) => ({
      businessId: request.business.id,
      read,
      problems,
      now,
    })),
  );
  for (const [candidate, problems] of refusals)
    candidate.result = { outcome: refusal(problems), items: [] };
}

function refusal(problems: readonly OrderProblem[]): NotPlaced {
  const [first] = problems;
  if (!first) throw new Error('a refusal needs a problem');
  const message =
    problems.length === 1 ? first.message : `The order has ${problems.length} problems.`;
  return {
    ok: false,
    status: httpStatusOf(problems),
    code: first.code,
    message,
    problems: [...problems],
  };
}

/** Under the locks of a transaction of its own nothing can overtake it any more. */
async function placeAlone(deps: CoreDeps, { request }: Candidate): Promise<GroupResult> {
  try {
    return await deps.db.transaction(async (trx) => {
      const outcome = await placeOrder(trx, deps, request);
      return { outcome, items: outcome.ok ? await itemsOf(trx, outcome.order.id) : [] };
    });
  } catch (fault) {
    return { fault };
  }
}
