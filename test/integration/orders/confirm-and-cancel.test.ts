import type { Business } from '../../../src/businesses/business-store';
import { approveOrderIn } from '../../../src/orders/approve-order';
import { cancelOrder } from '../../../src/orders/cancel-order';
import { confirmOrder } from '../../../src/orders/confirm-order';
import { createOrder } from '../../../src/orders/create-order';
import { findOrder, findOrderByRef, historyOf, listOrders } from '../../../src/orders/order-store';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  aPromo,
  orderData,
  type TestProduct,
} from '../../support/factories';
import {
  brokenChains,
  chainOf,
  ledgerProblems,
  letHoldsExpire,
  onShelf,
  stockProblems,
} from '../../support/stock';

const test = useDatabase();
let business: Business;
let businessId: number;
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
  userId = await aCustomer(test.db, { businessId });
  mug = await aProduct(test.db, { businessId, price: 250_00, stock: 10 });
});
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await brokenChains(test.db)).toEqual([]);
  expect(await ledgerProblems(test.db)).toEqual([]);
});

const place = async (given: Partial<Parameters<typeof orderData>[1]> = {}) => {
  const result = await createOrder(
    test.deps,
    orderData(business, { userId, lines: [{ product: mug, quantity: 2 }], ...given }),
  );
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  return result.body;
};
const confirm = (order: number | string) =>
  confirmOrder(test.deps, { businessId, order, actor: 'staff:1', notes: 'Payment verified' });
const cancel = (order: number | string) =>
  cancelOrder(test.deps, { businessId, order, actor: 'customer:1', reason: 'Changed my mind' });
const templates = async () =>
  (
    await test.db.query<{ template: string }>('SELECT template FROM notification_queue ORDER BY id')
  ).map((row) => row.template);

describe('confirming', () => {
  it('sells the stock, tells the customer and queues the fulfilment', async () => {
    const { order_id, order_number } = await place();
    expect(await confirm(order_number)).toMatchObject({
      ok: true,
      order: { orderStatus: 'confirmed', adminNotes: 'Payment verified' },
    });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 8, reserved: 0 });
    expect(await templates()).toEqual(['order_received', 'owner_new_order', 'order_confirmed']);
    const queue = await test.db.query(
      "SELECT order_id FROM order_processing_queue WHERE queue_type = 'fulfillment'",
    );
    expect(queue).toEqual([{ order_id }]);
    expect(await historyOf(test.db, order_id)).toMatchObject([
      { kind: 'order', from: null, to: 'pending', changedBy: 'api' },
      { kind: 'payment', from: null, to: 'unpaid' },
      { kind: 'reservation', from: null, to: 'reserved' },
      { kind: 'reservation', from: 'reserved', to: 'committed', changedBy: 'staff:1' },
      {
        kind: 'order',
        from: 'pending',
        to: 'confirmed',
        changedBy: 'staff:1',
        reason: 'Payment verified',
      },
    ]);
  });

  it('is an invalid move the second time, and names it', async () => {
    const { order_id } = await place();
    await confirm(order_id);
    expect(await confirm(order_id)).toMatchObject({
      ok: false,
      code: 'INVALID_TRANSITION',
      from: 'confirmed',
      to: 'confirmed',
    });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 8, reserved: 0 });
  });

  it('waits for the review of an order that needs one', async () => {
    const tv = await aProduct(test.db, { businessId, price: 60_000_00 });
    const { order_id } = await place({ lines: [{ product: tv }] });
    expect(await confirm(order_id)).toMatchObject({ ok: false, code: 'VERIFICATION_REQUIRED' });
    await test.db.transaction((trx) =>
      approveOrderIn(trx, test.deps, { businessId, order: order_id, actor: 'staff:1' }),
    );
    expect(await confirm(order_id)).toMatchObject({ ok: true });
  });

  it('changes nothing when the hold was lost and the stock is gone', async () => {
    const last = await aProduct(test.db, { businessId, stock: 1 });
    const late = await place({ lines: [{ product: last }] });
    await letHoldsExpire(test.db, late.order_id);
    await place({ userId: await aCustomer(test.db, { businessId }), lines: [{ product: last }] });
    expect(await confirm(late.order_id)).toMatchObject({
      ok: false,
      code: 'INSUFFICIENT_STOCK',
      sku: last.sku,
    });
    expect(await findOrder(test.db, businessId, late.order_id)).toMatchObject({
      orderStatus: 'pending',
    });
  });

  it('knows only orders of the same shop', async () => {
    const { order_id } = await place();
    const other = await aBusiness(test.db);
    const outcome = await confirmOrder(test.deps, {
      businessId: other.id,
      order: order_id,
      actor: 'staff:2',
    });
    expect(outcome).toMatchObject({ ok: false, code: 'ORDER_NOT_FOUND' });
  });

  it('happens once when ten people do it at once', async () => {
    const { order_id } = await place();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => confirm(order_id)));
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 8, reserved: 0 });
    expect(await chainOf(test.db, order_id, 'order')).toBe('NULL>pending pending>confirmed');
  });
});

describe('cancelling', () => {
  it('gives the hold and the promo use back and keeps the reason', async () => {
    await aPromo(test.db, { businessId, code: 'FIFTY', type: 'fixed', value: '50' });
    const { order_id } = await place({
      promo_code: 'FIFTY',
      discount_amount: 50,
      total_amount: 550,
    });
    expect(await cancel(order_id)).toMatchObject({
      ok: true,
      order: { orderStatus: 'cancelled', cancellationReason: 'Changed my mind' },
    });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 0 });
    expect(await test.db.query('SELECT used_count FROM promo_codes')).toEqual([{ used_count: 0 }]);
    expect((await templates()).at(-1)).toBe('order_cancelled');
    expect(await chainOf(test.db, order_id, 'reservation')).toBe('NULL>reserved reserved>released');
  });

  it('puts the stock of a confirmed order back, and queues the refund of a paid one', async () => {
    const { order_id } = await place();
    await confirm(order_id);
    await test.db.execute(
      "UPDATE orders SET payment_status = 'paid', paid_amount = total_amount WHERE id = ?",
      [order_id],
    );
    await cancel(order_id);
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 0 });
    const [work] = await test.db.query<{ payload: string }>(
      "SELECT payload FROM order_processing_queue WHERE queue_type = 'payment'",
    );
    expect(JSON.parse(work?.payload ?? '{}')).toMatchObject({ action: 'refund' });
  });

  it('voids a payment that has not come', async () => {
    const { order_id } = await place({ payment_method: 'gcash' });
    await cancel(order_id);
    expect(await chainOf(test.db, order_id, 'payment')).toBe('NULL>pending pending>voided');
  });

  it.each(['shipped', 'delivered', 'completed', 'cancelled'])(
    'is an invalid move for an order that is %s',
    async (status) => {
      const { order_id } = await place();
      await cancel(order_id);
      await test.db.execute('UPDATE orders SET order_status = ? WHERE id = ?', [status, order_id]);
      expect(await cancel(order_id)).toMatchObject({
        ok: false,
        code: 'INVALID_TRANSITION',
        from: status,
        to: 'cancelled',
      });
    },
  );

  it('lets a customer cancel only their own', async () => {
    const { order_id } = await place();
    const stranger = await aCustomer(test.db, { businessId });
    const outcome = await cancelOrder(test.deps, {
      businessId,
      order: order_id,
      actor: 'x',
      reason: 'y',
      userId: stranger,
    });
    expect(outcome).toMatchObject({ ok: false, code: 'ORDER_NOT_FOUND' });
  });
});

describe('finding an order', () => {
  it('goes by number, by last digits that fit one, and by "last"', async () => {
    test.clock.set('2026-03-05T03:00:00Z');
    const first = await place();
    await test.db.execute('UPDATE order_counters SET last_number = 11');
    const twelfth = await place({ confirm_duplicate: true });
    await test.db.execute('UPDATE order_counters SET last_number = 111');
    const other = await place({ confirm_duplicate: true });
    const found = async (ref: string) => {
      const outcome = await findOrderByRef(test.db, businessId, ref);
      return outcome.ok ? outcome.order.orderNumber : outcome.code;
    };
    expect(await found(first.order_number.toLowerCase())).toBe(first.order_number);
    expect(await found('12')).toBe(twelfth.order_number);
    expect(await found('112')).toBe(other.order_number);
    expect(await found('2')).toBe('ORDER_AMBIGUOUS');
    expect(await found('last')).toBe(other.order_number);
    expect(await found('777')).toBe('ORDER_NOT_FOUND');
    expect(await found("' OR 1=1")).toBe('ORDER_NOT_FOUND');
  });

  it('lists by filters, newest first, and takes % and _ in a text as they are', async () => {
    const { order_id } = await place();
    const list = async (filters: object) =>
      (await listOrders(test.db, { businessId, limit: 10, ...filters })).map((order) => order.id);
    expect(await list({ status: 'pending', source: 'messenger', userId, text: 'Dela' })).toEqual([
      order_id,
    ]);
    expect(await list({ text: '%' })).toEqual([]);
    expect(await list({ status: 'shipped' })).toEqual([]);
    expect(await list({ beforeId: order_id })).toEqual([]);
  });
});
