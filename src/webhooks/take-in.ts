import type { Accounts } from '../channels/accounts';
import type { Account } from '../channels/channel';
import { hashed, NOBODY, outgoingIdIn } from '../channels/event-fields';
import type { InboundEvent } from '../channels/inbound';
import type { Config } from '../config';
import type { Inbox } from '../inbox/inbox';
import type { NewInboxRow } from '../inbox/inbox-store';
import type { Clock } from '../lib/clock';
import { crashPoint } from '../lib/crash-point';
import type { Log } from '../lib/log';

export interface WebhookDeps {
  config: Config;
  accounts: Accounts;
  inbox: Inbox;
  clock: Clock;
  log: Log;
}

/** Stores what a signed body brought; when it resolves, the webhook may acknowledge (G-1). */
export async function takeIn(
  deps: WebhookDeps,
  signer: Account,
  events: readonly InboundEvent[],
  receivedAt: Date,
): Promise<void> {
  const rows = events.map((event) => rowOf(deps, signer, event, receivedAt));
  crashPoint('webhook.before-store');
  await deps.inbox.store(rows);
  crashPoint('webhook.before-answer');
  for (const { event, state } of rows) {
    if (state === 'ignored')
      deps.log.info({ kind: event.body.kind, account: event.accountId }, 'event kept, not handled');
  }
}

/**
 * An account counts only when the secret that belongs to it signed the body. What a signer says about somebody else's account
 * is kept as the signer's own, under no account: it must not take the place of a message that the real owner will send.
 */
function rowOf(
  deps: WebhookDeps,
  signer: Account,
  event: InboundEvent,
  receivedAt: Date,
): NewInboxRow {
  const account = deps.accounts.find(event.channel, event.accountId);
  const isKnown = account !== undefined && account.secret === signer.secret;
  if (account && !isKnown) {
    const strange = { ...event, accountId: NOBODY, providerMessageId: hashed(event) };
    return { event: strange, businessId: signer.businessId, state: 'ignored', receivedAt };
  }
  return {
    event,
    businessId: account?.businessId ?? signer.businessId,
    state: isKnown && concernsUs(event.body, account) ? 'pending' : 'ignored',
    receivedAt,
  };
}

/** Our app's own echoes tell nothing, unless they name the row: then it has been sent, whatever we know of the request. */
function concernsUs(body: InboundEvent['body'], { appId }: Account): boolean {
  if (body.kind !== 'echo') return body.kind !== 'other';
  return appId === undefined || body.appId !== appId || outgoingIdIn(body.metadata) !== undefined;
}
