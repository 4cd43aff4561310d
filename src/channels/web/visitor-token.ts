import { createHmac } from 'node:crypto';
import { equalInConstantTime } from '../../lib/hash';

/** A browser in the chat of a business: made up by us, known again by its token. */
export interface Visitor {
  businessId: number;
  /** 32 hexadecimal digits. */
  visitorId: string;
}

/** A browser that comes back within this time is the same visitor; each visit begins the time anew. */
const LIFETIME_MS = 180 * 24 * 60 * 60_000;
const TOKEN = /^(\d{1,15})\.([0-9a-f]{32})\.(\d{1,12})\.([\w-]{43})$/;

/** Signed with a key of its own, so that nothing else that JWT_SECRET signs can pass for it. */
const keyOf = (secret: string): Buffer =>
  createHmac('sha256', secret).update('web chat visitor').digest();

const signatureOf = (secret: string, claims: string): string =>
  createHmac('sha256', keyOf(secret)).update(claims).digest('base64url');

/** What the visitor's browser keeps and shows with each request; `now` is when it begins to count. */
export function signVisitor(secret: string, { businessId, visitorId }: Visitor, now: Date): string {
  const claims = `${businessId}.${visitorId}.${Math.floor(now.getTime() / 1000)}`;
  return `${claims}.${signatureOf(secret, claims)}`;
}

/** The visitor of a token that we have signed and that is not too old; undefined for anything else. */
export function verifyVisitor(secret: string, token: string, now: Date): Visitor | undefined {
  const [, businessId, visitorId, issuedAt, signature] = TOKEN.exec(token) ?? [];
  if (!businessId || !visitorId || !issuedAt || !signature) return undefined;
  const claims = `${businessId}.${visitorId}.${issuedAt}`;
  if (!equalInConstantTime(signature, signatureOf(secret, claims))) return undefined;
  const isExpired = now.getTime() > Number(issuedAt) * 1000 + LIFETIME_MS;
  return isExpired ? undefined : { businessId: Number(businessId), visitorId };
}
