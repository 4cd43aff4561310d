import { fit, hashed, MAX_ACCOUNT, MAX_ID, MAX_PERSON, NOBODY } from '../event-fields';
import type { ChannelName, EventBody, InboundEvent, MessageEvent } from '../inbound';
import type { Form } from './signature';

type Attachment = NonNullable<MessageEvent['attachments']>[number];

const WHATSAPP = 'whatsapp:';
/** Twilio takes ten files with a message. */
const MAX_MEDIA = 10;

/** A message that came in by SMS or WhatsApp. Twilio tells no time, so it has ours. */
export function parseTwilioMessage(form: Form, receivedAt: Date): InboundEvent {
  const sid = one(form, 'MessageSid') ?? one(form, 'SmsMessageSid') ?? one(form, 'SmsSid');
  const isComplete = sid !== undefined && one(form, 'From') !== undefined;
  return {
    ...between(form, 'To', 'From'),
    providerMessageId: isComplete ? fit(sid, MAX_ID) : hashed(form),
    sentAt: receivedAt,
    body: isComplete ? messageOf(form) : { kind: 'other', name: 'malformed', raw: form },
  };
}

function messageOf(form: Form): EventBody {
  return {
    kind: 'message',
    text: one(form, 'Body'),
    payload: one(form, 'ButtonPayload') ?? one(form, 'ListId'),
    attachments: attachmentsOf(form),
    referral: one(form, 'ReferralSourceId'),
    replyTo: one(form, 'OriginalRepliedMessageSid'),
    profileName: one(form, 'ProfileName'),
    carrierKeyword: (['STOP', 'START', 'HELP'] as const).find(
      (word) => word === one(form, 'OptOutType'),
    ),
  };
}

function attachmentsOf(form: Form): Attachment[] | undefined {
  const count = Math.min(Number(one(form, 'NumMedia')) || 0, MAX_MEDIA);
  const media = Array.from({ length: Math.max(count, 0) }, (_, index): Attachment => {
    const url = one(form, `MediaUrl${index}`);
    return { type: mediaType(one(form, `MediaContentType${index}`)), url };
  });
  const latitude = Number(one(form, 'Latitude') ?? NaN);
  const longitude = Number(one(form, 'Longitude') ?? NaN);
  const title = one(form, 'Label') ?? one(form, 'Address');
  const place: Attachment[] =
    Number.isFinite(latitude) && Number.isFinite(longitude)
      ? [{ type: 'location', title, latitude, longitude }]
      : [];
  const all = [...media, ...place];
  return all.length > 0 ? all : undefined;
}

function mediaType(contentType = ''): Attachment['type'] {
  const [kind] = contentType.split('/');
  return (['image', 'audio', 'video'] as const).find((known) => known === kind) ?? 'file';
}

/** Twilio's states of a message of ours; the others are on the way to one of these. */
const STATUSES = {
  sent: 'sent',
  delivered: 'delivered',
  partially_delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
} as const;

/** What became of a message of ours. `outbox` is the mark that we gave its call-back address. */
export function parseTwilioStatus(form: Form, outbox: unknown, receivedAt: Date): InboundEvent {
  const sid = one(form, 'MessageSid') ?? one(form, 'SmsSid');
  const name = one(form, 'MessageStatus') ?? one(form, 'SmsStatus') ?? '';
  const status = Object.hasOwn(STATUSES, name)
    ? STATUSES[name as keyof typeof STATUSES]
    : undefined;
  const isKnown = sid !== undefined && status !== undefined;
  return {
    ...between(form, 'From', 'To'),
    // A message has each state once; its repeat changes nothing.
    providerMessageId: sid === undefined ? hashed(form) : fit(`${sid}:${name}`, MAX_ID),
    sentAt: receivedAt,
    body: isKnown
      ? {
          kind: 'receipt',
          status,
          messageIds: [sid],
          errorCode: one(form, 'ErrorCode'),
          outgoingId:
            typeof outbox === 'string' && /^\d{1,15}$/.test(outbox) ? Number(outbox) : undefined,
        }
      : { kind: 'other', name: `status ${name}`.trim(), raw: form },
  };
}

/** Either end of a request may be our number: which one is ours is only known once it is known who has signed it. */
export function accountsNamedIn(form: Form): Pick<InboundEvent, 'channel' | 'accountId'>[] {
  return [between(form, 'To', 'From'), between(form, 'From', 'To')];
}

/** Both ends of a message: which field is ours depends on the direction. */
function between(
  form: Form,
  ours: string,
  theirs: string,
): Pick<InboundEvent, 'channel' | 'accountId' | 'externalId'> {
  const account = one(form, ours) ?? '';
  const person = one(form, theirs) ?? '';
  const channel: ChannelName = [account, person].some((end) => end.startsWith(WHATSAPP))
    ? 'whatsapp'
    : 'sms';
  const bare = (end: string) => (end.startsWith(WHATSAPP) ? end.slice(WHATSAPP.length) : end);
  return {
    channel,
    accountId: fit(bare(account), MAX_ACCOUNT) || NOBODY,
    externalId: fit(bare(person), MAX_PERSON) || NOBODY,
  };
}

/** A field's value; the first one of a repeated field, and nothing for an empty one. */
function one(form: Form, name: string): string | undefined {
  const value = Object.hasOwn(form, name) ? form[name] : undefined;
  const first = Array.isArray(value) ? value[0] : value;
  return first === '' ? undefined : first;
}
