import { createAccounts, type Accounts } from '../../src/channels/accounts';
import { conversationKey } from '../../src/channels/inbound';
import { readConfig } from '../../src/config';
import { handleNext } from '../../src/conversation/handle-next';
import type { TurnDeps } from '../../src/conversation/turn-deps';
import type { LaneOutcome } from '../../src/conversation/lane-outcome';
import { loadWords } from '../../src/deps';
import { loadDemoShop } from '../../src/demo/load-demo-shop';
import { insertInbox } from '../../src/inbox/inbox-store';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import type { TestDatabase } from './database';

export interface Turns {
  deps: TurnDeps;
  accounts: Accounts;
  businessId: number;
  /** Messages of one person as the webhook stores them; `at` is the platform's time. Gives the lane. */
  receive(psid: string, messages: { text: string; mid: string; at: Date }[]): Promise<string>;
  handleNext(lane: string): Promise<LaneOutcome>;
}

export const PAGE_ID = '100000000000101';
const words = loadWords();

/** The demo shop's turns without anything that wakes them: a test calls them itself, as many at once as it likes. */
export async function openTurns(
  test: TestDatabase,
  more: Record<string, string> = {},
): Promise<Turns> {
  const { db, clock } = test;
  const { businessId } = await loadDemoShop(db, { now: clock.now() });
  const read = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: test.url,
    ENABLE_PLAYGROUND: 'false',
    ENCRYPTION_KEY: '0'.repeat(64),
    MESSENGER_VERIFY_TOKEN: 'token',
    MESSENGER_APP_SECRET: 'secret',
    MESSENGER_PAGE_ID: PAGE_ID,
    MESSENGER_PAGE_ACCESS_TOKEN: 'token',
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_FROM: '+15005550006',
    OWNER_PHONE: '+639170000001',
    ...more,
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const deps: TurnDeps = {
    db,
    config: read.config,
    clock,
    ids: systemIds,
    log: createLog('silent'),
    ...words,
    wakeSender: () => undefined,
    wakeNotifications: () => undefined,
    spared: new Set(),
    startedAt: clock.now(),
  };
  return {
    deps,
    accounts: createAccounts(read.config, businessId),
    businessId,
    receive: async (psid, messages) => {
      const rows = messages.map(({ text, mid, at }) => ({
        event: {
          channel: 'messenger' as const,
          accountId: PAGE_ID,
          externalId: psid,
          providerMessageId: mid,
          sentAt: at,
          body: { kind: 'message' as const, text },
        },
        businessId,
        state: 'pending' as const,
        receivedAt: clock.now(),
      }));
      await insertInbox(db, rows);
      return conversationKey('messenger', PAGE_ID, psid);
    },
    handleNext: (lane) => handleNext(deps, lane),
  };
}
