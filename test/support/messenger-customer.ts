import { randomInt } from 'node:crypto';
import { messengerWebhook, type MessengerWebhookOptions } from '../../src/playground/sign';
import type { Database } from '../../src/db/database';
import type { FakePlatforms, PlatformMessage } from './fake-platforms';

export interface MessengerPage {
  pageId: string;
  appSecret: string;
}

/** A person on Messenger: what they do goes through the real webhook, what they see is what the platform was asked to show. */
export interface MessengerCustomer {
  psid: string;
  /** Posts one webhook; gives its status, or 0 when the app is gone. */
  post(message: Omit<MessengerWebhookOptions, 'from' | 'pageId' | 'appSecret'>): Promise<number>;
  /** Types a text and waits until everything is answered; gives the new messages. */
  say(text: string): Promise<PlatformMessage[]>;
  /** Taps the newest button or quick reply whose title matches, and waits likewise. */
  tap(title: RegExp): Promise<PlatformMessage[]>;
  /** The webhook that such a tap makes. */
  tapOf(title: RegExp): Omit<MessengerWebhookOptions, 'from' | 'pageId' | 'appSecret'>;
  /** Waits until nothing of this conversation is pending or queued. */
  settled(): Promise<void>;
  seen(): PlatformMessage[];
  lastText(): string;
}

interface Around {
  /** Where the app is now; it may move when it is started again. */
  url: () => string;
  page: MessengerPage;
  platforms: FakePlatforms;
  db: Database;
  psid?: string;
  object?: 'page' | 'instagram';
}

const SETTLE_DEADLINE_MS = 45_000;
const LOOK_EVERY_MS = 25;

export function messengerCustomer({
  url,
  page,
  platforms,
  db,
  object = 'page',
  psid = object === 'page' ? newPsid() : newIgsid(),
}: Around): MessengerCustomer {
  const key = `${object === 'page' ? 'messenger' : 'instagram'}:${page.pageId}:${psid}`;
  const seen = () => platforms.messagesTo(psid);

  const post: MessengerCustomer['post'] = async (message) => {
    const signed = messengerWebhook({ ...page, object, from: psid, ...message });
    try {
      const response = await fetch(`${url()}/webhooks/messenger`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': signed.signature },
        body: signed.body,
      });
      return response.status;
    } catch {
      return 0;
    }
  };

  const settled = async (): Promise<void> => {
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
  };

  const act = async (message: Parameters<typeof post>[0]): Promise<PlatformMessage[]> => {
    const before = seen().length;
    const status = await post(message);
    if (status !== 200) throw new Error(`the webhook answered ${status}`);
    await settled();
    return seen().slice(before);
  };

  const tapOf = (title: RegExp) => tapIn(seen(), title);
  return {
    psid,
    post,
    settled,
    seen,
    tapOf,
    say: (text) => act({ text }),
    tap: (title) => act(tapOf(title)),
    lastText: () => seen().at(-1)?.text ?? '',
  };
}

/** Sixteen digits, like a real page-scoped id. */
export const newPsid = (): string =>
  `7${String(randomInt(1e9)).padStart(9, '0')}${String(randomInt(1e6)).padStart(6, '0')}`;

/** Instagram's ids of people begin with another digit in the captured bodies. */
export const newIgsid = (): string => newPsid().replace(/^7/, '6');

interface Shown {
  message?: {
    quick_replies?: { title: string; payload: string }[];
    attachment?: {
      payload?: { elements?: { title: string; buttons?: { title: string; payload: string }[] }[] };
    };
  };
}

function tapIn(
  messages: PlatformMessage[],
  title: RegExp,
): Omit<MessengerWebhookOptions, 'from' | 'pageId' | 'appSecret'> {
  for (const { body } of [...messages].reverse()) {
    const { message } = body as Shown;
    const reply = message?.quick_replies?.find((one) => title.test(one.title));
    if (reply) return { text: reply.title, quickReply: { payload: reply.payload } };
    for (const element of message?.attachment?.payload?.elements ?? []) {
      // A card's button is named by both: /Blue mug.*Add/ is the button on that card.
      const button = element.buttons?.find((one) => title.test(`${element.title}: ${one.title}`));
      if (button) return { postback: { title: button.title, payload: button.payload } };
    }
  }
  const texts = messages.slice(-3).map(({ text }) => text);
  throw new Error(`nothing to tap matches ${title}; last seen: ${JSON.stringify(texts)}`);
}
