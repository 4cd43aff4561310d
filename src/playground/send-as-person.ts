import { z } from 'zod';
import type { Account } from '../channels/channel';
import type { Clock } from '../lib/clock';
import type { Ids } from '../lib/ids';
import { ownOrigin, psid } from './people';
import { messengerWebhook, type MessengerWebhookOptions, type SignedBody } from './sign';

/** Chosen by the phone, so that it knows its message again, and a repeat is a redelivery (G-2). */
const mid = z
  .string()
  .regex(/^m_[\w-]{8,100}$/)
  .optional();
const text = z.string().trim().min(1).max(2000);
/** What platforms allow in a button. */
const payload = z.string().min(1).max(1000);

/** What a person can do on a Messenger phone. */
export const personAction = z.discriminatedUnion('kind', [
  z.object({ person: psid, mid, kind: z.literal('text'), text }),
  z.object({ person: psid, mid, kind: z.literal('quick_reply'), title: text, payload }),
  z.object({ person: psid, mid, kind: z.literal('postback'), title: text, payload }),
  z.object({
    person: psid,
    mid,
    kind: z.literal('image'),
    url: z.url({ protocol: /^https?$/ }).max(2000),
  }),
  z.object({
    person: psid,
    mid,
    kind: z.literal('location'),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    title: text.optional(),
  }),
]);
export type PersonAction = z.infer<typeof personAction>;

export interface SendDeps {
  clock: Clock;
  ids: Ids;
  /** The page that the person writes to. */
  page: Account;
}

/** Our own webhook answers within a second; longer means that the database is away. */
const WEBHOOK_TIMEOUT_MS = 15_000;

/** Does on the real webhook what Messenger would do for this person; the status is the webhook's, 0 without an answer. */
export async function sendAsPerson(
  deps: SendDeps,
  action: PersonAction,
): Promise<{ status: number; mid: string }> {
  const id = action.mid ?? `m_${deps.ids.next()}`;
  const webhook = messengerWebhook({
    appSecret: deps.page.secret,
    pageId: deps.page.accountId,
    from: action.person,
    mid: id,
    timestamp: deps.clock.now().getTime(),
    ...content(action),
  });
  return { status: await postMessengerWebhook(deps.page, webhook), mid: id };
}

function content(action: PersonAction): Partial<MessengerWebhookOptions> {
  switch (action.kind) {
    case 'text':
      return { text: action.text };
    case 'quick_reply':
      return { text: action.title, quickReply: { payload: action.payload } };
    case 'postback':
      return { postback: { title: action.title, payload: action.payload } };
    case 'image':
      return { image: { url: action.url } };
    case 'location':
      return { location: action };
  }
}

export async function postMessengerWebhook(
  page: Account,
  { body, signature }: SignedBody,
): Promise<number> {
  try {
    const response = await fetch(`${ownOrigin(page)}/webhooks/messenger`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      body,
      signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
