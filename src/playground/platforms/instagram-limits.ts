import { invalidParameter } from './errors';
import { isRecord, type PlatformResponse } from './platform';

const MAX_TEXT_BYTES = 1000;

/** What Instagram refuses beyond what Messenger refuses: its text is counted in bytes, and choices hang on a text. */
export function refuseInstagramRequest(body: Record<string, unknown>): PlatformResponse | null {
  const message = isRecord(body.message) ? body.message : {};
  if (typeof message.text === 'string' && Buffer.byteLength(message.text) > MAX_TEXT_BYTES)
    return invalidParameter(
      `Length of param message[text] must be at most ${MAX_TEXT_BYTES} bytes`,
    );
  if (message.quick_replies !== undefined && message.text === undefined)
    return invalidParameter('Param message[text] is required with message[quick_replies]');
  if (body.messaging_type === 'MESSAGE_TAG' && body.tag !== 'HUMAN_AGENT')
    return invalidParameter('Param tag must be HUMAN_AGENT');
  if (body.messaging_type === 'UTILITY')
    return invalidParameter('Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}');
  return null;
}
