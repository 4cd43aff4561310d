import { ADMIN_API_KEY, type Shop } from './shop';

/** What a client knows of an order that it asked for with a key. */
export type Answer =
  | { status: 201; id: number; number: string }
  | { status: 409; code: string }
  /** Nobody answered, or the answer was "not now": it may have been placed, and it may not. */
  | { status: 'unknown' };

/** Programs that order over HTTP, each one request after the other, at one instance after the other. */
export interface OrderClients {
  /** What their keys begin with. */
  prefix: string;
  answers: Map<string, Answer>;
  /** How many were answered for good so far. */
  answered(): number;
  unknown(): string[];
  /** Lets the clients order until `stop`. A request that gets no answer is left alone. */
  start(): void;
  /** Ends when the last request under way has ended. */
  stop(): Promise<void>;
  /** Asks again with a key, at the instance of this number. */
  repeat(key: string, at?: number): Promise<Answer>;
}

const CLIENTS = 12;
const PRODUCTS = 5;
/** A request to a process that was killed fails at once; one to a process that hangs is given up. */
const PATIENCE_MS = 20_000;
const ADDRESS = {
  recipient_name: 'Ana Reyes',
  phone: '09171234567',
  address: '1 Main St',
  city: 'Manila',
  province: 'Metro Manila',
};

let keys = 0;
let sets = 0;

/** Makes customers and products over the API, and clients for them. `urls` is asked anew for each request. */
export async function orderClients(shop: Shop, urls: () => string[]): Promise<OrderClients> {
  const products = await Promise.all(
    // The last one runs out.
    Array.from({ length: PRODUCTS }, (_, n) => makeProduct(shop, n < PRODUCTS - 1 ? 100_000 : 60)),
  );
  const people = await Promise.all(Array.from({ length: CLIENTS }, () => makeCustomer(shop)));
  const prefix = `kill-${(sets += 1)}-`;
  const bodies = new Map<string, object>();
  const answers = new Map<string, Answer>();
  let isStopped = true;
  let running: Promise<void>[] = [];
  let turn = 0;

  const ask = async (key: string, at = (turn += 1)): Promise<Answer> => {
    const all = urls();
    const answer = await post(`${all[at % all.length]}/api/orders`, key, bodies.get(key));
    const before = answers.get(key);
    // What a client was told once stays; whether later answers agree is for the tests to look at.
    if (!before || before.status === 'unknown') answers.set(key, answer);
    return answer;
  };
  const client = async (userId: number, n: number): Promise<void> => {
    for (let round = n; !isStopped; round += 1) {
      const key = `${prefix}${(keys += 1)}`;
      bodies.set(key, orderOf(userId, products, round));
      answers.set(key, { status: 'unknown' });
      await ask(key);
    }
  };

  return {
    prefix,
    answers,
    answered: () => [...answers.values()].filter(({ status }) => status !== 'unknown').length,
    unknown: () =>
      [...answers].filter(([, { status }]) => status === 'unknown').map(([key]) => key),
    start: () => {
      isStopped = false;
      running = people.map(client);
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(running);
    },
    repeat: ask,
  };
}

async function post(url: string, key: string, body: unknown): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': ADMIN_API_KEY,
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = (await response.json()) as {
      order_id: number;
      order_number: string;
      code: string;
    };
    if (response.status === 201)
      return { status: 201, id: answer.order_id, number: answer.order_number };
    if (response.status === 409) return { status: 409, code: answer.code };
    if (response.status !== 503)
      throw new Unexpected(`${response.status} ${JSON.stringify(answer)}`);
    return { status: 'unknown' };
  } catch (error) {
    if (error instanceof Unexpected) throw error;
    return { status: 'unknown' };
  }
}

class Unexpected extends Error {}

/** One to three things in changing order; fetched at the shop, so nothing is added for shipping. */
function orderOf(userId: number, products: readonly number[], round: number): object {
  const lines = 1 + (round % 3);
  const items = Array.from({ length: lines }, (_, n) => ({
    product_id: products[(round * 2 + n) % products.length],
    quantity: 1,
  }));
  return {
    user_id: userId,
    items: round % 2 ? items : items.reverse(),
    subtotal: 100 * lines,
    shipping_fee: 0,
    total_amount: 100 * lines,
    payment_method: 'in_person',
    order_source: 'api',
    shipping_address: ADDRESS,
    confirm_duplicate: true,
  };
}

async function makeProduct(shop: Shop, stock: number): Promise<number> {
  const sku = `KILL-${(keys += 1)}`;
  const { body } = await shop.api('/api/products', {
    name: sku,
    sku,
    price: 100,
    stock_quantity: stock,
    status: 'active',
  });
  return body.id as number;
}

async function makeCustomer(shop: Shop): Promise<number> {
  const { body } = await shop.api('/api/customers', {
    name: 'Ana Reyes',
    phone: '09171234567',
    email: 'ana@example.com',
  });
  return body.id as number;
}
