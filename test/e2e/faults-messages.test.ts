import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import type { MessengerCustomer } from '../support/messenger-customer';
import { openShop, OWNER_PHONE, PAGE, type Shop } from '../support/shop';

/** Messages and platforms that do not behave. */
describe('the lane goes on', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.start();
  });
  afterAll(() => shop.close());

  /** A message as the webhook stored it a while ago. */
  async function stored(customer: MessengerCustomer, event: unknown, ageS: number): Promise<void> {
    const [business] = await shop.db.query<{ id: number }>('SELECT id FROM businesses');
    const at = new Date(Date.now() - ageS * 1_000);
    await shop.db.execute(
      `INSERT INTO inbox_messages
          (business_id, channel, account_id, provider_message_id, conversation_key, external_id, kind, event,
           next_attempt_at, sent_at, received_at)
       VALUES (?, 'messenger', ?, ?, ?, ?, 'message', ?, ?, ?, ?)`,
      [
        business!.id,
        PAGE.pageId,
        `m_${randomUUID()}`,
        `messenger:${PAGE.pageId}:${customer.psid}`,
        customer.psid,
        JSON.stringify(event),
        at,
        at,
        at,
      ],
    );
  }

  const statesOf = async (customer: MessengerCustomer) =>
    (
      await shop.db.query<{ state: string }>(
        'SELECT state FROM inbox_messages WHERE external_id = ? ORDER BY sent_at, id',
        [customer.psid],
      )
    ).map(({ state }) => state);
  const alerts = () => shop.platforms.messagesTo(OWNER_PHONE).length;

  it('after a message that nobody can read was tried three times: an apology, an alert, and the next answer', async () => {
    const customer = shop.customer();
    await customer.say('hi');
    const [seen, told] = [customer.seen().length, alerts()];
    await stored(customer, { kind: 'message', text: { not: 'a text' } }, 0);
    expect(await customer.post({ text: 'hi' })).toBe(200);
    await customer.settled();
    expect(await statesOf(customer)).toEqual(['done', 'failed', 'done']);
    const [apology, answer] = customer.seen().slice(seen);
    expect(apology?.text).toMatch(/sorry/i);
    expect(answer).toBeDefined();
    await eventually(() => Promise.resolve(alerts() === told + 1));
  });

  it('after a message that has killed three processes: an apology, an alert, and the next answer', async () => {
    const customer = shop.customer();
    const told = alerts();
    await shop.apps.at(-1)!.kill();
    await stored(customer, { kind: 'message', text: 'hi' }, 60);
    for (let life = 0; life < 3; life += 1) {
      // It may die before it is ready.
      const app = await shop.start({ CRASH_AT: 'turn.after-lock' }).catch(() => null);
      if (app) expect(await app.ended).toBe('SIGKILL');
    }
    await shop.start({ CRASH_AT: 'turn.after-lock' });
    await eventually(async () => (await statesOf(customer))[0] === 'failed');

    // It would die of the next turn, be it a receipt's: apology and alert are left to its successor, or come a second time (G-8).
    await shop.apps.at(-1)!.kill();
    await shop.start();
    await customer.settled();
    expect(customer.lastText()).toMatch(/sorry/i);
    await eventually(() => Promise.resolve(alerts() > told));
    await customer.say('hi');
    expect(await statesOf(customer)).toEqual(['failed', 'done']);
  }, 120_000);

  it('after a platform that failed for seconds: each answer once and in order', async () => {
    const customers = [1, 2, 3].map(() => shop.customer());
    shop.platforms.failNext('messenger', 'transient', 9);
    await Promise.all(
      customers.map(async (customer) => {
        for (let n = 0; n < 3; n += 1) expect(await customer.post({ text: 'hi' })).toBe(200);
        await customer.settled();
      }),
    );
    for (const customer of customers) {
      const rows = await shop.db.query<{ id: string }>(
        `SELECT m.provider_message_id AS id FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
         WHERE c.external_id = ? ORDER BY m.id`,
        [customer.psid],
      );
      expect(customer.seen().map((one) => one.providerMessageId)).toEqual(rows.map(({ id }) => id));
    }
    expect(shop.platforms.overlaps).toEqual([]);
  });
});
