import { createHmac, randomUUID } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio';

/** A body and its signature, byte for byte as the platform would send them. */
export interface SignedBody {
  body: string;
  signature: string;
}

type Coordinates = { latitude: number; longitude: number; title?: string };

export interface MessengerWebhookOptions {
  /** Default: page. */
  object?: 'page' | 'instagram';
  appSecret: string;
  pageId: string;
  /** The person's page-scoped id. */
  from: string;
  mid?: string;
  /** Epoch milliseconds. */
  timestamp?: number;
  text?: string;
  /** A tapped quick reply: `text` is its title. */
  quickReply?: { payload: string };
  /** A tapped button, Get Started, a menu entry. */
  postback?: { title: string; payload: string };
  image?: { url: string };
  location?: Coordinates;
  /** Alone: an opened m.me link. With a message or a postback: the ad or link that led to it. */
  referral?: { ref: string; source?: string; type?: string };
  /** Messages of ours that have arrived on the phone. */
  delivery?: { mids: string[]; watermark: number };
  /** Everything of ours up to this instant was read. */
  read?: { watermark: number };
}

export function messengerWebhook(options: MessengerWebhookOptions): SignedBody {
  const timestamp = options.timestamp ?? Date.now();
  const event = {
    sender: { id: options.from },
    recipient: { id: options.pageId },
    timestamp,
    ...messengerEvent(options),
  };
  const entry = [{ id: options.pageId, time: timestamp, messaging: [event] }];
  const body = metaJson({ object: options.object ?? 'page', entry });
  return { body, signature: metaSignature(options.appSecret, body) };
}

function messengerEvent(options: MessengerWebhookOptions): Record<string, unknown> {
  const { text, quickReply, postback, image, location, delivery, read } = options;
  const mid = options.mid ?? `m_${randomUUID()}`;
  const referral = options.referral && {
    source: 'SHORTLINK',
    type: 'OPEN_THREAD',
    ...options.referral,
  };
  const withReferral = referral ? { referral } : {};
  if (delivery) return { delivery };
  if (read) return { read };
  if (postback) return { postback: { mid, ...postback, ...withReferral } };
  const attachments = [
    ...(image ? [{ type: 'image', payload: { url: image.url } }] : []),
    ...(location ? [locationAttachment(location)] : []),
  ];
  if (text === undefined && attachments.length === 0) return withReferral;
  return {
    message: {
      mid,
      ...(text === undefined ? {} : { text }),
      ...(quickReply ? { quick_reply: quickReply } : {}),
      ...(attachments.length > 0 ? { attachments } : {}),
      ...withReferral,
    },
  };
}

function locationAttachment({ latitude, longitude, title }: Coordinates): Record<string, unknown> {
  return {
    type: 'location',
    title: title ?? 'Pinned Location',
    payload: { coordinates: { lat: latitude, long: longitude } },
  };
}

/**
 * Meta signs JSON whose non-ASCII characters travel as \uXXXX and whose slashes are escaped: whoever checks
 * the signature over a body that was parsed and written again fails.
 */
export function metaJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/');
}

/** The value of X-Hub-Signature-256. */
export function metaSignature(appSecret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

export interface TwilioWebhookOptions {
  authToken: string;
  /** The full public URL that Twilio is told to call, with its query string. */
  url: string;
  params: Record<string, string>;
}

/** A form-encoded body and the value of X-Twilio-Signature. */
export function twilioWebhook({ authToken, url, params }: TwilioWebhookOptions): SignedBody {
  return {
    body: new URLSearchParams(params).toString(),
    signature: getExpectedTwilioSignature(authToken, url, params),
  };
}

export interface InboundSmsOptions {
  accountSid: string;
  from: string;
  to: string;
  body: string;
  messageSid?: string;
}

/** The parameters of an SMS that came in. */
export function inboundSms(options: InboundSmsOptions): Record<string, string> {
  const sid = options.messageSid ?? `SM${randomUUID().replaceAll('-', '')}`;
  return {
    ToCountry: 'PH',
    SmsMessageSid: sid,
    NumMedia: '0',
    SmsSid: sid,
    SmsStatus: 'received',
    Body: options.body,
    FromCountry: 'PH',
    To: options.to,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: options.accountSid,
    From: options.from,
    ApiVersion: '2010-04-01',
  };
}
