import { normalise } from '../lib/text';
import type { ChannelName } from './inbound';

export type ConsentWord = 'stop' | 'start' | 'help';

/** Where a person can end our messages by a word: carriers and WhatsApp's rules ask for it. */
export const CONSENT_CHANNELS: ReadonlySet<ChannelName> = new Set<ChannelName>(['sms', 'whatsapp']);

/** A whole message, in any of the languages. */
const STOP = new Set(
  ['stop', 'stop all', 'stopall', 'unsubscribe', 'revoke', 'optout', 'opt out', 'tigil', 'itigil', 'itigil na', 'ihinto', 'hinto'],
); // prettier-ignore
const START = new Set(['start', 'unstop', 'subscribe', 'opt in', 'optin']);
const HELP = new Set(['help', 'info', 'tulong']);
/**
 * Twilio ends the messages of a number at these words, too, before we see them (default opt-out keywords), so on SMS they
 * cannot mean an order: "cancel order" does.
 */
const CARRIER_STOP = new Set(['cancel', 'end', 'quit']);
/** These mean it only from someone who has said stop. */
const START_AFTER_STOP = new Set(['yes', 'oo', 'simulan', 'ituloy']);

/** The word of consent that a message is, if it is nothing but that. */
export function consentWord(
  channel: ChannelName,
  text: string,
  isStopped: boolean,
): ConsentWord | undefined {
  const typed = normalise(text);
  if (STOP.has(typed) || (channel === 'sms' && CARRIER_STOP.has(typed))) return 'stop';
  if (START.has(typed) || (isStopped && START_AFTER_STOP.has(typed))) return 'start';
  return HELP.has(typed) ? 'help' : undefined;
}
