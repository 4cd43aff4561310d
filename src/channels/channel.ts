import type { Queryable } from '../db/database';
import type { ChannelName, InboundEvent } from './inbound';
import type { LocateMedia } from './media';
import type { Reply } from './reply';

/** Our side of a channel: a page, a number. Where its credentials come from is src/channels/accounts.ts. */
export interface Account {
  channel: ChannelName;
  /** Page id, phone number id or number: what inbound messages name as their addressee. */
  accountId: string;
  businessId: number;
  /** What the platform signs its webhooks with. */
  secret: string;
  /** What we show the platform when we send. */
  token: string;
  /** Twilio's account SID; the page that an Instagram account belongs to; empty elsewhere. */
  principal: string;
  /** The word that Meta's handshake has to name; nothing with Twilio. */
  verifyToken?: string;
  /** Meta's app that sends for us, where it is known: what it echoes is ours. */
  appId?: string;
  /** Where the platform's API is. */
  apiUrl: string;
  /** Where the platform reports what became of our messages, if that is told with each of them. */
  statusUrl?: string;
  /** Addresses on this machine are the platform's, too: where it is played, outside production. */
  allowsLoopback?: boolean;
  /** Messages a second that the platform has granted to this account, where it is not what everybody gets. */
  perSecond?: number;
  /** The built-in phones of the playground, not a real platform. */
  isPlayground: boolean;
  /** A business keeps it here (RUN-6); the others are the deployment's. */
  isStored?: boolean;
}

/** One request to the platform, without credentials and addressee; `display` is what a person reads in it. */
export interface RenderedMessage {
  payload: Record<string, unknown>;
  display: string;
  /** How many SMS it is billed as (CHN-3). */
  segments?: number;
}

/**
 * How a failed send is treated (CHN-8; tables in each channel's errors.ts). A notification goes by another channel after each of
 * them but `retry` and `configuration`; they differ in what becomes of the next message to the same person.
 */
export type ErrorClass =
  /** Try again later: rate limits, outages, unknown outcomes. */
  | 'retry'
  /** The address is right, but does not take this message now: closed window, blocked, not on the platform. The next one is tried. */
  | 'reroute'
  /** The person has said stop: nothing more goes there until they say start. */
  | 'opt_out'
  /** This message can never go there: it is wrong, or (with `stopsPerson`) nobody has this address. */
  | 'permanent'
  /** Our credentials or settings are wrong: every message would fail. Waits, and a person is told. */
  | 'configuration';

/** What is to be done about an error of a platform. */
export interface Treatment {
  errorClass: ErrorClass;
  /** The limit or the trouble is the whole account's, not this person's. */
  slowsAccount?: boolean;
  /** Every message of the account would fail: one at a time is tried until one gets through, and the owner is told. */
  stopsAccount?: boolean;
  /** Nothing more is sent to this address until the person writes. */
  stopsPerson?: boolean;
  /** Tries in all that it is worth. Without it an outage of hours is waited for. */
  mostTries?: number;
  /** At least so long until the next try: what the platform asked for with Retry-After, or its documentation. */
  retryAfterMs?: number;
  /** By how much each wait is longer than the one before; 2 where nothing is said. */
  growth?: number;
  /** The picture is at fault: when the tries are spent, the message goes without it. */
  isPicture?: boolean;
}

export type SendFailure = Treatment & { ok: false; code: string; message: string };

export type SendResult =
  | {
      ok: true;
      providerMessageId: string;
      /** The platform says that its limit is nearly reached: nothing more from this account for so long. */
      pauseMs?: number;
    }
  | SendFailure;

export interface SendRequest {
  account: Account;
  to: string;
  payload: Record<string, unknown>;
  /** The row of ours that this is, for platforms that can carry a mark. */
  outgoingId: number;
  /** What the channel's own `address` has found. */
  address?: unknown;
}

/** A platform's limit for one account. */
export interface Pace {
  /** Messages a second (an SMS counts by its segments), to this person; Account.perSecond overrides it. */
  perSecond(accountId: string, to: string): number;
  /** How far ahead of that the platform lets us be: it has a queue of its own. */
  burstMs: number;
}

/** A message that a platform has approved, under the names that it has there, and what fills it. */
export interface ApprovedMessage {
  /** Meta's name and language code. */
  name?: string;
  code: string;
  /** Twilio's id. */
  contentSid?: string;
  /** In the template's order; none is empty, none has a line break. */
  values: readonly string[];
}

/** What every channel can do. A new channel is one folder that exports one of these. */
export interface Channel {
  name: ChannelName;
  /** Turns a reply into one or more messages within the platform's limits. */
  render(reply: Reply): RenderedMessage[];
  /** What a request needs to know beside the person's id, where the channel keeps it in rows of its own. */
  address?(q: Queryable, to: { accountId: string; externalId: string }): Promise<unknown>;
  /** One HTTP request; never throws for what a platform or a network may do. */
  send(request: SendRequest): Promise<SendResult>;
  /** Where a file that came with a message can be had; its own address where nothing is said. */
  locateMedia?: LocateMedia;
  /** What is to be done about an error code that the platform reports after it had taken the message. */
  classify?(code: string): Treatment;
  /** A request by which a message goes that the platform has approved before; null where it is not approved there. */
  renderApproved?(approved: ApprovedMessage): Record<string, unknown> | null;
  /** The message without its picture, which the platform cannot fetch; null when nothing is left of it. */
  withoutPicture?(payload: Record<string, unknown>): Record<string, unknown> | null;
  /** False while only another process can send for this account, or nobody: its messages wait, and no try is counted. */
  canSendHere?(accountId: string): boolean;
  /** Requests under way at once for one account, where a few are enough. */
  maxAtOnce?: number;
  /** How fast the platform takes messages from one account; without it as fast as they come. */
  pace?: Pace;
}

/** What a webhook's parser makes of a verified body: every event in it, in the body's order. */
export type ParseWebhook = (body: unknown) => InboundEvent[];
