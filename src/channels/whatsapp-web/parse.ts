import { fit, instant, MAX_ID, MAX_PERSON, NOBODY } from '../event-fields';
import { eventBody, type EventBody, type InboundEvent, type MessageEvent } from '../inbound';
import type { BrowserEvent, SeenMessage } from './messages';

type Attachment = NonNullable<MessageEvent['attachments']>[number];

/** A person's chat: their number, or the id behind which WhatsApp hides it. */
const NUMBER = /^(\d{6,15})(?::\d+)?@(?:c\.us|s\.whatsapp\.net)$/;
const HIDDEN = /^\d{1,40}(?::\d+)?@lid$/;

/** An event of the browser in our own shape; nothing for what is not a chat with one person: groups, status, channels. */
export function parseWhatsAppWeb(
  accountId: string,
  event: BrowserEvent,
  receivedAt: Date,
): InboundEvent | null {
  const { message } = event;
  const person = personOf(message.isFromMe ? message.to : message.from);
  if (!person || message.isStatus || message.from === message.to) return null;
  const read = contentOfEvent(event);
  if (!read) return null;
  const { id, body } = read;
  return {
    channel: 'whatsapp',
    accountId,
    externalId: fit(person, MAX_PERSON),
    providerMessageId: fit(id, MAX_ID),
    sentAt: sentAt(event, receivedAt),
    body,
  };
}

/** Numbers as everywhere else, with a plus; hidden ids as they are. */
function personOf(chatId: string): string | undefined {
  const [, digits] = NUMBER.exec(chatId) ?? [];
  if (digits !== undefined) return `+${digits}`;
  return HIDDEN.test(chatId) ? chatId : undefined;
}

/** The chat of a person, as `personOf` has named them. */
export const chatIdOf = (person: string): string =>
  person.startsWith('+') ? `${person.slice(1)}@c.us` : person;

/** An acknowledgement and a taking back bear the time of the message that they are about. */
const sentAt = ({ kind, message }: BrowserEvent, receivedAt: Date): Date =>
  kind === 'message' || kind === 'own'
    ? instant(message.timestamp === undefined ? undefined : message.timestamp * 1000, receivedAt)
    : receivedAt;

function contentOfEvent(event: BrowserEvent): { id: string; body: EventBody } | null {
  const { message } = event;
  switch (event.kind) {
    case 'message':
      return message.isFromMe ? null : { id: message.id, body: bodyOf(message) };
    case 'own':
      return {
        id: message.id,
        body: { kind: 'echo', messageId: message.id, text: message.body },
      };
    case 'ack':
      return message.isFromMe ? receiptOf(message, event.ack, event.outgoingId) : null;
    case 'revoked':
      return {
        id: `${message.id}:revoked`,
        body: { kind: 'erasure', messageId: fit(event.revokedId, MAX_ID) },
      };
    case 'other':
      return {
        id: `${message.id}:${event.name}:${message.timestamp ?? 0}`,
        body: { kind: 'other', name: event.name, raw: message },
      };
  }
}

/** 0 is "not sent yet"; a voice message that was played (4) was read. */
const ACKS = new Map([
  [-1, 'failed'],
  [1, 'sent'],
  [2, 'delivered'],
  [3, 'read'],
  [4, 'read'],
] as const);

/** The error code of a message that WhatsApp could not send after it had taken it. */
export const ACK_ERROR = 'ack_error';

function receiptOf(
  message: SeenMessage,
  ack: number,
  outgoingId: number | undefined,
): { id: string; body: EventBody } | null {
  const status = ACKS.get(ack as -1);
  if (!status) return null;
  return {
    id: `${message.id}:${status}`,
    body: {
      kind: 'receipt',
      status,
      messageIds: [message.id],
      outgoingId,
      errorCode: status === 'failed' ? ACK_ERROR : undefined,
    },
  };
}

function bodyOf(message: SeenMessage): EventBody {
  const { profileName, phone } = message;
  const content = contentOf(message);
  const read = eventBody.safeParse({
    kind: 'message',
    profileName,
    phone: phone && personOf(phone),
    ...content,
  });
  // The page may hand us anything, such as a location without a place.
  return content && read.success ? read.data : { kind: 'other', name: message.type, raw: message };
}

const FILES: Record<string, Attachment['type']> = {
  image: 'image',
  album: 'image',
  video: 'video',
  audio: 'audio',
  ptt: 'audio',
  document: 'file',
  sticker: 'sticker',
};
/** Said by a person, and nothing that we could read. */
const UNREADABLE = new Set([
  'vcard',
  'multi_vcard',
  'poll_creation',
  'payment',
  'groups_v4_invite',
  'scheduled_event_creation',
]);

/** What the person has said with it, or nothing where no answer is asked for: notices, calls, kinds that are new. */
function contentOf(message: SeenMessage): Partial<MessageEvent> | undefined {
  const { type, body, location, order } = message;
  switch (type) {
    case 'chat':
    case 'product':
      return { text: body };
    case 'buttons_response':
    case 'template_button_reply':
    case 'list_response':
      return { text: body, payload: message.selectedId };
    case 'location':
      return location && { attachments: [{ type: 'location', ...location }] };
    case 'order':
      // Its products have to be asked for; when WhatsApp did not tell them, the person is asked.
      return order && order.length > 0 ? { cart: order } : { attachments: [{ type: 'other' }] };
    default:
      if (Object.hasOwn(FILES, type)) return fileOf(message, FILES[type] ?? 'other');
      return UNREADABLE.has(type) ? { attachments: [{ type: 'other' }] } : undefined;
  }
}

/** The browser hands the file out by the message's id. */
const fileOf = (
  { id, body, filename }: SeenMessage,
  type: Attachment['type'],
): Partial<MessageEvent> => ({
  text: body,
  attachments: [{ type, mediaId: id || NOBODY, title: filename }],
});
