import { z } from 'zod';
import {
  fit,
  hashed,
  instant,
  MAX_ACCOUNT,
  MAX_ID,
  MAX_PERSON,
  NOBODY,
  outgoingIdIn,
} from '../event-fields';
import type { EventBody, InboundEvent, MessageEvent } from '../inbound';
import { parseEchoes } from './parse-echo';
import { movedTo } from './parse-system';

type Attachment = NonNullable<MessageEvent['attachments']>[number];

const text = z.string().optional().catch(undefined);
const id = z.union([z.string(), z.int()]).transform(String);

const envelope = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(z.object({ changes: z.array(z.unknown()).catch([]) })),
});
const change = z.object({
  field: z.string(),
  value: z.object({
    metadata: z.object({ phone_number_id: id }),
    contacts: z.array(z.unknown()).optional().catch(undefined),
    messages: z.array(z.unknown()).optional().catch(undefined),
    statuses: z.array(z.unknown()).optional().catch(undefined),
    errors: z.array(z.unknown()).optional().catch(undefined),
  }),
});
const contact = z.object({
  wa_id: text,
  user_id: text,
  profile: z.object({ name: text }).optional().catch(undefined),
});

const media = z.object({ id, caption: text, filename: text });
const reply = z.object({ id: z.string(), title: text });
const message = z.object({
  id: z.string().min(1),
  from: text,
  from_user_id: text,
  timestamp: z.coerce.number().optional().catch(undefined),
  type: z.string(),
  context: z
    .object({
      id: text,
      referred_product: z.object({ product_retailer_id: id }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  referral: z.object({ source_id: text }).optional().catch(undefined),
  text: z.object({ body: z.string() }).optional(),
  interactive: z
    .object({ button_reply: reply.optional(), list_reply: reply.optional() })
    .optional(),
  button: z.object({ payload: text, text }).optional(),
  image: media.optional(),
  video: media.optional(),
  audio: media.optional(),
  document: media.optional(),
  sticker: media.optional(),
  location: z
    .object({
      latitude: z.coerce.number(),
      longitude: z.coerce.number(),
      name: text,
      address: text,
    })
    .optional(),
  order: z
    .object({
      text,
      product_items: z.array(
        z.object({ product_retailer_id: id, quantity: z.coerce.number().int() }),
      ),
    })
    .optional(),
});
type Message = z.infer<typeof message>;

const status = z.object({
  id: z.string().min(1),
  status: z.enum(['sent', 'delivered', 'read', 'failed', 'played']),
  timestamp: z.coerce.number().optional().catch(undefined),
  recipient_id: text,
  recipient_user_id: text,
  biz_opaque_callback_data: text,
  errors: z
    .array(z.object({ code: id }))
    .optional()
    .catch(undefined),
});

/**
 * Every message and status of a Cloud API webhook body, in the body's order (CHN-2). What is not understood becomes an
 * `other` event, so that it is kept and counted, and never hides its neighbours.
 */
export function parseWhatsAppWebhook(body: unknown, receivedAt: Date): InboundEvent[] {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return [other(NOBODY, 'unknown object', body, receivedAt)];
  return parsed.data.entry.flatMap(({ changes }) =>
    changes.flatMap((one) => parseChange(one, receivedAt)),
  );
}

function parseChange(raw: unknown, receivedAt: Date): InboundEvent[] {
  const echoes = parseEchoes(raw, receivedAt);
  if (echoes) return echoes;
  const parsed = change.safeParse(raw);
  const field = z.object({ field: z.string() }).safeParse(raw);
  if (!parsed.success || parsed.data.field !== 'messages')
    return [other(NOBODY, field.success ? field.data.field : 'malformed', raw, receivedAt)];
  const { value } = parsed.data;
  const account = value.metadata.phone_number_id;
  const names = namesIn(value.contacts ?? []);
  return [
    ...(value.messages ?? []).map((one) => parseMessage(account, names, one, receivedAt)),
    ...(value.statuses ?? []).map((one) => parseStatus(account, one, receivedAt)),
    ...(value.errors ?? []).map((one) => other(account, 'errors', one, receivedAt)),
  ];
}

/** The profile names of a body's people, by both of their ids. */
function namesIn(contacts: unknown[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const raw of contacts) {
    const parsed = contact.safeParse(raw);
    const name = parsed.success ? parsed.data.profile?.name : undefined;
    if (!parsed.success || name === undefined) continue;
    for (const key of [parsed.data.wa_id, parsed.data.user_id]) if (key) names.set(key, name);
  }
  return names;
}

function parseMessage(
  account: string,
  names: Map<string, string>,
  raw: unknown,
  receivedAt: Date,
): InboundEvent {
  const parsed = message.safeParse(raw);
  if (!parsed.success) return other(account, 'malformed', raw, receivedAt);
  const given = parsed.data;
  const phone = given.from ? `+${given.from}` : undefined;
  // A user id stays when the number is hidden, so it goes before the number.
  const person = given.from_user_id ?? phone;
  if (!person) return other(account, 'malformed', raw, receivedAt);
  const body = bodyOf(given, raw);
  const profileName = names.get(given.from_user_id ?? '') ?? names.get(given.from ?? '');
  return {
    channel: 'whatsapp',
    accountId: fit(account, MAX_ACCOUNT) || NOBODY,
    externalId: fit(person, MAX_PERSON),
    providerMessageId: fit(given.id, MAX_ID),
    sentAt: at(given.timestamp, receivedAt),
    body:
      body.kind === 'message'
        ? { ...body, profileName, phone: person === phone ? undefined : phone }
        : body,
  };
}

function bodyOf(given: Message, raw: unknown): EventBody {
  const moved = given.type === 'system' ? movedTo(raw) : undefined;
  if (moved) return moved;
  const content = contentOf(given);
  if (!content) return { kind: 'other', name: given.type, raw };
  return {
    kind: 'message',
    replyTo: given.context?.id,
    referral: given.referral?.source_id,
    ...content,
  };
}

/** What the person has said with it, or nothing when it asks for no answer: reactions, system messages, flows. */
function contentOf(given: Message): Partial<MessageEvent> | undefined {
  const { interactive, button, location, order } = given;
  const chosen = interactive?.button_reply ?? interactive?.list_reply;
  const product = given.context?.referred_product?.product_retailer_id;
  switch (given.type) {
    case 'text':
      // Written on a product's own page: the question is about that product.
      return {
        text: given.text?.body,
        payload: product === undefined ? undefined : `SHOW_PRODUCT:${product}`,
      };
    case 'interactive':
      return chosen && { text: chosen.title, payload: chosen.id };
    case 'button':
      return button && { text: button.text, payload: button.payload };
    case 'location':
      return (
        location && {
          attachments: [
            {
              type: 'location',
              title: location.name ?? location.address,
              latitude: location.latitude,
              longitude: location.longitude,
            },
          ],
        }
      );
    case 'order':
      return (
        order && {
          cart: order.product_items.map((item) => ({
            sku: item.product_retailer_id,
            quantity: item.quantity,
          })),
          note: order.text === '' ? undefined : order.text,
        }
      );
    case 'contacts':
    case 'unsupported':
      return { attachments: [{ type: 'other' }] };
    case 'request_welcome':
      // The chat was opened for the first time, and nothing is said yet.
      return { referral: '' };
    default:
      return mediaOf(given);
  }
}

function mediaOf(given: Message): Partial<MessageEvent> | undefined {
  const types: Record<string, [z.infer<typeof media> | undefined, Attachment['type']]> = {
    image: [given.image, 'image'],
    video: [given.video, 'video'],
    audio: [given.audio, 'audio'],
    document: [given.document, 'file'],
    sticker: [given.sticker, 'sticker'],
  };
  const [file, type] = (Object.hasOwn(types, given.type) && types[given.type]) || [];
  if (!file || !type) return undefined;
  return { text: file.caption, attachments: [{ type, mediaId: file.id, title: file.filename }] };
}

/** A voice message that was played was read. */
const STATUSES = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
} as const;

function parseStatus(account: string, raw: unknown, receivedAt: Date): InboundEvent {
  const parsed = status.safeParse(raw);
  if (!parsed.success) return other(account, 'malformed status', raw, receivedAt);
  const given = parsed.data;
  const person =
    given.recipient_user_id ?? (given.recipient_id ? `+${given.recipient_id}` : NOBODY);
  return {
    channel: 'whatsapp',
    accountId: fit(account, MAX_ACCOUNT) || NOBODY,
    externalId: fit(person, MAX_PERSON),
    // A message has each state once; its repeat changes nothing.
    providerMessageId: fit(`${given.id}:${given.status}`, MAX_ID),
    sentAt: at(given.timestamp, receivedAt),
    body: {
      kind: 'receipt',
      status: STATUSES[given.status],
      messageIds: [given.id],
      errorCode: given.errors?.[0]?.code,
      outgoingId: outgoingIdIn(given.biz_opaque_callback_data),
    },
  };
}

const other = (account: string, name: string, raw: unknown, receivedAt: Date): InboundEvent => ({
  channel: 'whatsapp',
  accountId: fit(account, MAX_ACCOUNT) || NOBODY,
  externalId: NOBODY,
  providerMessageId: hashed(raw),
  sentAt: receivedAt,
  body: { kind: 'other', name: name.slice(0, 64), raw },
});

/** WhatsApp's times are in seconds. The 24 hours count from them: a repeat may come a week later. */
const at = (seconds: number | undefined, receivedAt: Date): Date =>
  instant(seconds === undefined ? undefined : seconds * 1000, receivedAt);
