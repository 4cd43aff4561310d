import type { RequestHandler } from 'express';

/** The platforms that are played. */
export type PlatformName = 'messenger' | 'instagram' | 'whatsapp' | 'sms';

/** One message that a platform was asked to deliver. */
export interface PlatformMessage {
  platform: PlatformName;
  /** Our side: page id (as in the path, so possibly `me`) or sender's number. */
  accountId: string;
  /** Their side: page-scoped id or number. */
  recipient: string;
  /** What a person reads in it: the text, or the texts of its template. */
  text: string;
  /** The platform's request as it came, parsed. */
  body: Record<string, unknown>;
  /** The id that the platform gives to it. */
  providerMessageId: string;
}

export interface PlatformResponse {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/**
 * What a programmed failure does: an answer; `hang` never answers; `drop` cuts the connection without delivering;
 * `accept_then_drop` delivers and cuts the connection, so that the caller cannot know.
 */
export type Programmed = PlatformResponse | 'hang' | 'drop' | 'accept_then_drop';

export interface FakePlatformsOptions {
  /** Called for each accepted message, before the answer. */
  onMessage?: (platform: PlatformName, message: PlatformMessage) => void;
  /** Typing indicators and read marks. */
  onSenderAction?: (recipient: string, action: string) => void;
  /** Asked for each valid message; undefined lets it pass. */
  respond?: (platform: PlatformName, message: PlatformMessage) => Programmed | undefined;
  /** Sees every request for a message with its parsed body, before it is judged. */
  watch?: RequestHandler;
  /** How long the platform takes. */
  latencyMs?: (platform: PlatformName) => number;
  /** Default: any credentials that are not empty. */
  isAuthorized?: (platform: PlatformName, principal: string, token: string) => boolean;
  now?: () => Date;
  /** The files that people have sent, by id; without it there are none. */
  media?: (id: string) => PlatformFile | undefined;
}

/** A file that a person has sent: what a platform hands out. */
export interface PlatformFile {
  bytes: Buffer;
  contentType: string;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
