import type { Pace } from '../channel';

/**
 * Messages a second for one number: 80, up to 1,000 after an upgrade, 20 where the number is shared with the phone's app
 * (WHATSAPP_MESSAGES_PER_SECOND). Of the pair rate, a message in six seconds to the same person with 45 borrowed, the
 * platform tells with 131056, which slows that person only: no dialog comes near it.
 */
export const NUMBER_PACE: Pace = { perSecond: () => 80, burstMs: 0 };
