import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { graphError, invalidParameter } from './errors';
import { refuseInstagramRequest } from './instagram-limits';
import { refuseMessengerRequest } from './messenger-limits';
import {
  isRecord,
  type FakePlatformsOptions,
  type PlatformMessage,
  type PlatformResponse,
} from './platform';

/** What becomes of a call of the Send API: an answer at once, or a message to deliver and then answer. */
export type Outcome =
  { answer: PlatformResponse } | { message: PlatformMessage; success: PlatformResponse };

/** One call serves both; whose id it is tells where it goes. In our samples Instagram's begin so. */
const IGSID = /^6\d{15}$/;

/** `POST /<version>/<page id or me>/messages` */
export function handleMessengerCall(request: Request, options: FakePlatformsOptions): Outcome {
  const page = String(request.params.page);
  const token = accessToken(request);
  if (!token) {
    return {
      answer: graphError(104, 'An access token is required to request this resource.', {
        status: 401,
      }),
    };
  }
  if (!(options.isAuthorized?.('messenger', page, token) ?? true)) {
    return { answer: graphError(190, 'Invalid OAuth access token - Cannot parse access token') };
  }
  const body: unknown = request.body;
  const refusal = refuseMessengerRequest(body);
  if (refusal) return { answer: refusal };
  if (!isRecord(body)) return { answer: invalidParameter('Param body must be an object') };

  const recipient = recipientOf(body);
  const platform = IGSID.test(recipient) ? 'instagram' : 'messenger';
  const refusedThere = platform === 'instagram' ? refuseInstagramRequest(body) : null;
  if (refusedThere) return { answer: refusedThere };
  if (typeof body.sender_action === 'string') {
    options.onSenderAction?.(recipient, body.sender_action);
    return { answer: { status: 200, body: { recipient_id: recipient } } };
  }
  const messageId = `m_${randomUUID().replaceAll('-', '')}${randomUUID().replaceAll('-', '')}`;
  return {
    message: {
      platform,
      accountId: page,
      recipient,
      text: readable(body.message).join('\n'),
      body,
      providerMessageId: messageId,
    },
    success: { status: 200, body: { recipient_id: recipient, message_id: messageId } },
  };
}

function accessToken(request: Request): string {
  const bearer = /^Bearer (.+)$/.exec(request.header('authorization') ?? '')?.[1];
  const { access_token: inQuery } = request.query;
  return bearer ?? (typeof inQuery === 'string' ? inQuery : '');
}

function recipientOf(body: Record<string, unknown>): string {
  const recipient = isRecord(body.recipient) ? Object.values(body.recipient) : [];
  return String(recipient.find((id) => typeof id === 'string') ?? '');
}

/** Every text that a person reads: the message's own, and the titles of cards. */
function readable(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(readable);
  if (!isRecord(part)) return [];
  const own = [part.text, part.title, part.subtitle].filter((text) => typeof text === 'string');
  const inside = isRecord(part.attachment)
    ? readable(part.attachment.payload)
    : readable(part.elements);
  return [...own, ...inside];
}
