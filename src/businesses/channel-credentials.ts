import { isUnderEarlierKey, open, seal, type KeyRing } from '../lib/secret-box';
import type { ChannelRow } from './channel-account-store';

/** The secrets of an account, as its platform knows them. */
export interface ChannelSecrets {
  /** What webhooks are signed with. */
  secret: string;
  /** What we send with. */
  token: string;
  /** The word of Meta's handshake; null with Twilio. */
  verifyToken: string | null;
}

type Owner = Pick<ChannelRow, 'businessId' | 'channel' | 'accountId'>;
type Sealed = Pick<ChannelRow, 'sealedSecret' | 'sealedToken' | 'sealedVerifyToken'>;
const FIELDS = ['secret', 'token', 'verify_token'] as const;

/** A sealed secret opens only for its own business, channel, account and field: in another row or column it is of no use. */
const placeOf = (owner: Owner, field: (typeof FIELDS)[number]): string =>
  JSON.stringify([owner.businessId, owner.channel, owner.accountId, field]);

export function sealSecrets(ring: KeyRing, owner: Owner, secrets: ChannelSecrets): Sealed {
  return {
    sealedSecret: seal(ring, secrets.secret, placeOf(owner, 'secret')),
    sealedToken: seal(ring, secrets.token, placeOf(owner, 'token')),
    sealedVerifyToken:
      secrets.verifyToken === null
        ? null
        : seal(ring, secrets.verifyToken, placeOf(owner, 'verify_token')),
  };
}

/** The secrets of a row, or which of them cannot be opened and why. */
export function openSecrets(
  ring: KeyRing,
  row: Owner & Sealed,
): ({ ok: true } & ChannelSecrets) | { ok: false; field: string; reason: string } {
  const opened: (string | null)[] = [];
  for (const [at, field] of FIELDS.entries()) {
    const sealed = [row.sealedSecret, row.sealedToken, row.sealedVerifyToken][at] ?? null;
    const result = sealed && open(ring, sealed, placeOf(row, field));
    if (result && !result.ok) return { ok: false, field, reason: result.reason };
    opened.push(result?.text ?? null);
  }
  const [secret, token, verifyToken] = opened;
  return { ok: true, secret: secret ?? '', token: token ?? '', verifyToken: verifyToken ?? null };
}

/** The row's secrets under the key in use; null when they are, or when they cannot be opened. */
export function resealed(ring: KeyRing, row: ChannelRow): Sealed | null {
  const all = [row.sealedSecret, row.sealedToken, row.sealedVerifyToken];
  if (!all.some((sealed) => sealed !== null && isUnderEarlierKey(ring, sealed))) return null;
  const secrets = openSecrets(ring, row);
  return secrets.ok ? sealSecrets(ring, row, secrets) : null;
}
