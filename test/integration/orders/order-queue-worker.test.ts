import { LEASE_MS, type QueueHandler } from '../../../src/queue/work-queue';
import { useDatabase } from '../../support/database';
import { useOrderQueue } from '../../support/order-queue';

const test = useDatabase();
const { place, handlers, look, lookTimes, items, errors, alerts } = useOrderQueue(test);

describe('a worker', () => {
  const poison = (setAside: string[]): QueueHandler[] => [
    {
      type: 'new_order',
      lastPriority: 5,
      work: () => Promise.reject(new Error('it cannot be read')),
      postponed: () => Promise.resolve(),
      setAside: (_trx, item) => {
        setAside.push(String(item.id));
        return Promise.resolve();
      },
    },
  ];

  it('sets aside what fails each time, and goes on with the rest', async () => {
    const aside: string[] = [];
    await place();
    await lookTimes(6, poison(aside));
    expect(await items('new_order')).toEqual([
      { status: 'failed', attempts: 5, last_error: 'it cannot be read' },
    ]);
    expect(aside).toHaveLength(1);
    await place();
    await look();
    expect(await items('new_order')).toMatchObject([{ status: 'failed' }, { status: 'completed' }]);
  });

  it('tells a person of new orders that were given up', async () => {
    await place();
    const [first] = handlers().filter(({ type }) => type === 'new_order');
    const failing = { ...first!, needWork: undefined, work: () => Promise.resolve('no way') };
    await lookTimes(6, [failing]);
    expect(await errors()).toMatchObject([{ error_code: 'QUEUE_ITEM_FAILED', is_resolved: 0 }]);
    expect(await alerts()).toBe(1);
  });

  it('takes up what a dead one left when its lease runs out, and counts that', async () => {
    await place();
    await test.db.execute(
      "UPDATE order_processing_queue SET status = 'processing', attempts = 1, locked_by = 'dead', locked_until = ?",
      [new Date(test.clock.now().getTime() + LEASE_MS)],
    );
    expect(await look()).toBe(0);
    test.clock.forward(1);
    expect(await look()).toBe(1);
    test.clock.forward(1);
    await look();
    expect(await items('new_order')).toMatchObject([{ status: 'completed', attempts: 2 }]);
  });

  it('takes back what it did for an item that somebody else has by then', async () => {
    await place();
    const [first] = handlers().filter(({ type }) => type === 'new_order');
    const slow: QueueHandler = {
      ...first!,
      needWork: undefined,
      work: async (trx) => {
        await trx.execute("UPDATE orders SET notes = 'done twice'");
        await test.db.execute("UPDATE order_processing_queue SET locked_by = 'another'");
        return null;
      },
    };
    await look([slow]);
    expect(await test.db.query('SELECT notes FROM orders')).toEqual([{ notes: null }]);
    expect(await items('new_order')).toMatchObject([{ status: 'processing' }]);
  });

  it('reads whatever somebody wrote as a payload', async () => {
    await place();
    for (const payload of ['null', '"x"', '[1]', '{"action":"retry","error_id":"7"}'])
      await test.db.execute(
        `INSERT INTO order_processing_queue (business_id, order_id, queue_type, payload, available_at, created_at)
         SELECT business_id, id, 'payment', ?, NOW(6), NOW(6) FROM orders`,
        [payload],
      );
    test.clock.forward(1);
    await look();
    expect(new Set((await items('payment')).map(({ status }) => status))).toEqual(
      new Set(['completed']),
    );
  });
});
