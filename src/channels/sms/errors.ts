import type { Treatment } from '../channel';

/** A handset that is switched off or out of reach: a few tries, and not at once. */
const HANDSET_TRIES = 3;
const HANDSET_PAUSE_MS = 5 * 60_000;

/** Error codes of Twilio's messaging and what is to be done about each (twilio.com/docs/api/errors). */
const TABLE: readonly (readonly [Treatment, readonly number[]])[] = [
  [{ errorClass: 'retry', slowsAccount: true }, [20429, 14107, 30001, 63018]],
  // The token is wrong, the account is not there, or not active.
  [{ errorClass: 'configuration', slowsAccount: true, stopsAccount: true }, [20003, 20404, 20005]],
  // No such number, no mobile, a landline, nobody's; no WhatsApp recipient.
  [
    { errorClass: 'permanent', stopsPerson: true },
    [21211, 21614, 21635, 30005, 30006, 63024, 63003],
  ],
  [{ errorClass: 'opt_out' }, [21610]],
  // The country is not switched on; the sender or the route does not fit; too long; empty: this message, not the next one.
  [{ errorClass: 'permanent' }, [21408, 21606, 21612, 21659, 21617, 21602]],
  [
    { errorClass: 'retry', mostTries: HANDSET_TRIES, retryAfterMs: HANDSET_PAUSE_MS },
    [30003, 30008],
  ],
  // The account is suspended, the message blocked, filtered by the carrier, or its sender not registered.
  [{ errorClass: 'permanent' }, [30002, 30004, 30007, 30034]],
  // The window of WhatsApp is closed.
  [{ errorClass: 'reroute' }, [63016]],
];

const BY_CODE = new Map(
  TABLE.flatMap(([treatment, codes]) => codes.map((code) => [code, treatment] as const)),
);

/** What is to be done about a Twilio error. An answer without a code is not Twilio's: the outcome is unknown. */
export function classifyTwilioError(
  code: number | undefined,
  status: number | undefined,
): Treatment {
  const known = BY_CODE.get(code ?? NaN);
  if (known) return known;
  if (status === 429) return { errorClass: 'retry', slowsAccount: true };
  const isUnknown = code === undefined || status === undefined;
  return { errorClass: isUnknown || status >= 500 ? 'retry' : 'permanent' };
}
