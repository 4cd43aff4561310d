import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { createAccounts } from '../../src/channels/accounts';
import type { ChannelName, MessageEvent } from '../../src/channels/inbound';
import { readConfig } from '../../src/config';
import { createInbox } from '../../src/inbox/inbox';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import type { MediaDeps } from '../../src/media/fetch-media';
import type { Api } from './api';
import type { TestDatabase } from './database';
import { startFakePlatforms, type FakePlatforms } from './fake-platforms';
import { startOddServer, type OddServer } from './odd-server';

export const RECEIPT = readFileSync(
  path.join(__dirname, '../../src/playground/public/receipt.png'),
);
export const PAGE = '100000000000101';

type Attachments = NonNullable<MessageEvent['attachments']>;
export type Listed = Record<string, unknown>;

/** Customers who send files, the platforms that hand them out, and staff who look at them. */
export interface MediaWorld {
  platforms: FakePlatforms;
  depsWith(env?: Record<string, string>): MediaDeps;
  /** A message with files, as a webhook stores it. */
  receive(channel: ChannelName, mid: string, ...attachments: Attachments): Promise<void>;
  /** What the API lists, the latest first. */
  all(): Promise<Listed[]>;
  /** The one that there is. */
  only(): Promise<Listed>;
  count(table: string): Promise<number>;
  /** A store that does as told, until the test is over. */
  oddStore(answer: RequestListener): Promise<OddServer>;
}

const ACCOUNT: Partial<Record<ChannelName, string>> = {
  messenger: PAGE,
  whatsapp: '200000000000601',
  sms: '+15005550006',
};

/** Call at the top of a file, after `useApi`. */
export function useMedia(database: TestDatabase, api: Api): MediaWorld {
  let platforms: FakePlatforms;
  const stores: OddServer[] = [];
  beforeAll(async () => {
    platforms = await startFakePlatforms();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  afterAll(() => platforms.close());

  const all: MediaWorld['all'] = async () => {
    const answer = await api.get('/api/media');
    return (JSON.parse(answer.text) as { data: Listed[] }).data;
  };
  return {
    get platforms() {
      return platforms;
    },
    depsWith: (env = {}) => depsOf(database, api, platforms, env),
    receive: async (channel, mid, ...attachments) => {
      const now = database.clock.now();
      const event = {
        channel,
        accountId: ACCOUNT[channel]!,
        externalId: 'person-1',
        providerMessageId: mid,
        sentAt: now,
        body: { kind: 'message' as const, attachments },
      };
      const { businessId } = api;
      await createInbox(database.db, () => undefined).store([
        { event, businessId, state: 'pending', receivedAt: now },
      ]);
    },
    all,
    only: async () => {
      const [one, ...others] = await all();
      expect(others).toEqual([]);
      return one!;
    },
    count: async (table) => {
      const [row] = await database.db.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`);
      return row!.n;
    },
    oddStore: async (answer) => {
      const store = await startOddServer(answer);
      stores.push(store);
      return store;
    },
  };
}

function depsOf(
  { url, db, clock }: TestDatabase,
  api: Api,
  platforms: FakePlatforms,
  env: Record<string, string>,
): MediaDeps {
  const read = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: url,
    ENABLE_PLAYGROUND: 'false',
    GRAPH_API_URL: platforms.graphUrl,
    TWILIO_API_URL: platforms.twilioUrl,
    MESSENGER_VERIFY_TOKEN: 'token',
    MESSENGER_APP_SECRET: 'secret',
    MESSENGER_PAGE_ID: PAGE,
    MESSENGER_PAGE_ACCESS_TOKEN: 'token',
    WHATSAPP_VERIFY_TOKEN: 'token',
    WHATSAPP_APP_SECRET: 'secret',
    WHATSAPP_PHONE_NUMBER_ID: '200000000000601',
    WHATSAPP_ACCESS_TOKEN: 'token',
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_FROM: '+15005550006',
    ...env,
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const { config } = read;
  const accounts = createAccounts(config, api.businessId);
  return { db, config, accounts, clock, ids: systemIds, log: createLog('silent') };
}
