import { randomBytes, randomUUID } from 'node:crypto';

/** The only source of randomness in the product; tests pass a predictable one. */
export interface Ids {
  /** A new opaque id, for instances and leases. */
  next(): string;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

export const systemIds: Ids = {
  next: () => randomUUID(),
  random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};
