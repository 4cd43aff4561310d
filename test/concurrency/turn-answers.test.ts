import { messenger } from '../../src/channels/messenger';
import { sms } from '../../src/channels/sms';
import type { SendRequest, SendResult } from '../../src/channels/channel';
import type { ChannelName } from '../../src/channels/inbound';
import { createConversation, findConversation } from '../../src/customers/conversation-store';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { dueConversations, insertOutgoing, type SendLane } from '../../src/outgoing/outgoing-store';
import { createSender, type Sender } from '../../src/outgoing/sender';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { openTurns, PAGE_ID, type Turns } from '../support/turns';

const test = useDatabase();
const SMS_NUMBER = '+15005550006';
let turns: Turns;
let senders: Sender[];
/** What the platforms do with a request; the tests change it. */
let platform: (request: SendRequest) => Promise<SendResult> | SendResult;
/** Accepted texts, in the order of acceptance. */
let accepted: string[];
let requests: string[];
let statements: number;

beforeEach(async () => {
  turns = await openTurns(test);
  senders = [];
  accepted = [];
  requests = [];
  statements = 0;
  platform = accept;
  for (const channel of [messenger, sms]) {
    jest.spyOn(channel, 'send').mockImplementation(async (request) => {
      requests.push(String(request.payload.text));
      return platform(request);
    });
  }
});
afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.stop()));
  jest.restoreAllMocks();
});

function accept({ payload, outgoingId }: SendRequest): SendResult {
  accepted.push(String(payload.text));
  return { ok: true, providerMessageId: `provider-${outgoingId}` };
}
const down: SendResult = { ok: false, errorClass: 'retry', code: 'http_0', message: 'no answer' };

/** A sender as an instance has one; with `fails`, its next look at a queue does not come back. */
function sender({ fails = false } = {}): Sender {
  const db = new Proxy(test.db, {
    get: (target, name, receiver) => {
      if (name === 'execute' || name === 'query') statements += 1;
      if (name === 'query' && fails) {
        fails = false;
        return () => Promise.reject(new Error('a lock was waited for in vain'));
      }
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  const { clock } = test;
  const made = createSender({
    db,
    clock,
    accounts: turns.accounts,
    ids: systemIds,
    log: createLog('silent'),
  });
  senders.push(made);
  return made;
}

async function conversation(person: string, channel: ChannelName = 'messenger'): Promise<SendLane> {
  const accountId = channel === 'sms' ? SMS_NUMBER : PAGE_ID;
  const conversationKey = `${channel}:${accountId}:${person}`;
  const { businessId } = turns;
  await createConversation(test.db, {
    conversationKey,
    businessId,
    channel,
    accountId,
    externalId: person,
  });
  const { id } = (await findConversation(test.db, conversationKey))!;
  return { conversationId: id, channel, accountId, externalId: person };
}

const write = ({ conversationId }: SendLane, ...texts: string[]): Promise<void> =>
  test.db.transaction((trx) =>
    insertOutgoing(
      trx,
      texts.map((text) => ({
        businessId: turns.businessId,
        conversationId,
        inboxMessageId: null,
        notificationId: null,
        message: { payload: { text }, display: text },
      })),
      test.clock.now(),
    ),
  );

/** Everything that could go now has been tried. */
const rest = () =>
  eventually(async () => {
    const leased = await test.db.query(
      'SELECT id FROM conversations WHERE send_lease_by IS NOT NULL LIMIT 1',
    );
    const due = await dueConversations(test.db, test.clock.now(), [], 1);
    return leased.length === 0 && due.length === 0;
  });

const toPerson = (list: readonly string[], person: string) =>
  list.filter((text) => text.startsWith(`${person}.`));

it('after an hour without the platform everything goes out once and in order, and nobody waits for ever', async () => {
  const people = Array.from({ length: 15 }, (_, n) => `person${n}`);
  const lanes = await Promise.all(people.map((person) => conversation(person)));
  const one = sender();
  platform = () => down;
  for (let minute = 0; minute < 60; minute += 1) {
    // A quarter of them goes on talking.
    for (const [n, lane] of lanes.entries()) {
      if (minute === 0 || (n % 4 === 0 && minute % 10 === 0))
        await write(lane, `person${n}.${minute}a`, `person${n}.${minute}b`);
    }
    await one.findDue();
    await rest();
    test.clock.forward(1);
  }
  expect(accepted).toEqual([]);
  expect(requests.length).toBeLessThan(15 * 60);

  platform = accept;
  // The longest wait between two tries.
  test.clock.forward(2);
  await one.findDue();
  await rest();
  for (const [n, person] of people.entries()) {
    const minutes = n % 4 === 0 ? [0, 10, 20, 30, 40, 50] : [0];
    expect(toPerson(accepted, person)).toEqual(
      minutes.flatMap((minute) => [`${person}.${minute}a`, `${person}.${minute}b`]),
    );
  }
}, 120_000);

it('a conversation whose first message waits for another try is left alone until then', async () => {
  const lane = await conversation('person');
  platform = () => down;
  await write(lane, 'person.1', 'person.2');
  const one = sender();
  one.wake(lane);
  await rest();
  await write(lane, 'person.3');
  await one.findDue();
  one.wake(lane);
  await rest();
  expect(requests).toEqual(['person.1']);
  expect(statements).toBeLessThan(15);
});

it('Retry-After holds up its account and no other', async () => {
  const [first, second, phone] = [
    await conversation('first'),
    await conversation('second'),
    await conversation('+639170000042', 'sms'),
  ];
  const limited: SendResult = {
    ok: false,
    errorClass: 'retry',
    code: '613',
    message: 'too many',
    retryAfterMs: 5 * 60_000,
    slowsAccount: true,
  };
  platform = (request) => (request.account.channel === 'messenger' ? limited : accept(request));
  const one = sender();
  await write(first, 'first.1');
  one.wake(first);
  await rest();
  await write(second, 'second.1');
  await write(phone, 'phone.1');
  for (const lane of [second, phone]) one.wake(lane);
  await one.findDue();
  await eventually(() => Promise.resolve(accepted.length === 1));
  test.clock.forward(4);
  await one.findDue();
  expect(requests).toEqual(['first.1', 'phone.1']);

  platform = accept;
  test.clock.forward(1);
  await one.findDue();
  await rest();
  expect(accepted.sort()).toEqual(['first.1', 'phone.1', 'second.1']);
});

it('a platform that does not answer holds up no other', async () => {
  let answer: (result: SendResult) => void = () => undefined;
  const answered = new Promise<SendResult>((resolve) => (answer = resolve));
  const one = sender();
  const people = Array.from({ length: 205 }, (_, n) => `person${n}`);
  const lanes = await Promise.all(people.map((person) => conversation(person)));
  platform = (request) => (request.account.channel === 'messenger' ? answered : accept(request));
  for (const lane of lanes) await write(lane, `${lane.externalId}.1`);
  for (const lane of lanes) one.wake(lane);
  await eventually(() => Promise.resolve(requests.length === 200));
  const phone = await conversation('+639170000042', 'sms');
  await write(phone, 'phone.1');
  await one.findDue();
  await eventually(() => Promise.resolve(accepted.length === 1));
  answer(down);
  platform = accept;
  await rest();
  test.clock.forward(1);
  await one.findDue();
  await rest();
  expect(new Set(accepted).size).toBe(206);
  expect(accepted).toHaveLength(206);
});

it('a sender that has slept does not send what another one has sent meanwhile', async () => {
  const lane = await conversation('person');
  await write(lane, 'person.1', 'person.2', 'person.3');
  const [sleeper, other] = [sender(), sender()];
  // Asleep in its first request, which the platform has accepted.
  let wakeUp: () => void = () => undefined;
  const asleep = new Promise<void>((resolve) => (wakeUp = resolve));
  let isFirst = true;
  platform = async (request) => {
    if (!isFirst) return accept(request);
    isFirst = false;
    const result = accept(request);
    await asleep;
    return result;
  };
  sleeper.wake(lane);
  await eventually(() => Promise.resolve(accepted.length === 1));
  test.clock.forward(1);
  other.wake(lane);
  await eventually(() => Promise.resolve(accepted.length === 4));
  wakeUp();
  await sleeper.stop();
  await rest();
  // The one that was under way came twice, and no other.
  expect(accepted).toEqual(['person.1', 'person.1', 'person.2', 'person.3']);
  const [left] = await test.db.query<{ n: number }>(
    "SELECT COUNT(*) AS n FROM outgoing_messages WHERE state <> 'sent'",
  );
  expect(left).toEqual({ n: 0 });
});

it('a sender that has failed gives the right to send back', async () => {
  const lane = await conversation('person');
  await write(lane, 'person.1');
  sender({ fails: true }).wake(lane);
  const other = sender();
  await eventually(async () => {
    await other.findDue();
    return accepted.length === 1;
  });
  await rest();
  expect(accepted).toEqual(['person.1']);
});

it('twenty senders at once send each message of a conversation once and in order', async () => {
  const lanes = await Promise.all(['a', 'b', 'c'].map((person) => conversation(person)));
  const underWay = new Set<string>();
  const overlaps: string[] = [];
  platform = async (request) => {
    if (underWay.has(request.to)) overlaps.push(request.to);
    underWay.add(request.to);
    await new Promise((resolve) => setTimeout(resolve, 5));
    underWay.delete(request.to);
    return accept(request);
  };
  const all = Array.from({ length: 20 }, () => sender());
  for (let n = 0; n < 8; n += 1) {
    await Promise.all(lanes.map((lane) => write(lane, `${lane.externalId}.${n}`)));
    for (const one of all) for (const lane of lanes) one.wake(lane);
  }
  await rest();
  expect(overlaps).toEqual([]);
  for (const person of ['a', 'b', 'c'])
    expect(toPerson(accepted, person)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `${person}.${n}`),
    );
});
