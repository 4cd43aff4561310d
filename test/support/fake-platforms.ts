import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { PLATFORM_ERRORS } from '../../src/playground/platforms/errors';
import { createFakePlatforms } from '../../src/playground/platforms/fake-platforms';
import type {
  PlatformFile,
  PlatformMessage,
  PlatformName,
  Programmed,
} from '../../src/playground/platforms/platform';

export type { PlatformMessage } from '../../src/playground/platforms/platform';

type ErrorName<P extends PlatformName> = Extract<keyof (typeof PLATFORM_ERRORS)[P], string>;
type FailureName<P extends PlatformName> = ErrorName<P> | 'hang' | 'drop' | 'accept_then_drop';

export interface FakePlatforms {
  /** For GRAPH_API_URL. */
  graphUrl: string;
  /** For TWILIO_API_URL. */
  twilioUrl: string;
  /** Every accepted message, in the order of acceptance. */
  messages: readonly PlatformMessage[];
  /** Recipients for whom a request came while another one was under way. */
  overlaps: readonly string[];
  /** Typing indicators and read marks. */
  senderActions: readonly { recipient: string; action: string }[];
  messagesTo(recipient: string): PlatformMessage[];
  /** A file that a person has sent: its id on WhatsApp, its address on Messenger and at Twilio. */
  addFile(file: { id: string; bytes: Buffer; contentType?: string }): {
    id: string;
    url: string;
    twilioUrl: string;
  };
  /** The first message, present or to come, for which the predicate holds. */
  waitFor(
    predicate: (message: PlatformMessage) => boolean,
    options?: { timeoutMs?: number },
  ): Promise<PlatformMessage>;
  /** The messages to a person, once there are at least `count`. */
  waitForMessages(
    recipient: string,
    count: number,
    options?: { timeoutMs?: number },
  ): Promise<PlatformMessage[]>;
  /** The next `times` messages fail; what was programmed first happens first. */
  failNext<P extends PlatformName>(platform: P, failure: FailureName<P>, times?: number): void;
  setLatency(ms: number): void;
  /** Forgets messages, failures and latency. */
  reset(): void;
  close(): Promise<void>;
}

/** Generous, because a slow machine must not fail a test: nothing waits for this long when all is well. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Messenger and Twilio on a port of their own. */
export async function startFakePlatforms(): Promise<FakePlatforms> {
  const messages: PlatformMessage[] = [];
  const senderActions: { recipient: string; action: string }[] = [];
  const failures: { platform: PlatformName; failure: Programmed }[] = [];
  const waiting = new Set<() => void>();
  const overlaps: string[] = [];
  const files = new Map<string, PlatformFile>();
  let latency = 0;

  const app = express();
  app.disable('x-powered-by');
  app.use(
    createFakePlatforms({
      watch: watchOverlaps(overlaps),
      onMessage: (_platform, message) => {
        messages.push(message);
        for (const check of [...waiting]) check();
      },
      onSenderAction: (recipient, action) => senderActions.push({ recipient, action }),
      respond: (platform) => {
        const next = failures.findIndex((failure) => failure.platform === platform);
        return next < 0 ? undefined : failures.splice(next, 1)[0]?.failure;
      },
      latencyMs: () => latency,
      media: (id) => files.get(id),
    }),
  );
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const waitUntil = <T>(find: () => T | undefined, timeoutMs = DEFAULT_TIMEOUT_MS) =>
    new Promise<T>((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        waiting.delete(check);
      };
      const check = () => {
        try {
          const found = find();
          if (found === undefined) return;
          finish();
          resolve(found);
        } catch (error) {
          finish();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const timer = setTimeout(() => {
        waiting.delete(check);
        reject(
          new Error(`No such message within ${timeoutMs} ms. Received:\n${summary(messages)}`),
        );
      }, timeoutMs);
      waiting.add(check);
      check();
    });
  const messagesTo = (recipient: string) =>
    messages.filter((message) => message.recipient === recipient);

  return {
    graphUrl: `${origin}/graph`,
    twilioUrl: `${origin}/twilio`,
    messages,
    overlaps,
    senderActions,
    messagesTo,
    addFile: ({ id, bytes, contentType = 'image/png' }) => {
      files.set(id, { bytes, contentType });
      const account = '2010-04-01/Accounts/AC00000000000000000000000000000001';
      return {
        id,
        url: `${origin}/cdn/${id}`,
        twilioUrl: `${origin}/twilio/${account}/Messages/MM1/Media/${id}`,
      };
    },
    waitFor: (predicate, options) => waitUntil(() => messages.find(predicate), options?.timeoutMs),
    waitForMessages: (recipient, count, options) =>
      waitUntil(() => {
        const received = messagesTo(recipient);
        return received.length >= count ? received : undefined;
      }, options?.timeoutMs),
    failNext: (platform, failure, times = 1) => {
      const byName: Record<string, Programmed> = PLATFORM_ERRORS[platform];
      for (let i = 0; i < times; i += 1) {
        failures.push({ platform, failure: byName[failure] ?? (failure as Programmed) });
      }
    },
    setLatency: (ms) => {
      latency = ms;
    },
    reset: () => {
      messages.length = 0;
      overlaps.length = 0;
      senderActions.length = 0;
      failures.length = 0;
      latency = 0;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function watchOverlaps(overlaps: string[]): RequestHandler {
  const underWay = new Map<string, number>();
  const add = (recipient: string, change: number) =>
    underWay.set(recipient, (underWay.get(recipient) ?? 0) + change);
  return (req, res, next) => {
    const body = (req.body ?? {}) as { recipient?: { id?: string }; To?: string };
    const recipient = body.recipient?.id ?? body.To;
    if (recipient !== undefined) {
      if ((underWay.get(recipient) ?? 0) > 0) overlaps.push(recipient);
      add(recipient, 1);
      res.once('close', () => add(recipient, -1));
    }
    next();
  };
}

function summary(messages: readonly PlatformMessage[]): string {
  if (messages.length === 0) return '(nothing)';
  return messages
    .map((message) => `${message.platform} to ${message.recipient}: ${message.text}`)
    .join('\n');
}
