import type { Pace } from '../channel';

/** Numbers of the United States and Canada that are free to call. */
const TOLL_FREE = /^\+1(800|833|844|855|866|877|888)/;
const E164 = /^\+/;
const ALPHANUMERIC = /[A-Za-z]/;

/**
 * Segments a second that Twilio hands to the carriers for one sender: an ordinary number to the United States and Canada 1, a
 * toll-free one 3, to everywhere else 10, a name 10, a short code 100. What comes faster waits in Twilio's own queue, for four
 * hours at most (30001 beyond): a minute of it may wait there, the rest waits here, where a STOP still counts.
 */
export const SMS_PACE: Pace = {
  perSecond: (sender, to) => {
    if (ALPHANUMERIC.test(sender)) return 10;
    if (!E164.test(sender)) return 100;
    if (!to.startsWith('+1')) return 10;
    return TOLL_FREE.test(sender) ? 3 : 1;
  },
  burstMs: 60_000,
};
