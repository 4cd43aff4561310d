import { z } from 'zod';
import { fit, hashed, instant, MAX_ACCOUNT, MAX_ID, MAX_PERSON, NOBODY } from '../event-fields';
import type { InboundEvent } from '../inbound';

const text = z.string().optional().catch(undefined);
const id = z.union([z.string(), z.int()]).transform(String);

const change = z.object({
  field: z.literal('smb_message_echoes'),
  value: z.object({
    metadata: z.object({ phone_number_id: id }),
    message_echoes: z.array(z.unknown()),
  }),
});
const echo = z.object({
  id: z.string().min(1),
  to: text,
  to_user_id: text,
  timestamp: z.coerce.number().optional().catch(undefined),
  type: z.string(),
  text: z.object({ body: z.string() }).optional().catch(undefined),
});

/**
 * What a person of the shop has written on the phone, where the number is used with the WhatsApp Business app, too (Cloud API,
 * "coexistence"). Messages that we send by the API are not among them. Undefined when the change is another one.
 */
export function parseEchoes(raw: unknown, receivedAt: Date): InboundEvent[] | undefined {
  const parsed = change.safeParse(raw);
  if (!parsed.success) return undefined;
  const { metadata, message_echoes: echoes } = parsed.data.value;
  return echoes.map((one) => parseOne(metadata.phone_number_id, one, receivedAt));
}

function parseOne(account: string, raw: unknown, receivedAt: Date): InboundEvent {
  const parsed = echo.safeParse(raw);
  const accountId = fit(account, MAX_ACCOUNT) || NOBODY;
  const given = parsed.success ? parsed.data : undefined;
  const person = given?.to_user_id ?? (given?.to ? `+${given.to}` : undefined);
  if (!given || !person) {
    const body = { kind: 'other' as const, name: 'malformed echo', raw };
    const nobody = { externalId: NOBODY, providerMessageId: hashed(raw), sentAt: receivedAt };
    return { channel: 'whatsapp', accountId, ...nobody, body };
  }
  return {
    channel: 'whatsapp',
    accountId,
    externalId: fit(person, MAX_PERSON),
    providerMessageId: fit(given.id, MAX_ID),
    sentAt: instant(given.timestamp === undefined ? undefined : given.timestamp * 1000, receivedAt),
    body: {
      kind: 'echo',
      messageId: given.id,
      text: given.text?.body,
      attachments: given.text ? undefined : [given.type],
    },
  };
}
