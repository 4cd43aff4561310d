import type { ChannelName, InboundEvent } from './inbound';
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

/** How a failed send is treated (CHN-8; tables in each channel's errors.ts). */
export type ErrorClass =
  /** Try again later: rate limits, outages, unknown outcomes. */
  | 'retry'
  /** This person cannot be reached here now: closed window, blocked, not on the platform. Use another channel. */
  | 'reroute'
  /** The person has said stop. */
  | 'opt_out'
  /** Our message is wrong, or the person does not exist. */
  | 'permanent'
  /** Our credentials or settings are wrong: every message would fail. Waits, and a person is told. */
  | 'configuration';

export type SendResult =
  | { ok: true; providerMessageId: string }
  | {
      ok: false;
      errorClass: ErrorClass;
      code: string;
      message: string;
      /** What the platform asked for with Retry-After. */
      retryAfterMs?: number;
      /** The limit is the whole account's, not this person's. */
      slowsAccount?: boolean;
    };

export interface SendRequest {
  account: Account;
  to: string;
  payload: Record<string, unknown>;
  /** The row of ours that this is, for platforms that can carry a mark. */
  outgoingId: number;
}

/** What every channel can do. A new channel is one folder that exports one of these. */
export interface Channel {
  name: ChannelName;
  /** Turns a reply into one or more messages within the platform's limits. */
  render(reply: Reply): RenderedMessage[];
  /** One HTTP request; never throws for what a platform or a network may do. */
  send(request: SendRequest): Promise<SendResult>;
  /** The class of an error code that the platform reports after it had taken the message. */
  classify?(code: string): ErrorClass;
}

/** What a webhook's parser makes of a verified body: every event in it, in the body's order. */
export type ParseWebhook = (body: unknown) => InboundEvent[];
