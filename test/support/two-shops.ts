import { openInstance, pageMessage, type AppInstance } from './app-instance';
import type { TestDatabase } from './database';
import { aBusiness } from './factories';

/** What the second shop connects. */
export const PAGE_BODY = {
  page_id: '200000000000202',
  page_access_token: 'EAAG-second-page-token',
  app_secret: 'second-app-secret',
  verify_token: 'second-verify-token',
};
export const SMS_BODY = {
  number: '+15005550202',
  account_sid: `AC${'2'.repeat(32)}`,
  auth_token: 'second-auth-token',
};
/** The first shop's, in the environment. */
export const ENV = {
  MESSENGER_VERIFY_TOKEN: 'first-verify-token',
  MESSENGER_APP_SECRET: 'first-app-secret',
  MESSENGER_PAGE_ID: '100000000000101',
  MESSENGER_PAGE_ACCESS_TOKEN: 'EAAG-first-page-token',
};

/** Two shops on one deployment, new for each test. */
export interface TwoShops {
  first: number;
  second: number;
  open(env?: Record<string, string>): AppInstance;
  /** Stores an account of the second shop, unless another one is named. */
  connect(
    one: AppInstance,
    channel?: string,
    body?: object,
    business?: number,
  ): ReturnType<AppInstance['call']>;
  /** A customer writes to a page; gives the webhook's status. */
  say(one: AppInstance, page: string, secret: string, mid: string): Promise<number>;
  inbox(): Promise<{ business_id: number; state: string; account_id: string }[]>;
}

/** Call at the top of a file, after `useDatabase`. */
export function useTwoShops(test: TestDatabase): TwoShops {
  const instances: AppInstance[] = [];
  const shops = { first: 0, second: 0 };
  beforeEach(async () => {
    shops.first = (await aBusiness(test.db)).id;
    shops.second = (await aBusiness(test.db)).id;
  });
  afterEach(async () => {
    await Promise.all(instances.splice(0).map((one) => one.stop()));
  });
  return Object.assign(shops, {
    open: (env: Record<string, string> = {}) => {
      const instance = openInstance(test, shops.first, env);
      instances.push(instance);
      return instance;
    },
    connect: (
      one: AppInstance,
      channel = 'messenger',
      body: object = PAGE_BODY,
      business = shops.second,
    ) => one.call('put', `/api/businesses/${business}/channels/${channel}`, body),
    say: (one: AppInstance, page: string, secret: string, mid: string) =>
      one.postMeta(
        '/webhooks/messenger',
        pageMessage(page, '7000000000000201', mid, 'hi', test.clock.now()),
        secret,
      ),
    inbox: () =>
      test.db.query<{ business_id: number; state: string; account_id: string }>(
        'SELECT business_id, state, account_id FROM inbox_messages ORDER BY id',
      ),
  });
}
