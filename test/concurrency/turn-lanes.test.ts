import { lockConversation } from '../../src/customers/conversation-store';
import { dispatchNotifications } from '../../src/notifications/dispatch';
import { insertNotification } from '../../src/notifications/notification-store';
import { useDatabase } from '../support/database';
import { openTurns, type Turns } from '../support/turns';

const test = useDatabase();
let turns: Turns;

beforeEach(async () => {
  turns = await openTurns(test);
});

/** As ten instances would: everybody looks at the lane until it is empty. */
async function everybodyHandles(lane: string, lookers = 10): Promise<void> {
  const look = async (): Promise<void> => {
    for (;;) {
      const outcome = await turns.handleNext(lane);
      if (outcome === 'idle') return;
      if (outcome === 'busy') await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await Promise.all(Array.from({ length: lookers }, look));
}

/** The provider ids in the order in which they were answered, one for each answer. */
async function answered(lane: string): Promise<string[]> {
  const rows = await test.db.query<{ mid: string }>(
    `SELECT i.provider_message_id AS mid FROM outgoing_messages AS m
     JOIN inbox_messages AS i ON i.id = m.inbox_message_id WHERE i.conversation_key = ? ORDER BY m.id`,
    [lane],
  );
  return rows.map(({ mid }) => mid);
}

const at = (ms: number) => new Date(test.clock.now().getTime() - 60_000 + ms);

it('answers the first message of a new customer once, however many instances look', async () => {
  for (let person = 0; person < 5; person += 1) {
    const lane = await turns.receive(`70000000000000${person}1`, [
      { text: 'hi', mid: `m_first_${person}`, at: at(0) },
    ]);
    await everybodyHandles(lane);
    expect(new Set(await answered(lane))).toEqual(new Set([`m_first_${person}`]));
    const [conversation] = await test.db.query<{ turn_count: number }>(
      'SELECT turn_count FROM conversations WHERE conversation_key = ?',
      [lane],
    );
    expect(conversation).toEqual({ turn_count: 1 });
  }
});

it('handles ten messages in the order of the platform’s times, however they arrived and whoever looks', async () => {
  const messages = Array.from({ length: 10 }, (_, n) => ({
    text: `thing number ${n}`,
    mid: `m_${n}`,
    at: at(n * 10),
  }));
  const shuffled = [...messages].sort(
    (a, b) => ((Number(a.mid.slice(2)) * 7) % 10) - ((Number(b.mid.slice(2)) * 7) % 10),
  );
  const lane = await turns.receive('7000000000000099', shuffled);
  await everybodyHandles(lane);
  const order = (await answered(lane)).filter((mid, n, all) => mid !== all[n - 1]);
  expect(order).toEqual(messages.map(({ mid }) => mid));
});

it('tells others what they have to be told while a turn hangs', async () => {
  const [hanging, other] = await Promise.all(
    ['7000000000000021', '7000000000000022'].map((psid) =>
      turns.receive(psid, [{ text: 'hi', mid: `m_${psid}`, at: at(0) }]),
    ),
  );
  await everybodyHandles(hanging!, 1);
  await everybodyHandles(other!, 1);
  const ids = await test.db.query<{ id: number }>('SELECT id FROM conversations ORDER BY id');
  await test.db.transaction(async (trx) => {
    for (const { id } of [...ids, ...ids]) {
      await insertNotification(trx, {
        businessId: turns.businessId,
        recipientType: 'customer',
        conversationId: id,
        template: 'apology',
        payload: {},
        scheduledAt: test.clock.now(),
      });
    }
  });
  const dispatch = () => dispatchNotifications({ ...turns.deps, accounts: turns.accounts }, 50);
  await test.db.transaction(async (trx) => {
    await lockConversation(trx, hanging!);
    expect(await dispatch()).toBe(2);
  });
  expect(await dispatch()).toBe(2);
});
