import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { graphError, invalidParameter } from './errors';
import type { Outcome } from './messenger';
import { isRecord, type FakePlatformsOptions } from './platform';
import { refuseWhatsAppRequest } from './whatsapp-limits';

/** `POST /<version>/<phone number id>/messages` with `messaging_product: whatsapp` */
export function handleWhatsAppCall(request: Request, options: FakePlatformsOptions): Outcome {
  const number = String(request.params.page);
  const token = /^Bearer (.+)$/.exec(request.header('authorization') ?? '')?.[1] ?? '';
  if (!token || !(options.isAuthorized?.('whatsapp', number, token) ?? true))
    return { answer: graphError(190, 'Invalid OAuth access token', { status: 401 }) };
  const body: unknown = request.body;
  if (!isRecord(body)) return { answer: invalidParameter('Param body must be an object') };
  const recipient = [body.to, body.recipient].find((one) => typeof one === 'string') ?? '';
  if (body.status === 'read') {
    options.onSenderAction?.(typeof body.message_id === 'string' ? body.message_id : '', 'read');
    return { answer: { status: 200, body: { success: true } } };
  }
  const refusal = refuseWhatsAppRequest(body);
  if (refusal) return { answer: refusal };
  const id = `wamid.${Buffer.from(randomUUID()).toString('base64')}`;
  return {
    message: {
      platform: 'whatsapp',
      accountId: number,
      recipient,
      text: readable(body),
      body,
      providerMessageId: id,
    },
    success: {
      status: 200,
      body: {
        messaging_product: 'whatsapp',
        contacts: [{ input: recipient, wa_id: recipient.replace(/^\+/, '') }],
        messages: [{ id, message_status: 'accepted' }],
      },
    },
  };
}

/** What a person reads: the text, a caption, or what stands over buttons. */
function readable(body: Record<string, unknown>): string {
  const at = (part: unknown, key: string): unknown => (isRecord(part) ? part[key] : undefined);
  const found = [
    at(body.text, 'body'),
    at(body.image, 'caption'),
    at(at(body.interactive, 'body'), 'text'),
  ].find((text) => typeof text === 'string');
  return String(found ?? '');
}
