import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** The keys that sealed texts can be opened with; new ones are sealed with the first. */
export interface KeyRing {
  current: Key;
  known: ReadonlyMap<string, Key>;
}
interface Key {
  /** Four bytes that name the key and tell nothing of it. */
  id: Buffer;
  bytes: Buffer;
}

export type Opened =
  | { ok: true; text: string }
  /** `unknown_key`: sealed with a key that we do not have. `damaged`: changed, cut, or taken from another place. */
  | { ok: false; reason: 'unknown_key' | 'damaged' };

/** version (1) | key id (4) | nonce (12) | tag (16) | ciphertext */
const VERSION = 1;
const ID_BYTES = 4;
/** What NIST SP 800-38D (5.2.1.1) recommends for GCM; random, it may be drawn 2^32 times under one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + ID_BYTES;
const OVERHEAD = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;

/** Keys of 64 hexadecimal digits (ENCRYPTION_KEY): the one in use, then those that were in use before it. */
export function createKeyRing(current: string, ...earlier: readonly string[]): KeyRing {
  const keys = [current, ...earlier].map(toKey);
  return {
    current: keys[0]!,
    // The earlier ones first: should two ids be the same, the current key is the one that counts.
    known: new Map(keys.reverse().map((key) => [key.id.toString('hex'), key])),
  };
}

function toKey(hex: string): Key {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length !== 32) throw new Error('an encryption key has 64 hexadecimal digits');
  const id = createHmac('sha256', bytes).update('tindera key id').digest().subarray(0, ID_BYTES);
  return { id, bytes };
}

/**
 * Encrypts a text by AES-256-GCM under a fresh nonce (RUN-6). It opens only in the same `place`: what is copied to another
 * row or column does not.
 */
export function seal(ring: KeyRing, text: string, place: string): Buffer {
  const { id, bytes } = ring.current;
  const head = Buffer.concat([Buffer.from([VERSION]), id]);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(head, place));
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), encrypted]);
}

/** The text that was sealed in this place. */
export function open(ring: KeyRing, sealed: Buffer, place: string): Opened {
  if (sealed.length < OVERHEAD || sealed[0] !== VERSION) return { ok: false, reason: 'damaged' };
  const key = ring.known.get(sealed.subarray(1, HEAD_BYTES).toString('hex'));
  if (!key) return { ok: false, reason: 'unknown_key' };
  const nonce = sealed.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(sealed.subarray(0, HEAD_BYTES), place));
  decipher.setAuthTag(sealed.subarray(HEAD_BYTES + NONCE_BYTES, OVERHEAD));
  try {
    const text = Buffer.concat([decipher.update(sealed.subarray(OVERHEAD)), decipher.final()]);
    return { ok: true, text: text.toString('utf8') };
  } catch {
    return { ok: false, reason: 'damaged' };
  }
}

/** Whether it should be sealed anew, after a rotation. */
export const isUnderEarlierKey = (ring: KeyRing, sealed: Buffer): boolean =>
  !sealed.subarray(1, HEAD_BYTES).equals(ring.current.id);

/** The head is bound, too: nobody can make it name another key or version. */
const associated = (head: Buffer, place: string): Buffer =>
  Buffer.concat([head, Buffer.from(place, 'utf8')]);
