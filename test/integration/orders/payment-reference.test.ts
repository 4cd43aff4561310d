import type { Business } from '../../../src/businesses/business-store';
import { createOrder } from '../../../src/orders/create-order';
import { findOrder } from '../../../src/orders/order-store';
import { recordPayment, type PaymentReport } from '../../../src/orders/record-payment';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  orderData,
  type TestProduct,
} from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

const test = useDatabase();
let business: Business;
let mug: TestProduct;

beforeEach(async () => {
  business = await aBusiness(test.db);
  mug = await aProduct(test.db, { businessId: business.id, price: 250_00, stock: 100 });
});
afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

async function place(payment_method: string): Promise<number> {
  const userId = await aCustomer(test.db, { businessId: business.id });
  const extra = { payment_method, business_id: business.id };
  const data = orderData(business, { userId, lines: [{ product: mug }], ...extra });
  const result = await createOrder(test.deps, data);
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  return result.body.order_id;
}
const note = (order: number, to: PaymentReport['to'], reference: string | null) =>
  recordPayment(test.deps, { businessId: business.id, order, to, reference, actor: 'staff:1' });
const paymentOf = async (order: number) =>
  (
    await test.db.query<{ payment_status: string; payment_reference: string | null }>(
      'SELECT payment_status, payment_reference FROM orders WHERE id = ?',
      [order],
    )
  )[0];

it('takes a reference for one order of its payment method, however it is typed', async () => {
  const [first, second, card] = [await place('gcash'), await place('gcash'), await place('card')];
  expect(await note(first, 'paid', '9021 123 45ab')).toMatchObject({ ok: true });
  const { orderNumber } = (await findOrder(test.db, business.id, first))!;
  const refused = await note(second, 'paid', ' 902112345AB');
  expect(refused).toMatchObject({ ok: false, code: 'DUPLICATE_REFERENCE' });
  expect(refused).toMatchObject({
    problems: [{ field: 'reference', message: expect.stringContaining(orderNumber) as string }],
  });
  expect(await paymentOf(second)).toEqual({ payment_status: 'pending', payment_reference: null });
  expect(await note(card, 'paid', '902112345ab')).toMatchObject({ ok: true });
  expect(await note(second, 'paid', '902112345ac')).toMatchObject({ ok: true });
});

it('gives a reference that two orders ask for at once to one of them', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, () => place('gcash')));
  const outcomes = await Promise.all(orders.map((order) => note(order, 'paid', 'REF-1')));
  expect(outcomes.map((one) => (one.ok ? 'paid' : one.code)).sort()).toEqual([
    ...Array<string>(9).fill('DUPLICATE_REFERENCE'),
    'paid',
  ]);
});

it('keeps the reference of the payment when a refund has one, and lets an order use its own again', async () => {
  const order = await place('gcash');
  for (const to of ['pending', 'failed', 'paid'] as const) {
    if (to === 'pending') await note(order, 'failed', 'REF-1');
    expect(await note(order, to, 'REF-1')).toMatchObject({ ok: true });
  }
  expect(await note(order, 'refunded', 'REFUND-1')).toMatchObject({ ok: true });
  expect(await paymentOf(order)).toEqual({
    payment_status: 'refunded',
    payment_reference: 'REF-1',
  });
  const [last] = await test.db.query(
    "SELECT reason FROM order_state_history WHERE order_id = ? AND kind = 'payment' ORDER BY id DESC LIMIT 1",
    [order],
  );
  expect(last).toEqual({ reason: 'payment refunded, REFUND-1' });
});

it.each(['cod', 'in_person'])(
  'lets orders by %s share the receipt of a courier',
  async (method) => {
    for (const order of [await place(method), await place(method)])
      expect(await note(order, 'paid', 'REMITTANCE-7')).toMatchObject({ ok: true });
  },
);

it('holds for a reference that is written by hand, and for another shop only there', async () => {
  const [first, second] = [await place('gcash'), await place('gcash')];
  const client = await test.client();
  const write = (order: number) =>
    client.query("UPDATE orders SET payment_reference = 'BY HAND' WHERE id = ?", [order]);
  await write(first);
  await write(first);
  await expect(write(second)).rejects.toMatchObject({ errno: 1062 });
  expect(await note(second, 'paid', 'byhand')).toMatchObject({ code: 'DUPLICATE_REFERENCE' });
  business = await aBusiness(test.db);
  mug = await aProduct(test.db, { businessId: business.id, price: 250_00 });
  expect(await note(await place('gcash'), 'paid', 'BYHAND')).toMatchObject({ ok: true });
});
