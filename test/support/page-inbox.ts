import { messengerWebhook } from '../../src/playground/sign';
import type { AppInstance } from './app-instance';
import type { TestDatabase } from './database';
import { eventually } from './eventually';
import { startFakePlatforms, type FakePlatforms } from './fake-platforms';

/** Meta's own app, by which people answer in the page's inbox (channels: Messenger, "message_echoes"). */
export const PAGE_INBOX_APP = '26390203743090';
export const PAGE_ID = '100000000000101';
export const INSTAGRAM_ID = '17840000000000301';
export const APP_SECRET = 'page-app-secret';

/** The environment of a shop on Messenger and Instagram. */
export const pageEnv = (platforms: FakePlatforms): Record<string, string> => ({
  MESSENGER_VERIFY_TOKEN: 'verify-token',
  MESSENGER_APP_SECRET: APP_SECRET,
  MESSENGER_PAGE_ID: PAGE_ID,
  MESSENGER_PAGE_ACCESS_TOKEN: 'page-token',
  INSTAGRAM_ACCOUNT_ID: INSTAGRAM_ID,
  GRAPH_API_URL: platforms.graphUrl,
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_FROM: '+15005550006',
  TWILIO_API_URL: platforms.twilioUrl,
});

export { startFakePlatforms };

export interface Echo {
  mid: string;
  text?: string;
  metadata?: string;
  app_id?: string;
  attachments?: { type: string; payload: object }[];
}

/** A customer of the page, and the page's inbox in which a person can answer them. */
export interface InboxThread {
  psid: string;
  key: string;
  /** The customer writes; resolves when it is stored. */
  says(text: string, at?: Date): Promise<void>;
  /** The platform reflects what somebody or something has written to the customer. */
  echoes(echo: Echo, at?: Date): Promise<void>;
  /** Nothing is pending, and nothing due is queued. */
  settled(): Promise<void>;
  /** What the customer has read, in order: from the bot or by our API. */
  seen(): string[];
  conversationId(): Promise<number>;
}

let counter = 0;

export function inboxThread(
  test: TestDatabase,
  instance: () => AppInstance,
  platforms: FakePlatforms,
  object: 'page' | 'instagram' = 'page',
): InboxThread {
  counter += 1;
  const psid = `${object === 'page' ? 7 : 6}${String(Date.now() + counter).padStart(15, '0')}`;
  const account = object === 'page' ? PAGE_ID : INSTAGRAM_ID;
  const key = `${object === 'page' ? 'messenger' : 'instagram'}:${account}:${psid}`;
  const post = async (body: object | string): Promise<void> => {
    const status = await instance().postMeta('/webhooks/messenger', body, APP_SECRET);
    if (status !== 200) throw new Error(`the webhook answered ${status}`);
  };
  return {
    psid,
    key,
    says: (text, at = test.clock.now()) =>
      post(
        messengerWebhook({
          object,
          appSecret: APP_SECRET,
          pageId: account,
          from: psid,
          text,
          timestamp: at.getTime(),
        }).body,
      ),
    echoes: ({ app_id, ...echo }, at = test.clock.now()) =>
      post({
        object,
        entry: [
          {
            id: account,
            time: at.getTime(),
            messaging: [
              {
                sender: { id: account },
                recipient: { id: psid },
                timestamp: at.getTime(),
                message: { is_echo: true, ...(app_id ? { app_id: Number(app_id) } : {}), ...echo },
              },
            ],
          },
        ],
      }),
    settled: () =>
      eventually(async () => {
        const [row] = await test.db.query<{ pending: number; queued: number }>(
          `SELECT (SELECT COUNT(*) FROM inbox_messages WHERE conversation_key = :key AND state = 'pending') AS pending,
                  (SELECT COUNT(*) FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
                   WHERE c.conversation_key = :key AND m.state = 'queued') AS queued`,
          { key },
        );
        return Number(row?.pending) === 0 && Number(row?.queued) === 0;
      }),
    seen: () => platforms.messagesTo(psid).map(({ text }) => text),
    conversationId: async () => {
      const [row] = await test.db.query<{ id: number }>(
        'SELECT id FROM conversations WHERE conversation_key = :key',
        { key },
      );
      return row!.id;
    },
  };
}
