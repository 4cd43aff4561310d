import type { Business } from '../../../src/businesses/business-store';
import { expireReservations } from '../../../src/inventory/expire-holds';
import { alertUnconfirmedOrders } from '../../../src/orders/alert-unconfirmed-orders';
import { cancelExpiredOrders } from '../../../src/orders/cancel-expired-orders';
import { confirmOrder } from '../../../src/orders/confirm-order';
import { createOrder } from '../../../src/orders/create-order';
import { findOrder } from '../../../src/orders/order-store';
import { useDatabase } from '../../support/database';
import { wrongChecks } from '../../support/damage';
import {
  aBusiness,
  aCustomer,
  aProduct,
  orderData,
  type TestProduct,
} from '../../support/factories';
import { brokenChains, chainOf, letHoldsExpire, onShelf, stockProblems } from '../../support/stock';

const test = useDatabase();
let business: Business;
let businessId: number;
let mug: TestProduct;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
  mug = await aProduct(test.db, { businessId, price: 250_00, stock: 10 });
});
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await brokenChains(test.db)).toEqual([]);
});

const place = async (payment_method: string, product = mug) => {
  const userId = await aCustomer(test.db, { businessId });
  const data = orderData(business, { userId, lines: [{ product, quantity: 2 }], payment_method });
  const result = await createOrder(test.deps, data);
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  return result.body;
};
const pastHold = async (payment_method: string, product = mug) => {
  const placed = await place(payment_method, product);
  await letHoldsExpire(test.db, placed.order_id);
  return placed;
};
const cancel = () => cancelExpiredOrders(test.deps, 100);
const alert = () => alertUnconfirmedOrders(test.deps, 100);
const told = async (template: string) =>
  (
    await test.db.query<{ payload: string }>(
      'SELECT payload FROM notification_queue WHERE template = :template ORDER BY id',
      { template },
    )
  ).map((row) => JSON.parse(row.payload) as Record<string, unknown>);

describe('orders that were to be paid in advance', () => {
  it.each(['card', 'gcash'])('by %s are cancelled when their hold is over', async (method) => {
    const { order_id, order_number } = await pastHold(method);
    expect(await cancel()).toBe(1);
    expect(await findOrder(test.db, businessId, order_id)).toMatchObject({
      orderStatus: 'cancelled',
      paymentStatus: 'expired',
      cancellationReason: 'payment not received in time',
    });
    expect(await onShelf(test.db, mug.id)).toEqual({ stock: 10, reserved: 0 });
    expect(await chainOf(test.db, order_id, 'order')).toBe('NULL>pending pending>cancelled');
    expect(await chainOf(test.db, order_id, 'payment')).toBe('NULL>pending pending>expired');
    expect(await chainOf(test.db, order_id, 'reservation')).toBe('NULL>reserved reserved>expired');
    expect(await told('order_expired')).toMatchObject([{ order_number }]);
    expect(await told('order_cancelled')).toEqual([]);
    const [history] = await test.db.query(
      "SELECT changed_by, reason FROM order_state_history WHERE to_state = 'cancelled'",
    );
    expect(history).toEqual({
      changed_by: 'system:cancel-expired-orders',
      reason: 'payment not received in time',
    });
    expect(await cancel()).toBe(0);
    expect(await wrongChecks(test.url)).toEqual([]);
  });

  it('are cancelled, too, when somebody else has taken the hold back before', async () => {
    await pastHold('card');
    expect(await expireReservations(test.deps, 10)).toBe(1);
    expect(await cancel()).toBe(1);
  });

  it('stay while they are held, paid, confirmed, or wait for a person', async () => {
    await place('card');
    const paid = await pastHold('card');
    await test.db.execute("UPDATE orders SET payment_status = 'paid' WHERE id = ?", [
      paid.order_id,
    ]);
    const confirmed = await pastHold('card');
    await confirmOrder(test.deps, { businessId, order: confirmed.order_id, actor: 'staff:1' });
    const claimed = await pastHold('gcash');
    await test.db.execute("UPDATE orders SET payment_reference = 'GC-1' WHERE id = ?", [
      claimed.order_id,
    ]);
    const tv = await aProduct(test.db, { businessId, price: 600_000_00, stock: 2 });
    await pastHold('card', tv);
    expect(await cancel()).toBe(0);
  });

  it('stay when their hold was renewed', async () => {
    const { order_id } = await pastHold('card');
    await test.db.call('CALL sp_reserve_order_inventory(?, 30)', [order_id]);
    expect(await cancel()).toBe(0);
  });

  it('are cancelled once each when several instances run at once', async () => {
    for (let n = 0; n < 4; n += 1) await pastHold('card');
    const counts = await Promise.all([cancel(), cancel(), cancel()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(await told('order_expired')).toHaveLength(4);
  });
});

describe('orders that wait for a person of the shop', () => {
  it('stay pending when their hold is over, and the owner is told once', async () => {
    const { order_id, order_number } = await pastHold('cod');
    expect(await cancel()).toBe(0);
    const counts = await Promise.all([alert(), alert(), alert()]);
    expect(counts.sort()).toEqual([0, 0, 1]);
    expect(await told('owner_orders_waiting')).toEqual([
      { count: 1, orders: order_number, more: 0 },
    ]);
    expect(await findOrder(test.db, businessId, order_id)).toMatchObject({
      orderStatus: 'pending',
      paymentStatus: 'unpaid',
    });
    expect(
      await confirmOrder(test.deps, { businessId, order: order_id, actor: 'staff:1' }),
    ).toMatchObject({ ok: true });
    expect(await alert()).toBe(0);
    expect(await test.db.query('SELECT * FROM raised_alerts')).toEqual([]);
  });

  it('are told of together, with those whose payment was claimed', async () => {
    for (let n = 0; n < 4; n += 1) {
      mug = await aProduct(test.db, { businessId });
      await pastHold('cod');
    }
    const claimed = await pastHold('gcash', await aProduct(test.db, { businessId }));
    await test.db.execute("UPDATE orders SET payment_reference = 'GC-1' WHERE id = ?", [
      claimed.order_id,
    ]);
    await pastHold('in_person', await aProduct(test.db, { businessId }));
    expect(await alert()).toBe(6);
    expect(await told('owner_orders_waiting')).toMatchObject([{ count: 6, more: 1 }]);
  });

  it('are told of again when they were held again and nobody decided', async () => {
    const { order_id } = await pastHold('cod');
    await alert();
    await test.db.call('CALL sp_reserve_order_inventory(?, 30)', [order_id]);
    expect(await alert()).toBe(0);
    await letHoldsExpire(test.db, order_id);
    expect(await alert()).toBe(1);
  });
});
