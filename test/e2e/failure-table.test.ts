import { insertNotification } from '../../src/notifications/notification-store';
import { eventually } from '../support/eventually';
import { openShop, OWNER_PHONE, walkToSummary, type Shop } from '../support/shop';
import type { MessengerCustomer } from '../support/messenger-customer';

/**
 * The table "If we die here" of ARCHITECTURE.md: a process is killed with SIGKILL at each of its lines, in the turn that places
 * an order, and started again. One order, every answer, nothing twice but where the table says so.
 */
describe('the failure table', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.start();
  });
  afterAll(() => shop.close());

  /** Starts anew with the crash armed, once the one before has let go. */
  async function restart(env: Record<string, string> = {}): Promise<void> {
    await shop.apps.at(-1)?.kill();
    await shop.start(env);
  }

  const ordersOf = async (customer: MessengerCustomer) =>
    shop.db.query<{ order_number: string }>(
      `SELECT o.order_number FROM orders AS o JOIN conversations AS c ON c.user_id = o.user_id
       WHERE c.conversation_key LIKE ?`,
      [`%:${customer.psid}`],
    );

  /** Orders with a kill at that place; gives what the customer saw from the tap on. */
  async function orderWithCrashAt(
    point: string,
  ): Promise<{ customer: MessengerCustomer; texts: string[] }> {
    await restart();
    const customer = shop.customer();
    await walkToSummary(customer);
    const tap = customer.tapOf(/place order/i);
    const before = customer.seen().length;
    const mid = `m_crash_${point}_${customer.psid}`;
    await restart({ CRASH_AT: point });
    const app = shop.apps.at(-1)!;
    const status = await customer.post({ ...tap, mid });
    expect(await app.ended).toBe('SIGKILL');
    await shop.start();
    // The platform repeats what was not acknowledged.
    if (status !== 200) expect(await customer.post({ ...tap, mid })).toBe(200);
    await customer.settled();
    await ownersSms(customer);
    return {
      customer,
      texts: customer
        .seen()
        .slice(before)
        .map(({ text }) => text),
    };
  }

  /** The owner is told of the order: the notification is the last thing to go out. */
  async function ownersSms(customer: MessengerCustomer): Promise<void> {
    const [order] = await ordersOf(customer);
    await shop.platforms.waitFor(
      ({ recipient, text }) => recipient === OWNER_PHONE && text.includes(order!.order_number),
      { timeoutMs: 45_000 },
    );
    // And the product has noted it: killed before, it would tell it again.
    await eventually(async () => {
      const [left] = await shop.db.query<{ queued: number }>(
        "SELECT COUNT(*) AS queued FROM outgoing_messages WHERE state = 'queued'",
      );
      return left?.queued === 0;
    });
  }

  const ownersMessages = async (customer: MessengerCustomer): Promise<number> => {
    const [order] = await ordersOf(customer);
    return shop.platforms
      .messagesTo(OWNER_PHONE)
      .filter(({ text }) => text.includes(order!.order_number)).length;
  };

  it.each([
    ['webhook.before-store', 'before the message is stored: the platform repeats it'],
    ['webhook.before-answer', 'before the answer: the repeat has no second effect'],
    ['turn.after-lock', 'with the lane held'],
    ['turn.before-commit', 'with the whole turn done and not committed'],
    ['turn.after-commit', 'with the answer committed and not sent'],
    ['send.before-request', 'with the right to send taken and nothing sent'],
  ])('places one order and answers once when killed at %s, %s', async (point) => {
    const { customer, texts } = await orderWithCrashAt(point);
    expect(await ordersOf(customer)).toHaveLength(1);
    expect(texts.filter((text) => /your order ORD-\d{8}-\d{5}/i.test(text))).toHaveLength(1);
    expect(await ownersMessages(customer)).toBe(1);
  });

  it.each([
    ['notify.before-commit', 'with its message written and not committed'],
    ['notify.after-commit', 'with its message committed and not sent'],
  ])('tells a notification once when killed at %s, %s', async (point) => {
    await restart();
    const [business] = await shop.db.query<{ id: number }>('SELECT id FROM businesses');
    const before = shop.platforms.messagesTo(OWNER_PHONE).length;
    await restart({ CRASH_AT: point });
    // Nothing else is under way: whatever is told twice is this.
    await shop.db.transaction((trx) =>
      insertNotification(trx, {
        businessId: business!.id,
        recipientType: 'owner',
        template: 'owner_message_failed',
        payload: { message_id: 42 },
        scheduledAt: new Date(),
      }),
    );
    expect(await shop.apps.at(-1)!.ended).toBe('SIGKILL');
    await shop.start();
    await shop.platforms.waitForMessages(OWNER_PHONE, before + 1, { timeoutMs: 45_000 });
    await eventually(async () => {
      const [row] = await shop.db.query<{ status: string }>(
        "SELECT status FROM notification_queue WHERE template = 'owner_message_failed' ORDER BY id DESC LIMIT 1",
      );
      return row?.status === 'sent';
    });
    expect(shop.platforms.messagesTo(OWNER_PHONE)).toHaveLength(before + 1);
  });

  it('repeats a message at most once when killed between the platform’s acceptance and our note of it', async () => {
    const { customer, texts } = await orderWithCrashAt('send.after-request');
    expect(await ordersOf(customer)).toHaveLength(1);
    const told = texts.filter((text) => /your order ORD-\d{8}-\d{5}/i.test(text)).length;
    expect(told).toBeGreaterThanOrEqual(1);
    expect(told).toBeLessThanOrEqual(2);
  });
});
