import { customerAmong } from '../support/instances';
import { OWNER_PHONE, openShop, walkToSummary, type Shop } from '../support/shop';

describe('the roles in processes of their own', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.start({ ROLE: 'worker' });
    await Promise.all([shop.start({ ROLE: 'scheduler' }), shop.start({ ROLE: 'web' })]);
  });
  afterAll(() => shop.close());

  it('take an order from hello to the owner’s SMS together, and end when they are asked to', async () => {
    const web = shop.apps.at(-1)!;
    const customer = customerAmong(shop, [web]);
    await walkToSummary(customer);
    await customer.tap(/place order/i);
    const number = /ORD-\d{8}-\d{5}/.exec(
      customer
        .seen()
        .map(({ text }) => text)
        .join('\n'),
    )?.[0];
    expect(number).toBeDefined();
    await shop.platforms.waitFor(
      ({ recipient, text }) => recipient === OWNER_PHONE && text.includes(number!),
      { timeoutMs: 45_000 },
    );
    expect(await Promise.all(shop.apps.map((app) => app.stop()))).toEqual([0, 0, 0]);
  });
});
