import { createAccounts, type Accounts } from '../../src/channels/accounts';
import type { Business } from '../../src/businesses/business-store';
import { insertStaff } from '../../src/businesses/staff-store';
import { readConfig, type Config } from '../../src/config';
import { loadWords } from '../../src/deps';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { dispatchNotifications } from '../../src/notifications/dispatch';
import {
  insertNotification,
  type NewNotification,
} from '../../src/notifications/notification-store';
import type { SendLane } from '../../src/outgoing/outgoing-store';
import { createSender, type Sender } from '../../src/outgoing/sender';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { aBusiness, aCustomer } from '../support/factories';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';
import { startMailServer, type MailServer } from '../support/mail-server';

const test = useDatabase();
const words = loadWords();
const log = createLog('silent');
let mail: MailServer;
let platforms: FakePlatforms;
let business: Business;
let config: Config;
let accounts: Accounts;
let sender: Sender;

beforeAll(async () => (platforms = await startFakePlatforms()));
afterAll(() => platforms.close());
beforeEach(async () => {
  mail = await startMailServer();
  business = await aBusiness(test.db, { name: 'Sari-sari' });
  configure({ SMTP_URL: mail.url, MAIL_FROM: 'Sari-sari <orders@shop.example>' });
});
afterEach(async () => {
  await sender.stop();
  await mail.close();
  platforms.reset();
});

const TWILIO = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_FROM: '+15005550006',
};

function configure(env: Record<string, string>): void {
  const read = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: test.url,
    ENABLE_PLAYGROUND: 'false',
    TWILIO_API_URL: platforms.twilioUrl,
    ...env,
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  config = read.config;
  accounts = createAccounts(config, business.id);
  const { db, clock } = test;
  sender = createSender({ db, clock, ids: systemIds, log, accounts });
}

/** Something to be told, all the way to whoever is told it. */
async function told(given: Partial<NewNotification>): Promise<void> {
  const { db, clock } = test;
  await db.transaction((trx) =>
    insertNotification(trx, {
      businessId: business.id,
      recipientType: 'customer',
      template: 'order_confirmed',
      payload: { order_number: 'ORD-1', total: 'P150.00' },
      scheduledAt: clock.now(),
      ...given,
    }),
  );
  await settle();
}

/** Dispatches and sends until nothing is under way. */
async function settle(): Promise<void> {
  const { db, clock } = test;
  const wakeSender = (lane: SendLane) => sender.wake(lane);
  for (;;) {
    await dispatchNotifications({ db, config, accounts, clock, log, ...words, wakeSender }, 50);
    await eventually(
      async () =>
        (await db.query("SELECT id FROM outgoing_messages WHERE state = 'queued' AND attempts = 0"))
          .length === 0,
    );
    const pending = await db.query("SELECT id FROM notification_queue WHERE status = 'pending'");
    if (pending.length === 0) return;
  }
}
const queue = () =>
  test.db.query<{ status: string; channel: string | null; tried: string; error: string | null }>(
    `SELECT status, channel, tried_channels AS tried, last_error AS error FROM notification_queue`,
  );
const customer = async (given: { phone: string | null; email: string | null }): Promise<number> => {
  const id = await aCustomer(test.db, { businessId: business.id });
  await test.db.execute('UPDATE users SET phone = :phone, email = :email WHERE id = :id', {
    id,
    ...given,
  });
  return id;
};

describe('a customer', () => {
  it('with nothing but an address is told by mail, in the words of the message', async () => {
    await told({ userId: await customer({ phone: null, email: 'Juan@Customer.Example' }) });
    expect(mail.received).toHaveLength(1);
    expect(mail.received[0]).toMatchObject({
      to: ['Juan@customer.example'],
      mail: { subject: 'Order ORD-1 is confirmed', from: { name: 'Sari-sari' } },
    });
    expect(mail.received[0]!.mail.text).toContain('your order ORD-1 is confirmed');
    expect(await queue()).toMatchObject([{ status: 'sent', channel: 'email' }]);
  });

  it('in the language of the shop', async () => {
    await test.db.execute("UPDATE businesses SET language = 'fil' WHERE id = ?", [business.id]);
    await told({ userId: await customer({ phone: null, email: 'juan@customer.example' }) });
    expect(mail.received[0]!.mail.subject).toBe('Confirmed na ang order ORD-1');
  });

  it('with a phone is told by SMS, and not by mail, too', async () => {
    configure({ ...TWILIO, SMTP_URL: mail.url, MAIL_FROM: 'orders@shop.example' });
    await told({
      userId: await customer({ phone: '+639171234567', email: 'juan@customer.example' }),
    });
    expect(platforms.messages).toHaveLength(1);
    expect(mail.received).toEqual([]);
  });

  it('whose phone cannot be reached is told by mail, once', async () => {
    configure({ ...TWILIO, SMTP_URL: mail.url, MAIL_FROM: 'orders@shop.example' });
    // A landline: Twilio takes no SMS for it.
    platforms.failNext('sms', 'invalid_to');
    await told({
      userId: await customer({ phone: '+639171234567', email: 'juan@customer.example' }),
    });
    expect(mail.received).toHaveLength(1);
    expect(await queue()).toMatchObject([{ status: 'sent', channel: 'email', tried: 'sms' }]);
  });

  it('whose mailbox does not exist either is left to a person, and not asked again', async () => {
    mail.refusal = { at: 'to', status: 550, message: '5.1.1 no such user' };
    await told({ userId: await customer({ phone: null, email: 'juan@customer.example' }) });
    expect(await queue()).toMatchObject([{ status: 'failed', tried: 'email' }]);
    expect((await queue())[0]!.error).toMatch(/550.*no such user/);
  });

  it('is nobody to tell where the shop has no e-mail', async () => {
    configure({});
    await told({ userId: await customer({ phone: null, email: 'juan@customer.example' }) });
    expect(await queue()).toMatchObject([{ status: 'failed' }]);
    expect((await queue())[0]!.error).toMatch(/no e-mail/);
  });
});

describe('the owner', () => {
  const news: Partial<NewNotification> = {
    recipientType: 'owner',
    template: 'owner_review_needed',
    payload: { order_number: 'ORD-1', total: 'P150.00', reason: 'high value' },
  };
  const admin = (email: string, role: 'admin' | 'operator' = 'admin') =>
    insertStaff(test.db, { business_id: business.id, name: 'Nena', role, phone: null, email });

  it('without a phone is told at the address of the business', async () => {
    await admin('nena@shop.example');
    await test.db.execute('UPDATE businesses SET settings = ? WHERE id = ?', [
      JSON.stringify({ owner_email: 'owner@shop.example' }),
      business.id,
    ]);
    await told(news);
    expect(mail.received.map(({ to }) => to)).toEqual([['owner@shop.example']]);
    expect(mail.received[0]!.mail.subject).toBe('Order ORD-1 needs your decision');
  });

  it('else at the first active admin’s', async () => {
    await admin('olga@shop.example', 'operator');
    const left = await admin('left@shop.example');
    await test.db.execute("UPDATE staff SET status = 'inactive' WHERE id = ?", [left]);
    await admin('nena@shop.example');
    await told(news);
    expect(mail.received.map(({ to }) => to)).toEqual([['nena@shop.example']]);
  });

  it('with a phone by SMS', async () => {
    configure({
      ...TWILIO,
      OWNER_PHONE: '+639170000001',
      SMTP_URL: mail.url,
      MAIL_FROM: 'orders@shop.example',
    });
    await admin('nena@shop.example');
    await told(news);
    expect(platforms.messages.map(({ recipient }) => recipient)).toEqual(['+639170000001']);
    expect(mail.received).toEqual([]);
  });
});

it('mails that wait for their server go out when it is back', async () => {
  const userId = await customer({ phone: null, email: 'juan@customer.example' });
  mail.refusal = { at: 'from', status: 421, message: '4.3.2 closing' };
  await told({ userId });
  expect(mail.received).toEqual([]);
  mail.refusal = undefined;
  test.clock.forward(10);
  await eventually(async () => {
    await sender.findDue();
    return (await queue())[0]?.status === 'sent';
  });
  expect(mail.received).toHaveLength(1);
});
