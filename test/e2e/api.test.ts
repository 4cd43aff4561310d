import type { Body } from '../support/api';
import { ADMIN_API_KEY, openShop, type Shop } from '../support/shop';

/** The API as clients have it: over HTTP, from processes of their own that share nothing but the database. */
describe('the API over real processes', () => {
  let shop: Shop;
  let urls: string[];

  beforeAll(async () => {
    shop = await openShop();
    urls = [(await shop.start()).url, (await shop.start()).url];
  });
  afterAll(() => shop.close());

  async function send(
    at: number,
    method: string,
    path: string,
    body?: object,
    headers = {},
  ): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${urls[at]}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-api-key': ADMIN_API_KEY, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async function stock(name: string, quantity: number): Promise<number> {
    const product = {
      name,
      sku: name.toUpperCase(),
      price: 100,
      stock_quantity: quantity,
      status: 'active',
    };
    return (await send(0, 'POST', '/api/products', product)).body.id as number;
  }

  async function customer(): Promise<number> {
    const person = { name: 'Ana', phone: '09171234567', email: 'ana@example.com' };
    return (await send(0, 'POST', '/api/customers', person)).body.id as number;
  }

  const order = (userId: number, productId: number) => ({
    user_id: userId,
    items: [{ product_id: productId, quantity: 1 }],
    subtotal: 100,
    // Fetched at the shop: no fee.
    shipping_fee: 0,
    total_amount: 100,
    payment_method: 'in_person',
    order_source: 'api',
    shipping_address: {
      recipient_name: 'Ana',
      phone: '09171234567',
      address: '1 Main St',
      city: 'Manila',
      province: 'Metro Manila',
    },
    confirm_duplicate: true,
  });

  it('goes from a new product to a delivered order, on whichever instance', async () => {
    const body = order(await customer(), await stock('kettle', 5));
    const placed = await send(0, 'POST', '/api/orders', body);
    expect(placed.status).toBe(201);
    const path = `/api/orders/${placed.body.order_number}`;
    expect((await send(1, 'POST', `${path}/confirm`, { notes: 'ok' })).status).toBe(200);
    for (const [at, status] of ['processing', 'shipped', 'delivered'].entries()) {
      expect((await send(at % 2, 'PATCH', `${path}/status`, { status })).status).toBe(200);
    }
    const { body: history } = await send(1, 'GET', `${path}/history`);
    expect(history.data.filter((one: { kind: string }) => one.kind === 'order')).toHaveLength(5);
    expect((await send(0, 'GET', '/api/inventory/KETTLE/explain')).body).toMatchObject({
      on_hand: 4,
      can_be_sold: true,
    });
  });

  it('places one order for one key, at the same time on two instances, and after one has died', async () => {
    const body = order(await customer(), await stock('teapot', 5));
    const key = { 'idempotency-key': 'one-intent' };
    const answers = await Promise.all(
      [0, 1, 0, 1].map((at) => send(at, 'POST', '/api/orders', body, key)),
    );
    const numbers = new Set(
      answers.map((answer) => `${answer.status} ${answer.body.order_number}`),
    );
    expect(numbers.size).toBe(1);
    await shop.apps[1]?.kill();
    expect((await send(0, 'POST', '/api/orders', body, key)).body.order_id).toBe(
      answers[0]?.body.order_id,
    );
    urls[1] = (await shop.start()).url;
    expect((await send(1, 'POST', '/api/orders', body, key)).body.order_id).toBe(
      answers[0]?.body.order_id,
    );
  });

  it('sells what is there and no more, when everybody wants it on both', async () => {
    const productId = await stock('vase', 3);
    const buyers = await Promise.all(Array.from({ length: 10 }, customer));
    const answers = await Promise.all(
      buyers.map((userId, at) => send(at % 2, 'POST', '/api/orders', order(userId, productId))),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(201), count(409)]).toEqual([3, 7]);
    expect((await send(1, 'GET', '/api/inventory/VASE')).body).toMatchObject({
      stock_quantity: 3,
      reserved_stock: 3,
      available: 0,
    });
  });

  it('describes itself to everybody, and lets nobody else in', async () => {
    const description = await fetch(`${urls[0]}/api/openapi.json`);
    expect(((await description.json()) as { openapi: string }).openapi).toBe('3.1.0');
    expect((await fetch(`${urls[0]}/api/docs`)).headers.get('content-security-policy')).toContain(
      "default-src 'self'",
    );
    expect((await fetch(`${urls[0]}/api/orders`)).status).toBe(401);
  });
});
