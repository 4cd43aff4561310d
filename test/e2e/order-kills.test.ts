import { eventually } from '../support/eventually';
import { doctorsComplaint } from '../support/instances';
import { killableDatabase, type KillableDatabase } from '../support/killable-database';
import { orderClients, type OrderClients } from '../support/order-clients';
import { openShop, type Shop } from '../support/shop';

/** KILL_ROUNDS=50 npm test -- order-kills: as often as you like. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 5);
/** Each of these starts another process, which takes longest. */
const ROUNDS_OF_TWO = Math.ceil(ROUNDS * 0.6);
const TIMEOUT_MS = 60_000 + ROUNDS * 40_000;
/** So many answers come before something dies: the groups are full and under way. */
const MID_LOAD = 60;

let shop: Shop;
let clients: OrderClients;

const numberOf = async (key: string, at: number): Promise<string> => {
  const answer = await clients.repeat(key, at);
  return answer.status === 201 ? answer.number : JSON.stringify(answer);
};

/** Every key that nobody answered is asked for again, by two at once, until they are told; both are told the same. */
async function repeatUnknown(): Promise<number> {
  const keys = clients.unknown();
  await Promise.all(keys.map(repeatUntilTold));
  return keys.length;
}

async function repeatUntilTold(key: string): Promise<void> {
  await eventually(async () => {
    const [here, there] = await Promise.all([clients.repeat(key, 0), clients.repeat(key, 1)]);
    return here.status !== 'unknown' && there.status !== 'unknown';
  });
  const known = clients.answers.get(key);
  if (known?.status !== 201) return;
  expect([await numberOf(key, 0), await numberOf(key, 1)]).toEqual([known.number, known.number]);
}

/** What clients were told is what is there: each answered order once, under its key and number, and no other. */
async function expectTold(): Promise<void> {
  const rows = await shop.db.query<{ id: number; number: string; key: string }>(
    'SELECT id, order_number AS number, idempotency_key AS `key` FROM orders WHERE idempotency_key LIKE ?',
    [`${clients.prefix}%`],
  );
  const told = [...clients.answers].flatMap(([key, answer]) =>
    answer.status === 201 ? [{ id: answer.id, number: answer.number, key }] : [],
  );
  const byKey = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key);
  expect([...rows].sort(byKey)).toEqual(told.sort(byKey));
  const refusals = [...clients.answers.values()].flatMap((answer) =>
    answer.status === 409 ? [answer.code] : [],
  );
  expect(new Set([...refusals, 'INSUFFICIENT_STOCK'])).toEqual(new Set(['INSUFFICIENT_STOCK']));
}

/** In each round so many orders are answered, then something happens while others are under way. */
async function inMidLoad(happens: () => Promise<void>): Promise<void> {
  const before = clients.answered();
  clients.start();
  await eventually(() => Promise.resolve(clients.answered() >= before + MID_LOAD));
  await happens();
  await clients.stop();
}

describe('orders over HTTP, when an instance is killed (-9) in mid-load', () => {
  beforeAll(async () => {
    shop = await openShop();
    await shop.start();
  });
  afterAll(() => shop.close());

  it(
    'are all there if they were answered, and a repeat after the restart places none twice',
    async () => {
      clients = await orderClients(shop, () => [shop.apps.at(-1)!.url]);
      let repeated = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        await inMidLoad(() => shop.apps.at(-1)!.kill());
        await shop.start();
        repeated += await repeatUnknown();
        await expectTold();
      }
      // The kills did meet requests.
      expect(repeated).toBeGreaterThan(0);
      expect(await doctorsComplaint(shop.databaseUrl)).toBe('');
    },
    TIMEOUT_MS,
  );

  it(
    'go on at the other one, which answers repeats of what the dead one was asked',
    async () => {
      let [left, right] = [shop.apps.at(-1)!, await shop.start()];
      clients = await orderClients(shop, () => [left.url, right.url]);
      let repeated = 0;
      for (let round = 0; round < ROUNDS_OF_TWO; round += 1) {
        await inMidLoad(async () => {
          await left.kill();
          const before = clients.answered();
          await eventually(() => Promise.resolve(clients.answered() >= before + MID_LOAD / 2));
        });
        left = right;
        repeated += await repeatUnknown();
        await expectTold();
        right = await shop.start();
      }
      expect(repeated).toBeGreaterThan(0);
      expect(await doctorsComplaint(shop.databaseUrl)).toBe('');
    },
    TIMEOUT_MS,
  );
});

describe('orders over HTTP, when the database is killed (-9) in mid-load', () => {
  let database: KillableDatabase;

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

  it(
    'are all there if they were answered, and a repeat after its restart places none twice',
    async () => {
      clients = await orderClients(shop, () => shop.apps.map(({ url }) => url));
      let repeated = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        await inMidLoad(() => database.kill());
        await database.start();
        repeated += await repeatUnknown();
        await expectTold();
      }
      expect(repeated).toBeGreaterThan(0);
      expect(await doctorsComplaint(shop.databaseUrl)).toBe('');
    },
    TIMEOUT_MS,
  );
});
