import { readingOnly, WantsToWrite, type SharedReads } from '../../src/conversation/reading-only';
import { watchWrites } from '../../src/conversation/watch-writes';
import type { Transaction } from '../../src/db/database';

/** A transaction that answers every question with one row, and keeps what it was asked. */
function transaction() {
  const asked: string[] = [];
  const trx: Transaction = {
    isTransaction: true,
    query: <Row>(sql: string) => {
      asked.push(sql);
      return Promise.resolve([{ n: 1 }] as Row[]);
    },
    execute: (sql) => {
      asked.push(sql);
      return Promise.resolve({ affectedRows: 1, insertId: 1 });
    },
    call: (sql) => {
      asked.push(sql);
      return Promise.resolve([]);
    },
  };
  return { trx, asked };
}

describe('a transaction that is lent for reading', () => {
  it.each([
    ['a write', (lent: Transaction) => lent.execute('UPDATE carts SET expires_at = NULL')],
    ['a procedure', (lent: Transaction) => lent.call('CALL sp_place_orders(?)')],
    ['a lock', (lent: Transaction) => lent.query('SELECT id FROM carts WHERE id = 1 FOR UPDATE')],
    ['a shared lock', (lent: Transaction) => lent.query('SELECT 1 FROM carts LOCK IN SHARE MODE')],
  ])('refuses %s before anything has happened', async (_what, ask) => {
    const { trx, asked } = transaction();
    const lent = readingOnly(trx);
    await expect(ask(lent.trx)).rejects.toBeInstanceOf(WantsToWrite);
    expect(lent.hasRefused()).toBe(true);
    expect(asked).toEqual([]);
  });

  it('refuses every way around it', async () => {
    const lent = readingOnly(transaction().trx);
    await expect(lent.db.transaction(() => Promise.resolve(1))).rejects.toBeInstanceOf(
      WantsToWrite,
    );
    await expect(lent.db.query('SELECT 1')).rejects.toBeInstanceOf(WantsToWrite);
    expect(lent.hasRefused()).toBe(true);
  });

  it('asks once what several want to know, and gives each rows of their own', async () => {
    const { trx, asked } = transaction();
    const reads: SharedReads = new Map();
    const [one, other] = [readingOnly(trx, reads), readingOnly(trx, reads)];
    const [first] = await one.trx.query<{ n: number }>('SELECT n FROM t WHERE id = ?', [1]);
    first!.n = 2;
    const [second] = await other.trx.query<{ n: number }>('SELECT n FROM t WHERE id = ?', [1]);
    await other.trx.query('SELECT n FROM t WHERE id = ?', [2]);
    expect(asked).toHaveLength(2);
    expect(second).toEqual({ n: 1 });
    expect(one.hasRefused()).toBe(false);
  });
});

describe('a transaction whose writes are watched', () => {
  it.each([
    ['INSERT INTO notification_queue (id) VALUES (1)', true, false],
    ['INSERT INTO order_processing_queue (id) VALUES (1)', false, true],
    ['UPDATE carts SET promo_code = NULL', false, false],
    ['CALL sp_place_orders(1)', true, true],
  ])('tells of %s who has to be woken', async (sql, notification, queueItem) => {
    const { trx, asked } = transaction();
    const watched = watchWrites(trx);
    await watched.trx.execute(sql);
    expect([watched.hasNotification(), watched.hasQueueItem()]).toEqual([notification, queueItem]);
    expect(asked).toEqual([sql]);
  });
});
