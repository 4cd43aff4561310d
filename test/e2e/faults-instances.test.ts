import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { customerAmong, doctorsComplaint, postBatch, textEvent } from '../support/instances';
import { newPsid, type MessengerCustomer } from '../support/messenger-customer';
import type { RunningApp } from '../support/running-app';
import { openShop, walkToSummary, type Shop } from '../support/shop';

/** Two instances on one database, behind a load balancer that does not care who is whose. */
describe('two instances', () => {
  let shop: Shop;
  let first: RunningApp;
  let second: RunningApp;

  beforeAll(async () => {
    shop = await openShop();
    first = await shop.start();
    second = await shop.start();
  });
  afterAll(() => shop.close());
  beforeEach(() => shop.platforms.reset());

  /** What was handled and answered of a person: the provider ids, in the order of the answers. */
  async function answered(psid: string): Promise<string[]> {
    const rows = await shop.db.query<{ mid: string }>(
      `SELECT i.provider_message_id AS mid FROM outgoing_messages AS m
       JOIN inbox_messages AS i ON i.id = m.inbox_message_id WHERE i.external_id = ? ORDER BY m.id`,
      [psid],
    );
    return rows.map(({ mid }) => mid);
  }
  const withoutNeighbours = (all: string[]) => all.filter((one, at) => one !== all[at - 1]);
  const turnsOf = async (psid: string) =>
    (
      await shop.db.query<{ turn_count: number }>(
        'SELECT turn_count FROM conversations WHERE external_id = ?',
        [psid],
      )
    ).map((row) => row.turn_count);

  it('answer a message once that comes five times at once to both, and again later', async () => {
    const customer = customerAmong(shop, [first, second]);
    const mid = `m_${randomUUID()}`;
    const repeat = () => customer.post({ text: 'hi', mid });
    const statuses = await Promise.all(Array.from({ length: 10 }, repeat));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await customer.settled();
    const seen = customer.seen().length;
    expect(await repeat()).toBe(200);
    expect(await repeat()).toBe(200);
    await customer.settled();
    expect(customer.seen()).toHaveLength(seen);
    expect(withoutNeighbours(await answered(customer.psid))).toEqual([mid]);
    expect(await turnsOf(customer.psid)).toEqual([1]);
  });

  it('answer ten quick messages in the platform’s order, each once, without two requests at a time to one person', async () => {
    shop.platforms.setLatency(100);
    const customers = [1, 2, 3].map(() => customerAmong(shop, [first, second]));
    const mids = Array.from({ length: 10 }, (_, n) => `m_${n}_${randomUUID()}`);
    const start = Date.now();
    await Promise.all(
      customers.map(async (customer) => {
        for (const [n, mid] of mids.entries()) {
          const own = `${mid}_${customer.psid}`;
          expect(await customer.post({ text: 'hi', mid: own, timestamp: start + n })).toBe(200);
        }
        await customer.settled();
        const expected = mids.map((mid) => `${mid}_${customer.psid}`);
        expect(withoutNeighbours(await answered(customer.psid))).toEqual(expected);
        // What was written is what the person saw, in that order.
        expect(customer.seen()).toHaveLength((await answered(customer.psid)).length);
        expect(await sentInOrder(customer.psid)).toBe(true);
      }),
    );
    expect(shop.platforms.overlaps).toEqual([]);
  });

  async function sentInOrder(psid: string): Promise<boolean> {
    const rows = await shop.db.query<{ provider_message_id: string }>(
      `SELECT m.provider_message_id FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
       WHERE c.external_id = ? ORDER BY m.id`,
      [psid],
    );
    const seen = shop.platforms.messagesTo(psid).map((one) => one.providerMessageId);
    return JSON.stringify(seen) === JSON.stringify(rows.map((row) => row.provider_message_id));
  }

  it('answer all of ten messages that arrive at the same instant, each once', async () => {
    const customer = customerAmong(shop, [first, second]);
    await customer.say('hi');
    const start = Date.now();
    const mids = Array.from({ length: 10 }, (_, n) => `m_${n}_${randomUUID()}`);
    await Promise.all(
      mids.map((mid, n) => customer.post({ text: 'hi', mid, timestamp: start + n })),
    );
    await customer.settled();
    expect(withoutNeighbours((await answered(customer.psid)).slice(1)).sort()).toEqual(
      [...mids].sort(),
    );
    expect(await turnsOf(customer.psid)).toEqual([11]);
    expect(shop.platforms.overlaps).toEqual([]);
  });

  it('take a body of twenty events of several people, with repeats in it, each event once', async () => {
    const people = [newPsid(), newPsid(), newPsid(), newPsid()];
    const start = Date.now();
    const events = Array.from({ length: 20 }, (_, n) => {
      // 12 different ones, 3 to each; the last eight are there before.
      const one = n % 12;
      return textEvent(people[one % 4]!, `m_batch_${one}_${start}`, 'hi', start + one);
    });
    expect(await Promise.all([postBatch(first, events), postBatch(second, events)])).toEqual([
      200, 200,
    ]);
    await eventually(async () => {
      const handled = await shop.db.query(
        "SELECT id FROM inbox_messages WHERE external_id IN (?) AND state = 'done'",
        [people],
      );
      return handled.length === 12;
    });
    for (const [n, psid] of people.entries()) {
      const mids = [n, n + 4, n + 8].map((one) => `m_batch_${one}_${start}`);
      expect(withoutNeighbours(await answered(psid))).toEqual(mids);
      expect(await turnsOf(psid)).toEqual([3]);
    }
  });

  /** Like the platform: what is not acknowledged comes again, with the same id. */
  function persistent(customer: MessengerCustomer): MessengerCustomer {
    const act = async (message: Parameters<MessengerCustomer['post']>[0]) => {
      const mid = `m_${randomUUID()}`;
      await eventually(async () => (await customer.post({ ...message, mid })) === 200);
      await customer.settled();
      return customer.seen();
    };
    return {
      ...customer,
      say: (text) => act({ text }),
      tap: (title) => act(customer.tapOf(title)),
    };
  }

  const texts = (customer: MessengerCustomer) =>
    customer.seen().map(({ text }) => text.replace(/ORD-\d{8}-\d{5}/, 'ORD'));

  /** So many customers order at once; in the middle of it something happens to an instance. */
  async function orderWhile(happens: () => Promise<void>): Promise<{ repeats: number }> {
    const undisturbed = customerAmong(shop, [second]);
    await walkToSummary(undisturbed);
    await undisturbed.tap(/place order/i);
    shop.platforms.setLatency(20);
    const customers = Array.from({ length: 6 }, () =>
      persistent(customerAmong(shop, [first, second])),
    );
    const before = shop.platforms.messages.length;
    const orders = customers.map(async (customer) => {
      await walkToSummary(customer);
      await customer.tap(/place order/i);
    });
    await eventually(() => Promise.resolve(shop.platforms.messages.length >= before + 20));
    await happens();
    await Promise.all(orders);
    let repeats = 0;
    for (const customer of customers) {
      const said = texts(customer);
      expect(withoutNeighbours(said)).toEqual(withoutNeighbours(texts(undisturbed)));
      repeats += said.length - texts(undisturbed).length;
      const placed = await shop.db.query(
        'SELECT o.id FROM orders AS o JOIN conversations AS c ON c.user_id = o.user_id WHERE c.external_id = ?',
        [customer.psid],
      );
      expect(placed).toHaveLength(1);
    }
    expect(await doctorsComplaint(shop.databaseUrl)).toBe('');
    return { repeats };
  }

  it('lose nothing when one is told to stop in mid-load: it ends with 0, without a repeat and without a lease', async () => {
    let code: number | null = null;
    const { repeats } = await orderWhile(async () => {
      code = await first.stop();
      const leases = await shop.db.query(
        'SELECT id FROM conversations WHERE send_lease_by LIKE ?',
        [`%.${first.pid}.%`],
      );
      expect(leases).toEqual([]);
      first = await shop.start();
    });
    expect(code).toBe(0);
    expect(repeats).toBe(0);
  }, 120_000);

  it('lose nothing when one is killed in mid-load; only what was under way may come twice', async () => {
    const { repeats } = await orderWhile(() => first.kill());
    // At most one request was under way to each of them.
    expect(repeats).toBeLessThanOrEqual(6);
  }, 120_000);
});
