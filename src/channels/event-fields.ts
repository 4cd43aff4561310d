import { sha256 } from '../lib/hash';

/** Longer ids than the column are replaced by their hash; they are opaque to us. */
export const MAX_ID = 191;
export const MAX_PERSON = 160;
export const MAX_ACCOUNT = 64;
/** What a person's id is in an event that names nobody. */
export const NOBODY = '-';

export const fit = (text: string, max: number): string =>
  text.length <= max ? text : `hash:${sha256(text).slice(0, 59)}`;

/** The id of an event that has none: the same event, delivered again, has the same one. */
export const hashed = (raw: unknown): string => `event:${sha256(JSON.stringify(raw) ?? '')}`;

/** Outside of these a platform's time is nonsense, and some of it no date at all; so is a message from after tomorrow. */
const EARLIEST = Date.UTC(2015, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const DAY_MS = 86_400_000;

/** The platform's time of an event in epoch milliseconds, or when we received it. */
export function instant(ms: number | undefined, receivedAt: Date): Date {
  if (ms === undefined || !(ms >= EARLIEST)) return receivedAt;
  return ms > receivedAt.getTime() + DAY_MS ? receivedAt : new Date(ms);
}

export const iso = (ms: number | undefined): string | undefined =>
  ms === undefined || ms < EARLIEST || ms > LATEST ? undefined : new Date(ms).toISOString();

/** The row that we marked a message with when we sent it: `outbox:42`. */
export function outgoingIdIn(mark: string | undefined): number | undefined {
  const [, digits] = /^outbox:(\d{1,15})$/.exec(mark ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}
