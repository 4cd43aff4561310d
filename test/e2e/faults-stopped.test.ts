import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { customerAmong } from '../support/instances';
import type { RunningApp } from '../support/running-app';
import { openShop, type Shop } from '../support/shop';

/**
 * Processes that neither live nor die: put to sleep (SIGSTOP) at a line of the failure table, with everything that they hold,
 * while another instance goes on; and woken up when it has.
 */
describe('a process that is put to sleep', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.start();
  });
  afterAll(() => shop.close());

  const answers = (app: RunningApp) =>
    fetch(`${app.url}/health`, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.ok,
      () => false,
    );

  const seen = (psid: string) => shop.platforms.messagesTo(psid).length;
  const written = async (psid: string, state: string) => {
    const rows = await shop.db.query(
      `SELECT m.id FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
       WHERE c.external_id = ? AND m.state = ?`,
      [psid, state],
    );
    return rows.length;
  };

  async function sleepsAndWakesUpAt(point: string): Promise<void> {
    const sleeper = await shop.start({ CRASH_AT: point, CRASH_SIGNAL: 'SIGSTOP' });
    const customer = customerAmong(shop, [sleeper]);
    expect(await customer.post({ text: 'hi' })).toBe(200);
    await eventually(async () => !(await answers(sleeper)));
    expect(seen(customer.psid)).toBe(0);

    await customer.settled();
    const answered = seen(customer.psid);
    expect(answered).toBeGreaterThan(0);

    sleeper.signal('SIGCONT');
    await eventually(() => answers(sleeper));
    // Its connections are gone; a platform repeats what was not acknowledged.
    const mid = `m_${randomUUID()}`;
    await eventually(async () => (await customer.post({ text: 'hi', mid })) === 200);
    await customer.settled();
    expect(seen(customer.psid)).toBe(2 * answered);
    expect(await written(customer.psid, 'sent')).toBe(2 * answered);
    const turns = await shop.db.query(
      'SELECT turn_count FROM conversations WHERE external_id = ?',
      [customer.psid],
    );
    expect(turns).toEqual([{ turn_count: 2 }]);
  }

  it('holds its lane and its lease for less than a minute, and does no harm when it wakes up', async () => {
    await Promise.all(['turn.before-commit', 'send.before-request'].map(sleepsAndWakesUpAt));
    expect(shop.platforms.overlaps).toEqual([]);
  }, 120_000);
});
