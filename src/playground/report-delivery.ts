import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../channels/channel';
import type { Clock } from '../lib/clock';
import type { PlatformMessage } from './platforms/platform';
import { postMessengerWebhook } from './send-as-person';
import { messengerWebhook } from './sign';

/** A phone receives a message a little after its platform has accepted it. */
const ON_THE_WAY_MS = 250;

/** Tells the shop, as Messenger does, that its message is on the phone. */
export async function reportDelivery(
  { page, clock }: { page: Account; clock: Clock },
  message: PlatformMessage,
): Promise<void> {
  await delay(ON_THE_WAY_MS, undefined, { ref: false });
  const timestamp = clock.now().getTime();
  const webhook = messengerWebhook({
    appSecret: page.secret,
    pageId: page.accountId,
    from: message.recipient,
    timestamp,
    delivery: { mids: [message.providerMessageId], watermark: timestamp },
  });
  await postMessengerWebhook(page, webhook);
}
