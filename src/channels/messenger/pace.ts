import type { Pace } from '../channel';

/**
 * The Send API's calls a second for one page or Instagram account: text, links, templates and pictures. The 10 a second for audio
 * and video need no line of their own, since we send none (Messenger Platform, rate limits).
 */
export const PAGE_PACE: Pace = { perSecond: () => 300, burstMs: 0 };
