import { z } from 'zod';
import { sha256 } from '../../lib/hash';
import {
  fit,
  hashed,
  instant,
  iso,
  MAX_ACCOUNT,
  MAX_ID,
  MAX_PERSON,
  NOBODY,
} from '../event-fields';
import type { ChannelName, EventBody, InboundEvent, MessageEvent } from '../inbound';

/** JSON has rounded a longer number already, and a rounded id is somebody else's. */
const id = z.union([z.string(), z.int()]).transform(String);
const party = z.object({ id }).optional();

const attachment = z.object({
  type: z.string().catch('other'),
  title: z.string().optional().catch(undefined),
  url: z.string().optional().catch(undefined),
  payload: z
    .object({
      url: z.string().optional(),
      title: z.string().optional(),
      coordinates: z.object({ lat: z.number(), long: z.number() }).optional(),
    })
    .nullish()
    .catch(undefined),
});
const referral = z.object({ ref: z.string().optional() }).optional().catch(undefined);

const messagingEvent = z.object({
  sender: party,
  recipient: party,
  // An odd time must not cost the message.
  timestamp: z.number().optional().catch(undefined),
  message: z
    .object({
      mid: z.string().optional(),
      text: z.string().optional(),
      is_echo: z.boolean().optional(),
      is_deleted: z.boolean().optional(),
      is_unsupported: z.boolean().optional(),
      app_id: id.optional().catch(undefined),
      metadata: z.string().optional(),
      quick_reply: z.object({ payload: z.string().optional() }).optional(),
      attachments: z.array(attachment).optional().catch(undefined),
      reply_to: z.object({ mid: z.string().optional() }).optional().catch(undefined),
      referral,
    })
    .optional(),
  postback: z
    .object({
      mid: z.string().optional(),
      title: z.string().optional(),
      payload: z.string().optional(),
      referral,
    })
    .optional(),
  referral: z.object({ ref: z.string().optional() }).optional(),
  delivery: z
    .object({ mids: z.array(z.string()).optional(), watermark: z.number().optional() })
    .optional(),
  read: z.object({ watermark: z.number().optional(), mid: z.string().optional() }).optional(),
  order: z
    .object({
      products: z.array(z.object({ retailer_id: id, quantity: z.coerce.number().int() })),
      note: z.string().optional(),
    })
    .optional(),
});
type MessagingEvent = z.infer<typeof messagingEvent>;

/** Our side of an entry: a page, or an Instagram account. */
type Ours = Pick<InboundEvent, 'channel' | 'accountId'>;

const CHANNEL_OF = new Map<string, ChannelName>([
  ['page', 'messenger'],
  ['instagram', 'instagram'],
]);

const envelope = z.object({ object: z.string(), entry: z.array(z.unknown()) });
const entrySchema = z.object({
  id,
  messaging: z.array(z.unknown()).optional(),
  standby: z.array(z.unknown()).optional(),
  changes: z.array(z.unknown()).optional(),
});

/**
 * Every event of every entry of a Messenger or Instagram webhook body, in the body's order (CHN-1). What is not understood
 * becomes an `other` event, so that it is kept and counted, and never hides its neighbours.
 */
export function parseMessengerWebhook(body: unknown, receivedAt: Date): InboundEvent[] {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return [unknownEvent('', body, receivedAt)];
  const { object, entry } = parsed.data;
  const channel = CHANNEL_OF.get(object);
  if (!channel) return entry.map((one) => unknownEvent(object, one, receivedAt));
  return entry.flatMap((one) => parseEntry(channel, one, receivedAt));
}

function parseEntry(channel: ChannelName, raw: unknown, receivedAt: Date): InboundEvent[] {
  const parsed = entrySchema.safeParse(raw);
  if (!parsed.success) return [unknownEvent('', raw, receivedAt)];
  const { id: accountId, messaging = [], standby = [], changes = [] } = parsed.data;
  const ours = { channel, accountId };
  return [
    ...messaging.map((event) => parseMessaging(ours, event, receivedAt)),
    ...standby.map((event) => other(ours, 'standby', event, receivedAt)),
    ...changes.map((event) => other(ours, 'changes', event, receivedAt)),
  ];
}

function parseMessaging(ours: Ours, raw: unknown, receivedAt: Date): InboundEvent {
  const parsed = messagingEvent.safeParse(raw);
  if (!parsed.success) return other(ours, 'malformed', raw, receivedAt);
  const event = parsed.data;
  const body = bodyOf(event, raw);
  const person = body.kind === 'echo' ? event.recipient?.id : event.sender?.id;
  if (!person) return other(ours, body.kind === 'other' ? body.name : 'malformed', raw, receivedAt);
  return {
    channel: ours.channel,
    accountId: fit(ours.accountId, MAX_ACCOUNT) || NOBODY,
    externalId: fit(person, MAX_PERSON),
    providerMessageId: idOf(event, raw),
    sentAt: instant(event.timestamp, receivedAt),
    body,
  };
}

function bodyOf(event: MessagingEvent, raw: unknown): EventBody {
  const { message, postback, delivery, read } = event;
  if (message?.is_echo) {
    return {
      kind: 'echo',
      messageId: message.mid,
      text: message.text,
      metadata: message.metadata,
      appId: message.app_id,
      attachments: message.attachments?.map(({ type }) => attachmentType(type)),
    };
  }
  // Taken back by the person: what we have stored of it goes, too.
  if (message?.is_deleted && message.mid)
    return { kind: 'erasure', messageId: fit(message.mid, MAX_ID) };
  // A mention in somebody's story, or a picture that vanishes, asks nothing of the shop.
  const passing = message?.text
    ? undefined
    : message?.attachments?.find(({ type }) => PASSING.has(type));
  if (passing) return { kind: 'other', name: passing.type, raw };
  if (message) {
    return {
      kind: 'message',
      text: message.text,
      payload: message.quick_reply?.payload,
      attachments: message.is_unsupported
        ? [{ type: 'other' }]
        : message.attachments?.map(attachmentOf),
      replyTo: message.reply_to?.mid,
      referral: message.referral?.ref,
    };
  }
  if (postback) {
    return {
      kind: 'message',
      text: postback.title,
      payload: postback.payload,
      referral: postback.referral?.ref,
    };
  }
  if (event.order) {
    const cart = event.order.products.map((p) => ({ sku: p.retailer_id, quantity: p.quantity }));
    return { kind: 'message', cart, note: event.order.note };
  }
  if (event.referral) return { kind: 'message', referral: event.referral.ref };
  if (delivery) {
    return {
      kind: 'receipt',
      status: 'delivered',
      messageIds: delivery.mids,
      upTo: iso(delivery.watermark),
    };
  }
  if (read) {
    return {
      kind: 'receipt',
      status: 'read',
      messageIds: read.mid ? [read.mid] : undefined,
      upTo: iso(read.watermark),
    };
  }
  return { kind: 'other', name: nameOf(raw), raw };
}

const PASSING = new Set(['story_mention', 'ephemeral']);
/** Things of the platform that are shared in a chat. */
const LINKS = new Set(['fallback', 'share', 'post', 'ig_post', 'reel', 'ig_reel']);

type Attachment = NonNullable<MessageEvent['attachments']>[number];

function attachmentOf(given: z.infer<typeof attachment>): Attachment {
  const coordinates = given.payload?.coordinates;
  return {
    type: attachmentType(given.type),
    url: given.payload?.url ?? given.url,
    title: given.payload?.title ?? given.title,
    latitude: coordinates?.lat,
    longitude: coordinates?.long,
  };
}

function attachmentType(type: string): Attachment['type'] {
  const known = ['image', 'audio', 'video', 'file', 'sticker', 'location'] as const;
  return known.find((one) => one === type) ?? (LINKS.has(type) ? 'link' : 'other');
}

function idOf(event: MessagingEvent, raw: unknown): string {
  const mid = event.message?.mid ?? event.postback?.mid;
  if (mid && event.message?.is_deleted) return fit(`deleted:${mid}`, MAX_ID);
  if (mid) return fit(mid, MAX_ID);
  if (event.postback) {
    return `postback:${sha256(`${event.sender?.id}|${event.timestamp}|${event.postback.payload}`)}`;
  }
  return hashed(raw);
}

/** The keys of the envelope around an event are not its kind. */
const ENVELOPE_KEYS = new Set(['sender', 'recipient', 'timestamp']);

function nameOf(raw: unknown): string {
  const key = Object.keys(raw as object).find((name) => !ENVELOPE_KEYS.has(name));
  return (key ?? 'unknown').slice(0, 64);
}

function other(ours: Ours, name: string, raw: unknown, receivedAt: Date): InboundEvent {
  const parties = z
    .object({ sender: party.catch(undefined), timestamp: z.number().optional().catch(undefined) })
    .safeParse(raw);
  return {
    channel: ours.channel,
    accountId: fit(ours.accountId, MAX_ACCOUNT) || NOBODY,
    externalId: fit((parties.success && parties.data.sender?.id) || NOBODY, MAX_PERSON),
    providerMessageId: hashed(raw),
    sentAt: instant(parties.success ? parties.data.timestamp : undefined, receivedAt),
    body: { kind: 'other', name, raw },
  };
}

const unknownEvent = (object: string, raw: unknown, receivedAt: Date): InboundEvent =>
  other({ channel: 'messenger', accountId: '' }, `object ${object}`.slice(0, 64), raw, receivedAt);
