import type { ChannelName } from '../channels/inbound';
import { isWhatsAppWeb } from '../channels/whatsapp-web/account';

/** What a platform lets us write in a conversation now. */
export type Window =
  /** Anything. */
  | 'open'
  /** Only what a person of the shop has written (the HUMAN_AGENT tag), and approved templates. */
  | 'person'
  /** Only approved templates. */
  | 'closed';

const HOUR_MS = 3_600_000;
/** Messenger, Instagram and WhatsApp alike. */
const WINDOW_MS = 24 * HOUR_MS;
/** For the words of a person on Messenger and Instagram. */
const PERSON_MS = 7 * 24 * HOUR_MS;

/**
 * The window of a conversation, by the platform's time of the person's last message, never by when we got it: a webhook may be
 * days late. With no message known the platform itself decides; its refusal is handled, too.
 */
export function windowOf(
  { channel, accountId }: { channel: ChannelName; accountId: string },
  lastInboundAt: Date | null | undefined,
  now: Date,
): Window {
  const hasWindow = channel === 'messenger' || channel === 'instagram' || channel === 'whatsapp';
  if (!hasWindow || isWhatsAppWeb(accountId) || !lastInboundAt) return 'open';
  const age = now.getTime() - lastInboundAt.getTime();
  if (age < WINDOW_MS) return 'open';
  return channel !== 'whatsapp' && age < PERSON_MS ? 'person' : 'closed';
}

/** For so long platforms deliver again what we have not acknowledged: WhatsApp the longest. */
const DELIVERED_WITHIN_MS = 7 * 24 * HOUR_MS;

/**
 * From when on the window of a message runs: by the platform's time, as late as it may have come. What is older than any
 * delivery can be is no time to go by (a wrong clock, a recorded body): then it runs from when we got it.
 */
export const windowStart = ({ sentAt, receivedAt }: { sentAt: Date; receivedAt: Date }): Date =>
  receivedAt.getTime() - sentAt.getTime() > DELIVERED_WITHIN_MS ? receivedAt : sentAt;

/** Whether a request is an approved template, which may go at any time: Messenger's, WhatsApp's, Twilio's. */
export const isTemplate = (payload: Record<string, unknown>): boolean =>
  payload.messaging_type === 'UTILITY' ||
  payload.type === 'template' ||
  payload.contentSid !== undefined;

/** The request as it may go now, or null when the platform would refuse it. */
export function inWindow(
  payload: Record<string, unknown>,
  window: Window,
  author: 'bot' | 'person',
): Record<string, unknown> | null {
  if (window === 'open' || isTemplate(payload)) return payload;
  if (window === 'person' && author === 'person')
    return { ...payload, messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  return null;
}
