import { cancelOrder } from '../../../src/orders/cancel-order';
import { createOrder } from '../../../src/orders/create-order';
import { moveOrder } from '../../../src/orders/move-order';
import { recordPayment } from '../../../src/orders/record-payment';
import { reportOrderError } from '../../../src/orders/report-order-error';
import { useDatabase } from '../../support/database';
import { useOrderQueue } from '../../support/order-queue';

const test = useDatabase();
const { anOrder, place, handlers, look, lookTimes, items, errors, alerts, base } =
  useOrderQueue(test);
const stateOf = async (order: number) =>
  (
    await test.db.query<{ order_status: string; retry_count: number }>(
      'SELECT order_status, retry_count FROM orders WHERE id = ?',
      [order],
    )
  )[0];

describe('new orders', () => {
  it('are completed at the first look, with the time that they waited', async () => {
    for (let n = 0; n < 3; n += 1) await place();
    test.clock.forward(1);
    expect(await look()).toBe(3);
    expect(await items('new_order')).toEqual(
      Array(3).fill({ status: 'completed', attempts: 1, last_error: null }),
    );
    const waits = await test.db.query('SELECT queue_wait_time_ms AS ms FROM order_metrics');
    expect(waits).toEqual(Array(3).fill({ ms: 60_000 }));
    expect(await look()).toBe(0);
  });

  it('confirm themselves where the rule of the shop says so and who placed them died before it', async () => {
    const order = await place();
    const settings = JSON.stringify({ auto_confirm_cod: { below: 1_000_00 } });
    await test.db.execute('UPDATE businesses SET settings = ?', [settings]);
    await look();
    expect(await stateOf(order)).toMatchObject({ order_status: 'confirmed' });
    expect(await items('new_order')).toMatchObject([{ status: 'completed' }]);
  });

  it('are each worked on by one of several instances', async () => {
    await Promise.all(Array.from({ length: 30 }, () => place()));
    const counts = await Promise.all(
      Array.from({ length: 8 }, (_, n) => look(handlers(), `worker-${n}`)),
    );
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(30);
    expect(await items('new_order')).toEqual(
      Array(30).fill({ status: 'completed', attempts: 1, last_error: null }),
    );
  });
});

describe('money that is to be given back', () => {
  const paidAndCancelled = async () => {
    const order = await place({ payment_method: 'gcash' });
    await recordPayment(test.deps, { ...base(order), to: 'paid', reference: 'R-1' });
    await cancelOrder(test.deps, { ...base(order), reason: 'changed my mind' });
    return order;
  };

  it('is a person’s work, who is told once and whose note of the refund ends it', async () => {
    const order = await paidAndCancelled();
    await look();
    await look();
    expect(await items('payment')).toMatchObject([{ status: 'completed' }]);
    expect(await errors()).toEqual([{ error_code: 'REFUND_DUE', is_resolved: 0, attempts: 0 }]);
    expect(await alerts()).toBe(1);
    const [row] = await test.db.query<{ error_message: string }>(
      'SELECT error_message FROM order_errors',
    );
    expect(row?.error_message).toMatch(/^P350 of ORD-\S+ is to be given back: order cancelled\./);
    await recordPayment(test.deps, { ...base(order), to: 'refunded' });
    expect(await errors()).toMatchObject([{ is_resolved: 1 }]);
  });

  it('is nobody’s work when it went back before anybody looked', async () => {
    const order = await paidAndCancelled();
    await recordPayment(test.deps, { ...base(order), to: 'refunded' });
    await look();
    expect([await errors(), await alerts()]).toEqual([[], 0]);
  });

  it('is said once when the money came after the order was cancelled', async () => {
    const order = await place({ payment_method: 'gcash' });
    await cancelOrder(test.deps, { ...base(order), reason: 'x' });
    await recordPayment(test.deps, { ...base(order), to: 'paid' });
    await look();
    expect(await errors()).toMatchObject([{ error_code: 'LATE_PAYMENT', is_resolved: 0 }]);
    expect(await alerts()).toBe(1);
  });
});

describe('what people pack', () => {
  it('waits for them, is begun and ends with the moves of its order', async () => {
    const order = await place();
    const statuses = [];
    for (const to of ['confirmed', 'processing', 'shipped'] as const) {
      await moveOrder(test.deps, { ...base(order), to });
      await look();
      statuses.push((await items('fulfillment'))[0]?.status);
    }
    expect(statuses).toEqual(['pending', 'processing', 'completed']);
  });

  it('is not packed when its order is cancelled', async () => {
    const order = await place();
    await moveOrder(test.deps, { ...base(order), to: 'confirmed' });
    await cancelOrder(test.deps, { ...base(order), reason: 'x' });
    expect(await items('fulfillment')).toMatchObject([{ status: 'completed' }]);
  });
});

describe('what is tried again', () => {
  const report = (orderId: number) =>
    test.db.transaction((trx) =>
      reportOrderError(trx, {
        businessId: base(orderId).businessId,
        orderId,
        type: 'inventory',
        severity: 'high',
        code: 'SYSTEM_ERROR',
        message: 'the hold was lost',
        isRetryable: true,
        now: test.clock.now(),
      }),
    );

  it('is resolved when it works', async () => {
    const order = await place();
    await test.db.call('CALL sp_release_order_inventory(?, ?)', [order, 'by accident']);
    await report(order);
    await look();
    expect(await errors()).toEqual([{ error_code: 'SYSTEM_ERROR', is_resolved: 1, attempts: 1 }]);
    expect(await stateOf(order)).toEqual({ order_status: 'pending', retry_count: 1 });
    const [hold] = await test.db.query(
      "SELECT quantity FROM inventory_reservations WHERE status = 'reserved'",
    );
    expect(hold).toEqual({ quantity: 1 });
  });

  it('is tried with growing pauses, and in the end a person is told once', async () => {
    const order = await place();
    await test.db.call('CALL sp_release_order_inventory(?, ?)', [order, 'by accident']);
    await test.db.execute('UPDATE products SET stock_quantity = 0');
    await report(order);
    await look();
    expect(await look()).toBe(0);
    const [waiting] = await test.db.query<{ at: Date | null }>(
      'SELECT next_attempt_at AS at FROM order_errors',
    );
    expect(waiting?.at?.getTime()).toBeGreaterThan(test.clock.now().getTime());
    test.clock.forward(20);
    await lookTimes(6);
    expect(await items('new_order')).toContainEqual({
      status: 'failed',
      attempts: 5,
      last_error: 'insufficient_stock',
    });
    expect(await errors()).toEqual([{ error_code: 'SYSTEM_ERROR', is_resolved: 0, attempts: 5 }]);
    expect(await alerts()).toBe(1);
  });
});

it('tells the owner once when orders cannot be placed for a fault of ours', async () => {
  const broken = {
    ...test.deps,
    db: Object.assign(Object.create(test.db), test.db) as typeof test.db,
  };
  broken.db.call = () => Promise.reject(new Error('a fault'));
  const data = await anOrder();
  for (let n = 0; n < 2; n += 1) await expect(createOrder(broken, data)).rejects.toThrow('a fault');
  expect(await errors()).toMatchObject(Array(2).fill({ error_code: 'SYSTEM_ERROR' }));
  expect(await alerts()).toBe(1);
});
