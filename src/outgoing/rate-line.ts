/**
 * How fast one account may send, shared by all instances. An account has a time line in the database; each message takes a
 * piece of it (at 300 messages a second a 300th of a second), and a platform's own queue may run ahead of it by `burstMs`. An
 * instance speaks for CHUNK_MS at a time, so that a message costs no statement of its own: what it has in hand is used at
 * once, and the next chunk is fetched before the hand is empty.
 */
export interface RateLine {
  /** Whether a message may go now: at once as long as something is in hand, else in its turn; false when we stop. */
  take(ms: number): true | Promise<boolean>;
  /** Whether whoever comes now would go within MAX_WAIT_MS. */
  isReady(): boolean;
  /** Lets nobody wait any longer. */
  close(): void;
}

export interface RateLineDeps {
  /** Speaks for so much of the account's time; gives the instant at which it ends, in milliseconds since 1970. */
  reserve(ms: number): Promise<number>;
  /** In milliseconds since 1970. */
  now(): number;
  /** Calls back after so many milliseconds. */
  later(ms: number, then: () => void): void;
}

/** Of an account's time; at 300 a second these are nine messages. In hand are two of them at most. */
export const CHUNK_MS = 30;
/** The share of the limit that the time line gives out: the rest is what instances may have in hand. */
export const SHARE = 0.9;
/** Those who would wait for longer let go of their conversation and come again. */
const MAX_WAIT_MS = 1_000;
/** After a failed statement. */
const ASK_AGAIN_MS = 100;

/** One instance's end of an account's time line. */
export function createRateLine(deps: RateLineDeps, burstMs: number): RateLine {
  const waiting: { ms: number; answer: (mayGo: boolean) => void }[] = [];
  let inHand = CHUNK_MS;
  let next: { ms: number; from: number } | undefined;
  let isAsking = false;
  let isTimed = false;
  let isClosed = false;

  const ask = (): void => {
    if (isAsking || next || isClosed) return;
    isAsking = true;
    // What was taken beyond what was in hand is paid first.
    const ms = CHUNK_MS + Math.max(0, -inHand);
    deps.reserve(ms).then(
      (end) => {
        isAsking = false;
        // The debt's piece has been used: the chunk comes after it.
        next = { ms, from: end - CHUNK_MS - burstMs };
        serve();
      },
      () => {
        isAsking = false;
        if (waiting.length > 0) deps.later(ASK_AGAIN_MS, ask);
      },
    );
  };

  const collect = (): void => {
    if (!next || next.from > deps.now()) return;
    inHand += next.ms;
    next = undefined;
  };

  const serve = (): void => {
    collect();
    while (waiting.length > 0 && inHand > 0) {
      const { ms, answer } = waiting.shift()!;
      inHand -= ms;
      answer(true);
    }
    if (inHand < CHUNK_MS / 2) ask();
    if (waiting.length === 0 || !next || isTimed) return;
    isTimed = true;
    deps.later(Math.max(1, next.from - deps.now()), () => {
      isTimed = false;
      serve();
    });
  };

  return {
    take: (ms) => {
      if (isClosed) return Promise.resolve(false);
      collect();
      if (inHand > 0 && waiting.length === 0) {
        inHand -= ms;
        if (inHand < CHUNK_MS / 2) ask();
        return true;
      }
      return new Promise((answer) => {
        waiting.push({ ms, answer });
        serve();
      });
    },
    isReady: () => {
      collect();
      const ahead = waiting.reduce((sum, { ms }) => sum + ms, 0);
      return ahead + (next ? Math.max(0, next.from - deps.now()) : 0) < MAX_WAIT_MS;
    },
    close: () => {
      isClosed = true;
      for (const { answer } of waiting.splice(0)) answer(false);
    },
  };
}
