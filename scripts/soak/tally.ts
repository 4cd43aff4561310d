import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { RETRIES } from '../../src/db/database';

/** What came of everything that was done. */
export interface Tally {
  /** By action, by word. */
  outcomes: Map<string, Map<string, number>>;
  /** Thrown at a caller: each of them is a bug. */
  errors: Map<string, number>;
  /** By server error number: transactions that were run again without anybody noticing. */
  retries: Map<number, number>;
  close(): void;
}

export function openTally(): Tally {
  const retries = new Map<number, number>();
  const onRetry = (message: unknown) => add(retries, (message as { errno: number }).errno);
  subscribe(RETRIES, onRetry);
  return {
    outcomes: new Map(),
    errors: new Map(),
    retries,
    close: () => unsubscribe(RETRIES, onRetry),
  };
}

export function note(tally: Tally, action: string, word: string): void {
  const words = tally.outcomes.get(action) ?? new Map<string, number>();
  tally.outcomes.set(action, words);
  add(words, word);
}

export function noteError(tally: Tally, action: string, error: unknown): void {
  const { errno, message } = error as { errno?: number; message?: string };
  add(tally.errors, `${action}: ${errno ?? ''} ${message ?? String(error)}`.slice(0, 300));
}

export const count = (tally: Tally, action: string, word: string): number =>
  tally.outcomes.get(action)?.get(word) ?? 0;
export const total = (counts: ReadonlyMap<unknown, number>): number =>
  [...counts.values()].reduce((sum, one) => sum + one, 0);

/** "PLACED 120, INSUFFICIENT_STOCK 30", the most frequent first. */
export const listed = (counts: ReadonlyMap<unknown, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([word, times]) => `${String(word)} ${times}`)
    .join(', ');

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
