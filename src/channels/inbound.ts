import { z } from 'zod';

export const CHANNELS = [
  'messenger',
  'instagram',
  'whatsapp',
  'sms',
  'email',
  'web',
  'botframework',
] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** A message, tap or other event that starts a turn. */
const messageEvent = z.object({
  kind: z.literal('message'),
  /** What was typed, or the title of what was tapped. */
  text: z.string().optional(),
  /** The value behind a tap: user-controlled all the same. */
  payload: z.string().optional(),
  attachments: z
    .array(
      z.object({
        type: z.enum(['image', 'audio', 'video', 'file', 'sticker', 'location', 'link', 'other']),
        url: z.string().optional(),
        /** By which the platform hands out the file, where it tells no address. */
        mediaId: z.string().optional(),
        title: z.string().optional(),
        latitude: z.number().optional(),
        longitude: z.number().optional(),
      }),
    )
    .optional(),
  /** A cart put together in the platform's own catalogue; its prices count for nothing. */
  cart: z.array(z.object({ sku: z.string(), quantity: z.number().int() })).optional(),
  note: z.string().optional(),
  /** The `ref` of a link, poster or ad that brought the person here. */
  referral: z.string().optional(),
  /** The message of ours that it answers, by the platform's id. */
  replyTo: z.string().optional(),
  profileName: z.string().optional(),
  /** The person's number, where it is not their id on the channel. */
  phone: z.string().optional(),
  /** What the carrier or the platform has understood as a word of consent, and has answered itself. */
  carrierKeyword: z.enum(['STOP', 'START', 'HELP']).optional(),
});

/** What happened to messages of ours. */
const receiptEvent = z.object({
  kind: z.literal('receipt'),
  status: z.enum(['sent', 'delivered', 'read', 'failed']),
  messageIds: z.array(z.string()).optional(),
  /** Everything sent up to this instant (ISO). */
  upTo: z.string().optional(),
  errorCode: z.string().optional(),
  /** The row of ours that it is about, where the platform carries our mark: it may come before the answer to our request. */
  outgoingId: z.number().int().optional(),
});

/** A message from our side that the platform reflects: the bot's own, or a person's in the page inbox. */
const echoEvent = z.object({
  kind: z.literal('echo'),
  messageId: z.string().optional(),
  text: z.string().optional(),
  /** The mark that we put on our own messages. */
  metadata: z.string().optional(),
  appId: z.string().optional(),
  /** What came with it, by its type: `image`. */
  attachments: z.array(z.string()).optional(),
});

/** The platform says that the person goes by another id from now on. */
const movedEvent = z.object({
  kind: z.literal('moved'),
  externalId: z.string(),
  /** Their number from now on, where it is told. */
  phone: z.string().optional(),
});

/** The person has taken a message back: its text is erased. */
const erasureEvent = z.object({ kind: z.literal('erasure'), messageId: z.string() });

/** Known and kept, but nothing to do yet; `name` is what is counted. */
const otherEvent = z.object({ kind: z.literal('other'), name: z.string(), raw: z.unknown() });

export const eventBody = z.discriminatedUnion('kind', [
  messageEvent,
  receiptEvent,
  echoEvent,
  erasureEvent,
  movedEvent,
  otherEvent,
]);
export type EventBody = z.infer<typeof eventBody>;
export type MessageEvent = z.infer<typeof messageEvent>;

/** One thing that a platform told us, in our own shape. */
export interface InboundEvent {
  channel: ChannelName;
  /** Our side: page id, phone number id or number. */
  accountId: string;
  /** Their side. */
  externalId: string;
  /** The platform's id of the event, or a hash of it where it has none. */
  providerMessageId: string;
  sentAt: Date;
  body: EventBody;
}

export const conversationKey = (
  channel: ChannelName,
  accountId: string,
  externalId: string,
): string => `${channel}:${accountId}:${externalId}`;
