import { randomInt, randomUUID } from 'node:crypto';
import { inboundSms, twilioWebhook } from '../../src/playground/sign';
import type { Database } from '../../src/db/database';
import type { FakePlatforms, PlatformMessage } from './fake-platforms';

/** A person who writes by Twilio: to a number (SMS), or to a WhatsApp sender. */
export interface PhoneCustomer {
  phone: string;
  /** Posts one message; gives the webhook's status, or 0 when the app is gone. */
  post(text: string, fields?: Record<string, string>): Promise<number>;
  /** Writes a text and waits until everything is answered; gives the new messages. */
  say(text: string, fields?: Record<string, string>): Promise<PlatformMessage[]>;
  /** Sends the number before the newest option that matches. */
  pick(option: RegExp): Promise<PlatformMessage[]>;
  /** Reports what became of a message of the shop's. */
  report(
    message: PlatformMessage,
    status: string,
    fields?: Record<string, string>,
  ): Promise<number>;
  settled(): Promise<void>;
  seen(): PlatformMessage[];
  lastText(): string;
}

export interface TwilioSender {
  accountSid: string;
  authToken: string;
  number: string;
}

interface Around {
  url: () => string;
  sender: TwilioSender;
  platforms: FakePlatforms;
  db: Database;
  channel: 'sms' | 'whatsapp';
  phone?: string;
}

const SETTLE_DEADLINE_MS = 45_000;
const LOOK_EVERY_MS = 25;

export function phoneCustomer({
  url,
  sender,
  platforms,
  db,
  channel,
  phone = newPhone(),
}: Around): PhoneCustomer {
  const prefix = channel === 'whatsapp' ? 'whatsapp:' : '';
  const key = `${channel}:${sender.number}:${phone}`;
  const seen = () => platforms.messagesTo(phone);

  async function send(path: string, params: Record<string, string>): Promise<number> {
    // The app's own address is what it takes for PUBLIC_URL.
    const publicUrl = url().replace('127.0.0.1', 'localhost');
    const signed = twilioWebhook({
      authToken: sender.authToken,
      url: `${publicUrl}${path}`,
      params,
    });
    try {
      const response = await fetch(`${url()}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': signed.signature,
        },
        body: signed.body,
      });
      await response.text();
      return response.status;
    } catch {
      return 0;
    }
  }

  const post: PhoneCustomer['post'] = (body, fields = {}) =>
    send('/webhooks/twilio', {
      ...inboundSms({
        accountSid: sender.accountSid,
        from: `${prefix}${phone}`,
        to: `${prefix}${sender.number}`,
        body,
      }),
      ...fields,
    });

  const settled = () => laneSettled(db, key);

  const say: PhoneCustomer['say'] = async (text, fields) => {
    const before = seen().length;
    const status = await post(text, fields);
    if (status !== 200) throw new Error(`the webhook answered ${status}`);
    await settled();
    return seen().slice(before);
  };

  return {
    phone,
    post,
    say,
    settled,
    seen,
    pick: (option) => say(numberOf(option, seen().at(-1)?.text ?? '')),
    report: (message, status, fields = {}) =>
      send('/webhooks/twilio/status', {
        MessageSid: message.providerMessageId,
        MessageStatus: status,
        From: `${prefix}${sender.number}`,
        To: `${prefix}${phone}`,
        AccountSid: sender.accountSid,
        ...fields,
      }),
    lastText: () => seen().at(-1)?.text ?? '',
  };
}

/** Waits until nothing of a conversation is pending or queued. */
export async function laneSettled(db: Database, key: string): Promise<void> {
  const deadline = Date.now() + SETTLE_DEADLINE_MS;
  for (;;) {
    const [waiting] = await db.query<{ pending: number; queued: number }>(
      `SELECT (SELECT COUNT(*) FROM inbox_messages WHERE conversation_key = :key AND state = 'pending') AS pending,
              (SELECT COUNT(*) FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
               WHERE c.conversation_key = :key AND m.state = 'queued') AS queued`,
      { key },
    );
    if (waiting && waiting.pending === 0 && waiting.queued === 0) return;
    if (Date.now() > deadline) throw new Error(`not settled: ${JSON.stringify(waiting)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function numberOf(option: RegExp, text: string): string {
  for (const line of text.split('\n').reverse()) {
    const [, number, title = ''] = /^(\d+)\. (.*)$/.exec(line) ?? [];
    if (number && option.test(title)) return number;
  }
  throw new Error(`no option matches ${option}; last seen: ${text}`);
}

export const newPhone = (): string => `+63917${String(randomInt(1e7)).padStart(7, '0')}`;
export const newSid = (): string => `SM${randomUUID().replaceAll('-', '')}`;
