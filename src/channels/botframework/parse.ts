import { z } from 'zod';
import { fit, hashed, instant, MAX_ID, MAX_PERSON } from '../event-fields';
import type { EventBody, InboundEvent, MessageEvent } from '../inbound';
import type { Activity } from './activity';

type Attachment = NonNullable<MessageEvent['attachments']>[number];

/** The value of a button of ours; some channels send it back as if it had been typed. */
const BUTTON_VALUE = /^[A-Z_]{2,40}:[^]{1,1000}$/;
const coordinates = z.looseObject({ latitude: z.number(), longitude: z.number() });

/**
 * One activity as an event of ours. The other side is a person in a conversation: a group's people each have a cart of their
 * own, and what is said in one conversation is not answered in another.
 */
export function parseActivity(
  activity: Activity,
  accountId: string,
  receivedAt: Date,
): InboundEvent {
  const { channelId, conversation, from, id, timestamp } = activity;
  const sentAt = timestamp === undefined ? undefined : Date.parse(timestamp);
  return {
    channel: 'botframework',
    accountId,
    externalId: fit(`${channelId}:${conversation.id}:${from.id}`, MAX_PERSON),
    providerMessageId:
      id === undefined ? hashed(activity) : fit(`${channelId}:${conversation.id}:${id}`, MAX_ID),
    sentAt: instant(Number.isNaN(sentAt) ? undefined : sentAt, receivedAt),
    body: bodyOf(activity),
  };
}

function bodyOf(activity: Activity): EventBody {
  const { type, conversation, recipient, membersAdded = [] } = activity;
  if (type === 'message') return messageOf(activity);
  // Somebody has opened the chat: not the bot itself, and not one of many in a group.
  const isHello =
    type === 'conversationUpdate' &&
    !conversation.isGroup &&
    membersAdded.some(({ id }) => id !== recipient.id);
  if (isHello) return { kind: 'message', payload: 'GET_STARTED' };
  return { kind: 'other', name: type, raw: activity };
}

function messageOf(activity: Activity): MessageEvent {
  const text = withoutMention(activity.text ?? '');
  const payload = payloadOf(activity, text);
  const attachments = attachmentsOf(activity);
  return {
    kind: 'message',
    ...(text === '' || text === payload ? {} : { text }),
    ...(payload === undefined ? {} : { payload }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(activity.from.name ? { profileName: activity.from.name } : {}),
    ...(activity.replyToId ? { replyTo: activity.replyToId } : {}),
  };
}

/** In a channel of Teams a bot only hears what begins with its name. */
const withoutMention = (text: string): string => text.replace(/<at>.*?<\/at>/gis, '').trim();

/** A tapped button: `postBack` comes as text, `messageBack` and cards' own buttons as a value. */
function payloadOf({ value, channelData }: Activity, text: string): string | undefined {
  if (typeof value === 'string' && value !== '') return value.slice(0, 1000);
  const isPostBack = z.object({ postBack: z.literal(true) }).safeParse(channelData).success;
  if (text !== '' && (isPostBack || BUTTON_VALUE.test(text))) return text.slice(0, 1000);
  return undefined;
}

function attachmentsOf({ attachments = [], entities = [] }: Activity): Attachment[] {
  const files = attachments
    // Teams sends each text a second time, as a page.
    .filter(({ contentType = '' }) => !contentType.startsWith('text/html'))
    .map(({ contentType = '', contentUrl, name }): Attachment => ({
      type: kindOf(contentType),
      ...(contentUrl ? { url: contentUrl } : {}),
      ...(name ? { title: name } : {}),
    }));
  const places = entities.flatMap((entity): Attachment[] => {
    const place = coordinates.safeParse(entity);
    if (!place.success || entity.type !== 'GeoCoordinates') return [];
    const { latitude, longitude } = place.data;
    return [{ type: 'location', latitude, longitude }];
  });
  return [...places, ...files];
}

function kindOf(contentType: string): Attachment['type'] {
  const [kind] = contentType.split('/');
  if (kind === 'image' || kind === 'audio' || kind === 'video') return kind;
  return contentType.startsWith('application/vnd.microsoft.card') ? 'other' : 'file';
}
