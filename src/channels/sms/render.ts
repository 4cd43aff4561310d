import { splitText } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { numberedText } from '../numbered-text';
import type { Reply } from '../reply';
import { segmentsOf, toGsm } from './gsm';

/** Twilio takes 1600 characters; ten segments are already a lot to read on a small phone. */
export const MAX_SMS = 1530;

/** A reply as plain text, with what a GSM-7 message has. */
export function renderSms(reply: Reply): RenderedMessage[] {
  // Twilio refuses a message without words (21602): a reply of pictures alone is not sent.
  return splitText(toGsm(numberedText(reply)), MAX_SMS)
    .filter((part) => part.trim() !== '')
    .map((part) => ({ payload: { body: part }, display: part, segments: segmentsOf(part) }));
}
