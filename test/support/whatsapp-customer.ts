import { randomUUID } from 'node:crypto';
import { metaJson, metaSignature } from '../../src/playground/sign';
import type { Database } from '../../src/db/database';
import type { FakePlatforms, PlatformMessage } from './fake-platforms';
import { laneSettled, newPhone } from './phone-customer';

export interface WhatsAppNumber {
  phoneNumberId: string;
  appSecret: string;
}

/** A message as the Cloud API reports it, without its frame. */
type Content = { type: string } & Record<string, unknown>;

/** A person on WhatsApp: what they do goes through the real webhook, what they see is what the platform was asked to show. */
export interface WhatsAppCustomer {
  /** Their id as the shop knows it. */
  id: string;
  /** Posts one message; gives the webhook's status, or 0 when the app is gone. */
  post(content: Content, frame?: { id?: string; timestamp?: number }): Promise<number>;
  send(content: Content): Promise<PlatformMessage[]>;
  say(text: string): Promise<PlatformMessage[]>;
  /** Taps the newest button or row whose title matches. */
  tap(title: RegExp): Promise<PlatformMessage[]>;
  report(message: PlatformMessage, status: string, more?: Record<string, unknown>): Promise<number>;
  settled(): Promise<void>;
  seen(): PlatformMessage[];
  lastText(): string;
}

interface Around {
  url: () => string;
  number: WhatsAppNumber;
  platforms: FakePlatforms;
  db: Database;
  phone?: string;
  /** With a user id the number is told only when it is given, too. */
  userId?: string;
}

export function whatsappCustomer({ url, number, platforms, db, ...who }: Around): WhatsAppCustomer {
  const phone = who.phone ?? (who.userId ? undefined : newPhone());
  const id = who.userId ?? phone ?? '';
  const seen = () => platforms.messagesTo(id);
  const from = {
    ...(phone ? { from: phone.slice(1) } : {}),
    ...(who.userId ? { from_user_id: who.userId } : {}),
  };

  async function webhook(value: Record<string, unknown>): Promise<number> {
    const metadata = { display_phone_number: '15550001111', phone_number_id: number.phoneNumberId };
    const change = {
      field: 'messages',
      value: { messaging_product: 'whatsapp', metadata, ...value },
    };
    const entry = [{ id: '100000000000501', changes: [change] }];
    const body = metaJson({ object: 'whatsapp_business_account', entry });
    try {
      const response = await fetch(`${url()}/webhooks/whatsapp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-hub-signature-256': metaSignature(number.appSecret, body),
        },
        body,
      });
      await response.text();
      return response.status;
    } catch {
      return 0;
    }
  }

  const post: WhatsAppCustomer['post'] = (content, frame = {}) =>
    webhook({
      contacts: [{ profile: { name: 'Sheena' }, wa_id: phone?.slice(1), user_id: who.userId }],
      messages: [
        {
          ...from,
          id: frame.id ?? `wamid.${randomUUID()}`,
          timestamp: String(frame.timestamp ?? Math.floor(Date.now() / 1000)),
          ...content,
        },
      ],
    });

  const settled = () => laneSettled(db, `whatsapp:${number.phoneNumberId}:${id}`);
  const send = async (content: Content): Promise<PlatformMessage[]> => {
    const before = seen().length;
    const status = await post(content);
    if (status !== 200) throw new Error(`the webhook answered ${status}`);
    await settled();
    return seen().slice(before);
  };

  return {
    id,
    post,
    send,
    settled,
    seen,
    say: (text) => send({ type: 'text', text: { body: text } }),
    tap: (title) => send(tapIn(seen(), title)),
    report: (message, status, more = {}) =>
      webhook({
        statuses: [
          {
            id: message.providerMessageId,
            status,
            timestamp: String(Math.floor(Date.now() / 1000)),
            recipient_id: phone?.slice(1),
            recipient_user_id: who.userId,
            biz_opaque_callback_data: message.body.biz_opaque_callback_data,
            ...more,
          },
        ],
      }),
    lastText: () => seen().at(-1)?.text ?? '',
  };
}

interface Shown {
  interactive?: {
    action: {
      buttons?: { reply: { id: string; title: string } }[];
      sections?: { rows: { id: string; title: string; description?: string }[] }[];
    };
  };
}

function tapIn(messages: PlatformMessage[], title: RegExp): Content {
  for (const { body } of [...messages].reverse()) {
    const { interactive } = body as Shown;
    const button = interactive?.action.buttons?.find(({ reply }) => title.test(reply.title));
    if (button)
      return {
        type: 'interactive',
        interactive: { type: 'button_reply', button_reply: button.reply },
      };
    const rows = interactive?.action.sections?.flatMap((section) => section.rows) ?? [];
    const row = rows.find((one) => title.test(one.title));
    if (row) return { type: 'interactive', interactive: { type: 'list_reply', list_reply: row } };
  }
  const texts = messages.slice(-3).map(({ text }) => text);
  throw new Error(`nothing to tap matches ${title}; last seen: ${JSON.stringify(texts)}`);
}
