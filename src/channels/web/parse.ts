import { z } from 'zod';
import type { InboundEvent, MessageEvent } from '../inbound';
import type { Visitor } from './visitor-token';

/** Made up by the browser for each message. */
export const clientId = z
  .string()
  .regex(/^[\w-]{8,64}$/, 'must be 8 to 64 letters, digits, - or _');

/** What the widget sends. `id` is made up by the browser: a message that is sent again has the same one (G-2). */
export const visitorMessage = z
  .strictObject({
    id: clientId,
    text: z.string().trim().min(1).max(2000).optional(),
    /** The value of a button that we have shown. */
    payload: z.string().min(1).max(1000).optional(),
    location: z
      .strictObject({
        latitude: z.number().min(-90).max(90),
        longitude: z.number().min(-180).max(180),
      })
      .optional(),
    /** The `ref` of the link that led to the page. */
    referral: z.string().min(1).max(200).optional(),
  })
  .refine(({ text, payload, location }) => text ?? payload ?? location, {
    message: 'must have a text, a payload or a location',
  });
export type VisitorMessage = z.infer<typeof visitorMessage>;

/** A visitor's message as an event of ours. */
export const parseVisitorMessage = (
  visitor: Visitor,
  message: VisitorMessage,
  receivedAt: Date,
): InboundEvent => eventOf(visitor, message.id, bodyOf(message), receivedAt);

/** A picture that a visitor has sent; its bytes are stored already, under the same id. */
export const parseVisitorFile = (visitor: Visitor, id: string, receivedAt: Date): InboundEvent =>
  eventOf(
    visitor,
    id,
    { kind: 'message', attachments: [{ type: 'image', mediaId: id }] },
    receivedAt,
  );

/** Its time is ours: the widget sends one after the other, so they come in their order, and a browser's clock says nothing. */
const eventOf = (
  { businessId, visitorId }: Visitor,
  id: string,
  body: MessageEvent,
  receivedAt: Date,
): InboundEvent => ({
  channel: 'web',
  accountId: String(businessId),
  externalId: visitorId,
  // Nobody can take the id of somebody else's message.
  providerMessageId: `${visitorId}:${id}`,
  sentAt: receivedAt,
  body,
});

function bodyOf({ text, payload, location, referral }: VisitorMessage): MessageEvent {
  return {
    kind: 'message',
    ...(text === undefined ? {} : { text }),
    ...(payload === undefined ? {} : { payload }),
    ...(referral === undefined ? {} : { referral }),
    ...(location ? { attachments: [{ type: 'location', ...location }] } : {}),
  };
}

/** The browser's own id of a message, by which the widget knows it again. */
export const clientIdOf = (providerMessageId: string): string =>
  providerMessageId.slice(providerMessageId.indexOf(':') + 1);
