import type { Treatment } from '../channel';

/** With the sender's waits about six minutes. */
const FEW_TRIES = 10;
/** The message may have been sent all the same. */
const TRIES_OF_UNKNOWN = 3;
const TWO_TRIES = 2;
/** One message in six seconds to the same person; bursts borrow from the future. */
const PAIR_PAUSE_MS = 6_000;
/** "Retry after 4^X seconds." */
const PAIR_GROWTH = 4;
const COEXISTENCE_PAUSE_MS = 5_000;

/** Error codes of the Cloud API and what is to be done about each (error codes of the WhatsApp Business Platform). */
const TABLE: readonly (readonly [Treatment, readonly number[]])[] = [
  // Credentials and permissions; 200 to 299 as well.
  [stopped(), [0, 3, 10, 190, 131005]],
  // Spam limit, policy, lock, country, payment, display name, certificate, registration.
  [stopped(), [131048, 368, 131031, 130497, 131042, 131037, 131045, 133010]],
  [{ errorClass: 'retry', mostTries: FEW_TRIES }, [1, 2, 131016, 133004]],
  [{ errorClass: 'retry', mostTries: TRIES_OF_UNKNOWN }, [131000]],
  [{ errorClass: 'retry', slowsAccount: true }, [4, 80007, 130429]],
  [{ errorClass: 'retry', retryAfterMs: PAIR_PAUSE_MS, growth: PAIR_GROWTH }, [131056]],
  // Maintenance; a flow that is throttled.
  [{ errorClass: 'retry' }, [131057, 132069]],
  [{ errorClass: 'retry', mostTries: TWO_TRIES, retryAfterMs: COEXISTENCE_PAUSE_MS }, [131060]],
  // The window is closed.
  [{ errorClass: 'reroute' }, [131047]],
  // Not on WhatsApp, an old app, terms not accepted, blocked: this person, now.
  [{ errorClass: 'reroute' }, [131026]],
  // Not delivered by Meta's choice: not again within 24 hours.
  [{ errorClass: 'reroute' }, [131049, 130472]],
  // No marketing, says the person. What we send is not; it is no word about orders.
  [{ errorClass: 'reroute' }, [131050]],
  // The request, the template or the flow is wrong; 132015 says that the template is paused.
  [{ errorClass: 'permanent' }, [33, 100, 131008, 131009, 131021, 131051, 134011, 135000]],
  [{ errorClass: 'permanent' }, [132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068]],
  [{ errorClass: 'retry', mostTries: TWO_TRIES, isPicture: true }, [131052, 131053]],
];

const BY_CODE = new Map(
  TABLE.flatMap(([treatment, codes]) => codes.map((code) => [code, treatment] as const)),
);

/** What is to be done about a Cloud API error, by its code: answered at once, or reported later with a status. */
export function classifyWhatsAppError(code: number, status: number): Treatment {
  const known = BY_CODE.get(code);
  if (known) return known;
  if (code >= 200 && code < 300) return stopped();
  return status >= 500
    ? { errorClass: 'retry', mostTries: FEW_TRIES }
    : { errorClass: 'permanent' };
}

function stopped(): Treatment {
  return { errorClass: 'configuration', slowsAccount: true, stopsAccount: true };
}
