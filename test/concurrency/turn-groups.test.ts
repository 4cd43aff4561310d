import type { SendResult } from '../../src/channels/channel';
import { messenger } from '../../src/channels/messenger';
import { handleNext } from '../../src/conversation/handle-next';
import { handleTogether } from '../../src/conversation/handle-together';
import type { TurnDeps } from '../../src/conversation/turn-deps';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { createSender, type Sender } from '../../src/outgoing/sender';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { openTurns, PAGE_ID, type Turns } from '../support/turns';

/** Turns of many conversations in one transaction: what holds for one alone holds for each of them. */
const test = useDatabase();
let turns: Turns;
let sender: Sender | undefined;

beforeEach(async () => {
  turns = await openTurns(test);
  sender = undefined;
});
afterEach(async () => {
  await sender?.stop();
  jest.restoreAllMocks();
});

const at = (ms: number) => new Date(test.clock.now().getTime() - 60_000 + ms);
const psid = (person: number) => String(7_100_000_000_000_000 + person);

/** Messages of as many people; gives their lanes. */
const peopleSay = (texts: readonly string[], mid = 'm'): Promise<string[]> =>
  Promise.all(
    texts.map((text, n) => turns.receive(psid(n), [{ text, mid: `${mid}_${n}`, at: at(n) }])),
  );

/** The provider ids that were answered in a lane, in the order of the answers. */
async function answered(lane: string): Promise<string[]> {
  const rows = await test.db.query<{ mid: string }>(
    `SELECT i.provider_message_id AS mid FROM outgoing_messages AS m
     JOIN inbox_messages AS i ON i.id = m.inbox_message_id WHERE i.conversation_key = ? ORDER BY m.id`,
    [lane],
  );
  return rows.map(({ mid }) => mid).filter((mid, n, all) => mid !== all[n - 1]);
}

const count = async (sql: string): Promise<number> =>
  Number((await test.db.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${sql}`))[0]?.n);

/** The platform takes everything; gives the recipients in the order of the requests. */
function acceptEverything(): string[] {
  const requests: string[] = [];
  jest.spyOn(messenger, 'send').mockImplementation(({ to, outgoingId }) => {
    requests.push(to);
    const result: SendResult = { ok: true, providerMessageId: `provider-${outgoingId}` };
    return Promise.resolve(result);
  });
  return requests;
}

function withSender(): TurnDeps {
  const { db, clock } = test;
  const { accounts } = turns;
  sender = createSender({ db, clock, accounts, ids: systemIds, log: createLog('silent') });
  return { ...turns.deps, sender, wakeSender: (lane) => sender?.wake(lane) };
}

it('answers new and known people together, and makes each customer once', async () => {
  const lanes = await peopleSay(['hi', 'hi', 'help']);
  const first = await handleTogether(turns.deps, lanes);
  expect([...first.values()]).toEqual(['handled', 'handled', 'handled']);
  await peopleSay(['help', 'shop', 'hi', 'hi'], 'later');
  const more = await handleTogether(turns.deps, [...lanes, `messenger:${PAGE_ID}:${psid(3)}`]);
  expect(new Set(more.values())).toEqual(new Set(['handled']));
  expect(await count('users')).toBe(4);
  expect(await count('customer_identities')).toBe(4);
  expect(await answered(lanes[1]!)).toEqual(['m_1', 'later_1']);
  expect(await count("inbox_messages WHERE state <> 'done'")).toBe(0);
});

it('handles everything once and in order, whoever looks at how many lanes at once', async () => {
  const people = [0, 1, 2, 3, 4, 5];
  const lanes = await Promise.all(
    people.map((person) =>
      turns.receive(
        psid(person),
        [2, 0, 1].map((n) => ({
          text: n === 1 ? 'cart' : 'hi',
          mid: `m_${person}_${n}`,
          at: at(n),
        })),
      ),
    ),
  );
  const isDone = async () => (await count("inbox_messages WHERE state = 'pending'")) === 0;
  const together = async (some: readonly string[]): Promise<void> => {
    while (!(await isDone())) await handleTogether(turns.deps, some);
  };
  const alone = async (lane: string): Promise<void> => {
    while (!(await isDone())) await handleNext(turns.deps, lane);
  };
  await Promise.all([
    together(lanes),
    together([...lanes].reverse()),
    together(lanes.slice(2)),
    ...lanes.map(alone),
  ]);
  for (const [person, lane] of lanes.entries())
    expect(await answered(lane)).toEqual([0, 1, 2].map((n) => `m_${person}_${n}`));
  expect(await count('conversations WHERE turn_count <> 3')).toBe(0);
  expect(await count('users')).toBe(people.length);
});

it('leaves a turn that wants to write to a transaction of its own, and keeps nothing of it', async () => {
  const lanes = await peopleSay(['hi', 'hi']);
  await handleTogether(turns.deps, lanes);
  // Who looks at a cart has one made.
  await turns.receive(psid(0), [{ text: 'cart', mid: 'look', at: at(50) }]);
  await turns.receive(psid(1), [{ text: 'help', mid: 'ask', at: at(50) }]);
  const outcomes = await handleTogether(turns.deps, lanes);
  expect(lanes.map((lane) => outcomes.get(lane))).toEqual(['alone', 'handled']);
  expect(await count('carts')).toBe(0);
  expect(await answered(lanes[0]!)).toEqual(['m_0']);
  expect(await handleNext(turns.deps, lanes[0]!)).toBe('handled');
  expect(await count('carts')).toBe(1);
  expect(await answered(lanes[0]!)).toEqual(['m_0', 'look']);
});

it('does not let a turn that fails take the others with it', async () => {
  const lanes = await peopleSay(['hi', 'help', 'hi']);
  const { templates } = turns.deps;
  const text: typeof templates.text = (name, ...rest) => {
    if (name === 'help') throw new Error('no words');
    return templates.text(name, ...rest);
  };
  const outcomes = await handleTogether(
    { ...turns.deps, templates: { ...templates, text } },
    lanes,
  );
  expect(lanes.map((lane) => outcomes.get(lane))).toEqual(['handled', 'alone', 'handled']);
  expect(await answered(lanes[1]!)).toEqual([]);
  // Not counted here: who has it alone counts it.
  expect(await count('inbox_messages WHERE attempts > 0')).toBe(0);
});

it('leaves messages alone that have failed, or were there before this process began', async () => {
  const lanes = await peopleSay(['hi', 'hi', 'hi']);
  await test.db.execute("UPDATE inbox_messages SET attempts = 1 WHERE provider_message_id = 'm_0'");
  await test.db.execute(
    "UPDATE inbox_messages SET received_at = received_at - INTERVAL 20 SECOND WHERE provider_message_id = 'm_1'",
  );
  const outcomes = await handleTogether(turns.deps, lanes);
  expect(lanes.map((lane) => outcomes.get(lane))).toEqual(['alone', 'alone', 'handled']);
});

it('says which lanes have more, are empty, or belong to somebody else', async () => {
  const [more, held] = await peopleSay(['hi', 'hi']);
  await turns.receive(psid(0), [{ text: 'help', mid: 'second', at: at(60) }]);
  await handleTogether(turns.deps, [held!]);
  await test.db.transaction(async (trx) => {
    await trx.query('SELECT id FROM conversations WHERE conversation_key = ? FOR UPDATE', [held]);
    const outcomes = await handleTogether(turns.deps, [more!, held!, 'messenger:page:nobody']);
    expect([...outcomes].sort()).toEqual(
      [
        [more, 'more'],
        [held, 'busy'],
        ['messenger:page:nobody', 'idle'],
      ].sort(),
    );
  });
});

it('leaves a lane alone in which too much waits, and handles the others', async () => {
  const lanes = await peopleSay(['hi', 'hi']);
  const flood = Array.from({ length: 40 }, (_, n) => ({
    text: 'hi',
    mid: `flood_${n}`,
    at: at(100 + n),
  }));
  const flooded = await turns.receive(psid(5), flood);
  const outcomes = await handleTogether(turns.deps, [...lanes, flooded]);
  expect([...lanes, flooded].map((lane) => outcomes.get(lane))).toEqual([
    'handled',
    'handled',
    'alone',
  ]);
});

describe('the right to send', () => {
  it('is taken with the turn, and given back once everything is sent', async () => {
    const requests = acceptEverything();
    const lanes = await peopleSay(['hi', 'hi', 'hi', 'hi']);
    await handleTogether(withSender(), lanes);
    await eventually(async () => (await count("outgoing_messages WHERE state = 'sent'")) === 4);
    await eventually(
      async () => (await count('conversations WHERE send_lease_by IS NOT NULL')) === 0,
    );
    expect(requests.sort()).toEqual([0, 1, 2, 3].map(psid));
  });

  it('is not taken from somebody who has it', async () => {
    const requests = acceptEverything();
    const lanes = await peopleSay(['hi']);
    await handleTogether(turns.deps, lanes);
    await test.db.execute("UPDATE outgoing_messages SET state = 'sent'");
    await test.db.execute(
      "UPDATE conversations SET send_lease_by = 'another', send_lease_until = ?",
      [new Date(test.clock.now().getTime() + 20_000)],
    );
    await turns.receive(psid(0), [{ text: 'help', mid: 'later', at: at(60) }]);
    await handleTogether(withSender(), lanes);
    await sender?.stop();
    expect(requests).toEqual([]);
    expect(await count("conversations WHERE send_lease_by = 'another'")).toBe(1);
  });

  it('is not taken past an older message that waits for another try', async () => {
    const requests = acceptEverything();
    const lanes = await peopleSay(['hi']);
    await handleTogether(turns.deps, lanes);
    await test.db.execute(
      'UPDATE outgoing_messages SET next_attempt_at = next_attempt_at + INTERVAL 1 MINUTE',
    );
    await turns.receive(psid(0), [{ text: 'help', mid: 'later', at: at(60) }]);
    await handleTogether(withSender(), lanes);
    await sender?.stop();
    expect(requests).toEqual([]);
    expect(await count("outgoing_messages WHERE state = 'queued'")).toBe(2);
  });
});
