import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { customerAmong, doctorsComplaint } from '../support/instances';
import { killableDatabase, type KillableDatabase } from '../support/killable-database';
import type { MessengerCustomer } from '../support/messenger-customer';
import { openShop, walkToSummary, type Shop } from '../support/shop';

/** The database is killed with SIGKILL and started again; the app runs on. */
describe('a database that dies', () => {
  let database: KillableDatabase;
  let shop: Shop;

  beforeAll(async () => {
    database = await killableDatabase();
    shop = await openShop(database.newUrl());
    await shop.start();
    await shop.start();
  });
  afterAll(async () => {
    await database.start();
    await shop.close();
    await database.close();
  });

  const status = (path: string) =>
    fetch(`${shop.apps[0]!.url}${path}`).then((answer) => answer.status);

  /** Like the platform: what is not acknowledged comes again. Notes every answer that was no 200. */
  function persistent(customer: MessengerCustomer, refused: number[]): MessengerCustomer {
    const act = async (message: Parameters<MessengerCustomer['post']>[0]) => {
      const mid = `m_${randomUUID()}`;
      await eventually(async () => {
        const code = await customer.post({ ...message, mid });
        if (code !== 200) refused.push(code);
        return code === 200;
      });
      await eventually(() =>
        customer.settled().then(
          () => true,
          () => false,
        ),
      );
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

  it('in mid-load costs no message, no order and no second answer, and the app goes on by itself', async () => {
    const undisturbed = customerAmong(shop, shop.apps);
    await walkToSummary(undisturbed);
    await undisturbed.tap(/place order/i);

    // Slow enough that turns and requests are under way whenever it happens.
    shop.platforms.setLatency(100);
    const refused: number[] = [];
    const customers = Array.from({ length: 6 }, () =>
      persistent(customerAmong(shop, shop.apps), refused),
    );
    const before = shop.platforms.messages.length;
    const orders = customers.map(async (customer) => {
      await walkToSummary(customer);
      await customer.tap(/place order/i);
    });
    for (const dies of [15, 40]) {
      await eventually(() => Promise.resolve(shop.platforms.messages.length >= before + dies));
      await database.kill();
      expect(await status('/health')).toBe(200);
      expect(await status('/ready')).toBe(503);
      expect(await customerAmong(shop, shop.apps).post({ text: 'hi' })).toBe(503);
      await database.start();
    }
    await Promise.all(orders);
    expect(refused.filter((code) => code !== 503)).toEqual([]);
    for (const customer of customers) {
      expect(texts(customer)).toEqual(texts(undisturbed));
      const placed = await shop.db.query(
        'SELECT o.id FROM orders AS o JOIN conversations AS c ON c.user_id = o.user_id WHERE c.external_id = ?',
        [customer.psid],
      );
      expect(placed).toHaveLength(1);
    }
    expect(shop.platforms.overlaps).toEqual([]);
    expect(await status('/ready')).toBe(200);
    expect(await doctorsComplaint(shop.databaseUrl)).toBe('');
  }, 180_000);
});
