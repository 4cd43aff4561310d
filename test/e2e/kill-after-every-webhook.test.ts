import type { MessengerCustomer } from '../support/messenger-customer';
import { openShop, walkToSummary, type Shop } from '../support/shop';

/**
 * A whole order in which the app is killed the moment each webhook has its 200, and started again. What comes out is what an
 * undisturbed customer gets; a message may come twice where the failure table allows it, right after itself.
 */
describe('killed after every webhook', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.start();
  });
  afterAll(() => shop.close());

  /** The same person, to whom everything they do costs the app its life. */
  function killing(customer: MessengerCustomer): MessengerCustomer {
    const act = async (message: Parameters<MessengerCustomer['post']>[0]) => {
      expect(await customer.post(message)).toBe(200);
      await shop.apps.at(-1)!.kill();
      await shop.start();
      await customer.settled();
      return customer.seen();
    };
    return {
      ...customer,
      say: (text) => act({ text }),
      tap: (title) => act(customer.tapOf(title)),
    };
  }

  const ordersOf = (customer: MessengerCustomer) =>
    shop.db.query(
      `SELECT o.order_status, o.payment_method, o.total_amount, i.sku, i.quantity
       FROM orders AS o JOIN order_items AS i ON i.order_id = o.id JOIN conversations AS c ON c.user_id = o.user_id
       WHERE c.conversation_key LIKE ?`,
      [`%:${customer.psid}`],
    );

  /** What was said, without what was said again right after itself. */
  const texts = (customer: MessengerCustomer): string[] =>
    customer
      .seen()
      .map(({ text }) => text.replace(/ORD-\d{8}-\d{5}/, 'ORD'))
      .filter((text, at, all) => text !== all[at - 1]);

  it('the same order and the same answers come out', async () => {
    const undisturbed = shop.customer();
    await walkToSummary(undisturbed);
    await undisturbed.tap(/place order/i);

    const customer = shop.customer();
    await walkToSummary(killing(customer));
    await killing(customer).tap(/place order/i);

    expect(texts(customer)).toEqual(texts(undisturbed));
    expect(await ordersOf(undisturbed)).toHaveLength(1);
    expect(await ordersOf(customer)).toEqual(await ordersOf(undisturbed));
  }, 240_000);
});
