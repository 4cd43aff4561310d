import { CONSENT_CHANNELS } from '../channels/consent-words';
import type { SendResult } from '../channels/channel';
import { findOptOut, insertConsent, type Identity } from '../customers/consent-store';
import type { Queryable } from '../db/database';

/** Our own word for it; a carrier's is its error code. */
const NOT_ATTEMPTED = 'opted_out';

/** Why a message is not even tried: the person has said stop. The one that answers that very STOP goes out. */
export async function refusedByOptOut(
  db: Queryable,
  person: Omit<Identity, 'businessId'>,
  inboxMessageId: number | null,
): Promise<Extract<SendResult, { ok: false }> | null> {
  if (!CONSENT_CHANNELS.has(person.channel)) return null;
  const optOut = await findOptOut(db, person);
  if (!optOut || (inboxMessageId !== null && optOut.inboxMessageId === inboxMessageId)) return null;
  return {
    ok: false,
    errorClass: 'opt_out',
    code: NOT_ATTEMPTED,
    message: 'the person has said stop',
  };
}

/** A carrier that refuses for an opt-out knows more than our ledger: from now on it says so, too. */
export async function recordCarrierOptOut(
  trx: Queryable,
  person: Identity,
  code: string,
  at: Date,
): Promise<void> {
  if (code === NOT_ATTEMPTED || !CONSENT_CHANNELS.has(person.channel)) return;
  if (await findOptOut(trx, person)) return;
  await insertConsent(trx, person, {
    action: 'opt_out',
    word: code,
    source: 'carrier',
    inboxMessageId: null,
    at,
  });
}
