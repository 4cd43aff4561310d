import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as library from 'whatsapp-web.js';
import type { Client } from 'whatsapp-web.js';
import {
  watchClient,
  type WatchedClient,
} from '../../../src/channels/whatsapp-web/browser/watch-client';
import type { BrowserNews } from '../../../src/channels/whatsapp-web/messages';
import { parseWhatsAppWeb } from '../../../src/channels/whatsapp-web/parse';
import type { InboundEvent } from '../../../src/channels/inbound';

const FIXTURES = path.join(__dirname, '..', '..', 'fixtures', 'whatsapp_web');
export const ACCOUNT = 'web-1';
export const RECEIVED_AT = new Date('2026-03-01T00:00:00Z');

type Raw = Record<string, unknown>;

/** The library's types leave out that its messages can be made of what the page shows. */
const { Message } = library as unknown as {
  Message: new (client: Client, raw: Raw) => library.Message;
};

/** The library's real client, which has started no browser. */
export interface WatchedLibrary {
  client: Client;
  watched: WatchedClient;
  news: BrowserNews[];
  /** The library tells what stands in a file of fixtures/whatsapp_web, with other fields if given. */
  play(fixture: string, fields?: Raw): Promise<void>;
  /** The library tells of a message as WhatsApp Web shows it. */
  emit(event: string, raw: Raw, ...rest: unknown[]): Promise<void>;
  /** What has come of it for the inbox. */
  events(): InboundEvent[];
}

export function watchLibrary(now: () => number = Date.now): WatchedLibrary {
  const client = new library.Client({});
  const news: BrowserNews[] = [];
  const watched = watchClient(client, {
    tell: (one) => void news.push(one),
    toMedia: (picture) => Promise.resolve({ media: picture }),
    now,
  });
  const messageOf = (raw: Raw) => new Message(client, raw);
  const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return {
    client,
    watched,
    news,
    emit: async (event, raw, ...rest) => {
      client.emit(event, messageOf(raw), ...rest);
      await settled();
    },
    play: async (fixture, fields = {}) => {
      const { event, args } = JSON.parse(
        readFileSync(path.join(FIXTURES, `${fixture}.json`), 'utf8'),
      ) as { event: string; args: unknown[] };
      const given = args.map((arg) => {
        const raw = (arg as { $message?: Raw } | null)?.$message;
        return raw ? messageOf({ ...raw, ...fields }) : arg;
      });
      client.emit(event, ...given);
      await settled();
    },
    events: () =>
      news.flatMap((one) =>
        'message' in one && one.kind !== 'fault'
          ? (parseWhatsAppWeb(ACCOUNT, one, RECEIVED_AT) ?? [])
          : [],
      ),
  };
}
