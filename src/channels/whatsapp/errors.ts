import type { ErrorClass } from '../channel';

export interface WhatsAppErrorClass {
  errorClass: ErrorClass;
  slowsAccount: boolean;
  retryAfterMs?: number;
}

/** Credentials and permissions, and whatever stops the whole number: spam limit, policy, lock, payment, name, registration. */
const CONFIGURATION = new Set([
  0, 3, 10, 190, 131005, 131048, 368, 131031, 130497, 131042, 131037, 131045, 133010,
]);
const ACCOUNT_LIMITS = new Set([4, 80007, 130429]);
const TEMPORARY = new Set([1, 2, 131000, 131016, 133004, 131057, 132069, 131052, 131053]);
/** Closed window, not on WhatsApp, not delivered by Meta's choice, no marketing: this person, here, now. */
const UNREACHABLE = new Set([131047, 131026, 131049, 130472, 131050]);
/** One message in six seconds to the same person; bursts borrow from the future. */
const PAIR_LIMIT = 131056;
const PAIR_PAUSE_MS = 6_000;
const COEXISTENCE = 131060;
const COEXISTENCE_PAUSE_MS = 5_000;

/** The class of a Cloud API error, by its code (error codes of the WhatsApp Business Platform). */
export function classifyWhatsAppError(code: number, status: number): WhatsAppErrorClass {
  const is = (errorClass: ErrorClass, slowsAccount = false): WhatsAppErrorClass => ({
    errorClass,
    slowsAccount,
  });
  if (CONFIGURATION.has(code) || (code >= 200 && code < 300)) return is('configuration', true);
  if (ACCOUNT_LIMITS.has(code)) return is('retry', true);
  if (code === PAIR_LIMIT) return { ...is('retry'), retryAfterMs: PAIR_PAUSE_MS };
  if (code === COEXISTENCE) return { ...is('retry'), retryAfterMs: COEXISTENCE_PAUSE_MS };
  if (UNREACHABLE.has(code)) return is('reroute');
  return is(TEMPORARY.has(code) || status >= 500 ? 'retry' : 'permanent');
}
