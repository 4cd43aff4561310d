import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { segmentsOf } from '../../channels/sms/gsm';
import { twilioError } from './errors';
import type { Outcome } from './messenger';
import { isRecord, type FakePlatformsOptions } from './platform';

const E164 = /^\+[1-9]\d{6,14}$/;
const MAX_BODY_LENGTH = 1600;
const WHATSAPP = /^whatsapp:/;

/** `POST /2010-04-01/Accounts/<sid>/Messages.json` */
export function handleTwilioCall(request: Request, options: FakePlatformsOptions): Outcome {
  const sid = String(request.params.sid);
  const { user, password } = basicAuth(request);
  // An API key may stand in for the account's SID; both come with a secret.
  const isKnown = options.isAuthorized?.('sms', sid, password) ?? true;
  if (!user || !password || (user.startsWith('AC') && user !== sid) || !isKnown) {
    return { answer: twilioError(20003, 'Authenticate', 401) };
  }
  const form = isRecord(request.body) ? request.body : {};
  const refusal = refuseForm(form);
  if (refusal) return { answer: refusal };

  const { to, from, text, isWhatsApp } = read(form);
  const messageSid = `SM${randomUUID().replaceAll('-', '')}`;
  return {
    message: {
      platform: isWhatsApp ? 'whatsapp' : 'sms',
      accountId: from,
      recipient: to,
      text,
      body: form,
      providerMessageId: messageSid,
    },
    success: { status: 201, body: created(sid, messageSid, form, options.now?.() ?? new Date()) },
  };
}

function basicAuth(request: Request): { user: string; password: string } {
  const encoded = /^Basic (.+)$/i.exec(request.header('authorization') ?? '')?.[1] ?? '';
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return {
    user: decoded.slice(0, Math.max(colon, 0)),
    password: colon < 0 ? '' : decoded.slice(colon + 1),
  };
}

/** A parameter that is sent twice arrives as a list: MediaUrl may, the others may not. */
function read(form: Record<string, unknown>): {
  to: string;
  from: string;
  text: string;
  media: string[];
  isWhatsApp: boolean;
} {
  const one = (name: string) => (typeof form[name] === 'string' ? form[name] : '');
  return {
    to: one('To').replace(WHATSAPP, ''),
    from: one('From').replace(WHATSAPP, '') || one('MessagingServiceSid'),
    isWhatsApp: WHATSAPP.test(one('To')) && WHATSAPP.test(one('From')),
    text: one('Body'),
    media: [form.MediaUrl ?? []].flat().map(String),
  };
}

function refuseForm(form: Record<string, unknown>) {
  const { to, from, text, media } = read(form);
  if (!to) return twilioError(21604, "A 'To' phone number is required.");
  if (!E164.test(to)) return twilioError(21211, `Invalid 'To' Phone Number: ${to}`);
  if (!from) return twilioError(21603, "A 'From' phone number is required.");
  if (!E164.test(from) && !from.startsWith('MG'))
    return twilioError(21212, `Invalid 'From' Phone Number: ${from}`);
  if (from === to) return twilioError(21266, "'To' and 'From' number cannot be the same");
  const refusal = refuseContent(form);
  if (refusal) return refusal;
  if (text.trim() === '' && media.length === 0 && form.ContentSid === undefined)
    return twilioError(21602, 'Message body is required.');
  if (text.length > MAX_BODY_LENGTH) {
    return twilioError(21617, 'The concatenated message body exceeds the 1600 character limit');
  }
  return null;
}

/** An approved template: its id, and what fills it as a JSON object of texts. */
function refuseContent({ ContentSid: sid, ContentVariables: variables }: Record<string, unknown>) {
  if (sid === undefined) return null;
  if (typeof sid !== 'string' || !/^HX[0-9a-f]{32}$/.test(sid))
    return twilioError(21701, 'The ContentSid is invalid');
  const isFilled = (value: unknown) => typeof value === 'string' && value.trim() !== '';
  try {
    const filled: unknown = JSON.parse(typeof variables === 'string' ? variables : '{}');
    if (isRecord(filled) && Object.values(filled).every(isFilled)) return null;
  } catch {
    // Refused below.
  }
  return twilioError(21656, 'The ContentVariables parameter is invalid');
}

function created(accountSid: string, sid: string, form: Record<string, unknown>, at: Date) {
  const { to, from, text, media } = read(form);
  const date = at.toUTCString().replace('GMT', '+0000');
  const isService = from.startsWith('MG');
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: text,
    date_created: date,
    date_sent: null,
    date_updated: date,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: isService ? null : from,
    messaging_service_sid: isService ? from : null,
    num_media: String(media.length),
    num_segments: isService ? '0' : String(segmentsOf(text)),
    price: null,
    price_unit: 'USD',
    sid,
    status: isService ? 'accepted' : 'queued',
    to,
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
  };
}
