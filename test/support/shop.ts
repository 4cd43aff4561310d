import { randomBytes } from 'node:crypto';
import { openDatabase, type Database } from '../../src/db/database';
import { startFakePlatforms, type FakePlatforms } from './fake-platforms';
import {
  messengerCustomer,
  type MessengerCustomer,
  type MessengerPage,
} from './messenger-customer';
import { phoneCustomer, type PhoneCustomer, type TwilioSender } from './phone-customer';
import { startApp, type RunningApp } from './running-app';
import { dropDatabase, newDatabaseUrl } from './test-database';
import { whatsappCustomer, type WhatsAppCustomer, type WhatsAppNumber } from './whatsapp-customer';

/** The page and secret of the captured bodies in test/fixtures/messenger. */
export const PAGE: MessengerPage = { pageId: '100000000000101', appSecret: 'fixture-app-secret' };
/** The account of the captured requests in test/fixtures/twilio_sms. */
export const TWILIO: TwilioSender = {
  accountSid: 'AC00000000000000000000000000000001',
  authToken: 'fixture-twilio-auth-token',
  number: '+15005550006',
};
/** The account of the captured bodies in test/fixtures/instagram. */
export const INSTAGRAM: MessengerPage = { ...PAGE, pageId: '17840000000000301' };
/** The number of the captured bodies in test/fixtures/whatsapp_cloud. */
export const WHATSAPP: WhatsAppNumber = {
  phoneNumberId: '200000000000601',
  appSecret: 'fixture-app-secret',
};
export const OWNER_PHONE = '+639170000001';
export const ADMIN_API_KEY = 'test-admin-api-key-0123456789';

/** The whole product as a shop runs it: processes of its own, its database, and the platforms played on a port. */
export interface Shop {
  db: Database;
  databaseUrl: string;
  platforms: FakePlatforms;
  /** The instances that run; the first one serves the customers. */
  apps: RunningApp[];
  start(env?: Record<string, string>): Promise<RunningApp>;
  customer(psid?: string): MessengerCustomer;
  instagramCustomer(igsid?: string): MessengerCustomer;
  whatsappCustomer(who?: { phone?: string; userId?: string }): WhatsAppCustomer;
  smsCustomer(phone?: string): PhoneCustomer;
  /** With WHATSAPP_DRIVER=twilio. */
  twilioWhatsAppCustomer(phone?: string): PhoneCustomer;
  /** A conversation that is linked to an admin. */
  admin(): Promise<MessengerCustomer>;
  api(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

export async function openShop(databaseUrl = newDatabaseUrl()): Promise<Shop> {
  const platforms = await startFakePlatforms();
  const db = openDatabase(databaseUrl, 5);
  const apps: RunningApp[] = [];
  const encryptionKey = randomBytes(32).toString('hex');
  const url = () => apps.at(-1)?.url ?? 'http://127.0.0.1:9';

  const shop: Shop = {
    db,
    databaseUrl,
    platforms,
    apps,
    start: async (env = {}) => {
      const app = await startApp(databaseUrl, {
        NODE_ENV: 'test',
        ADMIN_API_KEY,
        ENCRYPTION_KEY: encryptionKey,
        MESSENGER_VERIFY_TOKEN: 'fixture-verify-token',
        MESSENGER_APP_SECRET: PAGE.appSecret,
        MESSENGER_PAGE_ID: PAGE.pageId,
        MESSENGER_PAGE_ACCESS_TOKEN: 'fixture-page-token',
        INSTAGRAM_ACCOUNT_ID: INSTAGRAM.pageId,
        WHATSAPP_VERIFY_TOKEN: 'fixture-whatsapp-token',
        WHATSAPP_APP_SECRET: WHATSAPP.appSecret,
        WHATSAPP_PHONE_NUMBER_ID: WHATSAPP.phoneNumberId,
        WHATSAPP_ACCESS_TOKEN: 'fixture-whatsapp-access-token',
        GRAPH_API_URL: platforms.graphUrl,
        TWILIO_ACCOUNT_SID: TWILIO.accountSid,
        TWILIO_AUTH_TOKEN: TWILIO.authToken,
        TWILIO_FROM: TWILIO.number,
        TWILIO_API_URL: platforms.twilioUrl,
        OWNER_PHONE,
        ...env,
      });
      apps.push(app);
      return app;
    },
    customer: (psid) => messengerCustomer({ url, page: PAGE, platforms, db, psid }),
    instagramCustomer: (psid) =>
      messengerCustomer({ url, page: INSTAGRAM, platforms, db, psid, object: 'instagram' }),
    whatsappCustomer: (who) => whatsappCustomer({ url, number: WHATSAPP, platforms, db, ...who }),
    smsCustomer: (phone) =>
      phoneCustomer({ url, sender: TWILIO, platforms, db, channel: 'sms', phone }),
    twilioWhatsAppCustomer: (phone) =>
      phoneCustomer({ url, sender: TWILIO, platforms, db, channel: 'whatsapp', phone }),
    admin: async () => {
      const staff = await shop.api('/api/staff', { name: 'Nena', role: 'admin' });
      const code = await shop.api(`/api/staff/${String(staff.body.id)}/link-code`, {});
      const admin = shop.customer();
      await admin.say(`/link ${String(code.body.code)}`);
      return admin;
    },
    api: async (path, body) => {
      const response = await fetch(`${url()}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': ADMIN_API_KEY },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    close: async () => {
      await Promise.all(apps.map((app) => app.kill()));
      await platforms.close();
      await db.close();
      await dropDatabase(databaseUrl);
    },
  };
  return shop;
}

/** Takes a customer from hello to the summary of one blue mug, cash on delivery. */
export async function walkToSummary(customer: MessengerCustomer): Promise<void> {
  await customer.say('hi');
  await customer.say('blue mug');
  await customer.tap(/add to cart/i);
  await customer.say('1');
  await customer.tap(/checkout/i);
  await customer.say('Juan Dela Cruz');
  await customer.say('0917 123 4567');
  await customer.say('123 Main St, Brgy. Centro, Manila, Metro Manila');
  await customer.tap(/delivery/i);
  await customer.tap(/cash on delivery/i);
}
