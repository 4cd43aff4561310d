/** A limit for each of many keys, in this process. */
export interface RateLimit {
  /** Takes one; 0 when it was there, else how many milliseconds to wait. */
  take(key: string): number;
}

/** So many keys are remembered at most; a key with all its tokens back is forgotten first. */
const MAX_KEYS = 50_000;

/** `burst` at once, and `perSecond` in the long run (a token bucket for each key). */
export function createRateLimit(
  { burst, perSecond }: { burst: number; perSecond: number },
  now: () => number,
): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const refilled = ({ tokens, at }: { tokens: number; at: number }) =>
    Math.min(burst, tokens + (Math.max(0, now() - at) / 1000) * perSecond);
  const forget = () => {
    for (const [key, bucket] of buckets) if (refilled(bucket) >= burst) buckets.delete(key);
    // All of them are busy: the oldest go, which lets them send a little more than they should.
    for (const key of buckets.keys()) {
      if (buckets.size < MAX_KEYS) break;
      buckets.delete(key);
    }
  };
  return {
    take: (key) => {
      const tokens = refilled(buckets.get(key) ?? { tokens: burst, at: now() });
      if (tokens < 1) return Math.ceil(((1 - tokens) / perSecond) * 1000);
      buckets.delete(key);
      if (buckets.size >= MAX_KEYS) forget();
      buckets.set(key, { tokens: tokens - 1, at: now() });
      return 0;
    },
  };
}
