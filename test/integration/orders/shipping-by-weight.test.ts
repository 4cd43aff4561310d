import type { Business } from '../../../src/businesses/business-store';
import { addToCart, viewCart } from '../../../src/cart/cart-actions';
import { changeOrder } from '../../../src/orders/change-order';
import { createOrder } from '../../../src/orders/create-order';
import type { OrderData } from '../../../src/orders/order';
import { placeDraftIn } from '../../../src/orders/place-draft';
import { placeGroup, prepareGroup, toCandidate } from '../../../src/orders/place-group';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCustomer,
  aProduct,
  aVariant,
  orderData,
  type OrderLine,
  type TestProduct,
} from '../../support/factories';
import { doctorFindings } from '../../support/healthy';

const test = useDatabase();
let business: Business;
let userId: number;
let pot: TestProduct;
let tee: TestProduct;
let variant: TestProduct;
let card: TestProduct;

/** To Metro Manila: up to 1 kg P80, up to 3 kg P120, P35 more for each begun kilogram above. What nobody has weighed counts 50 g. */
const settings = {
  default_weight_grams: 50,
  shipping_zones: [
    {
      name: 'Near',
      provinces: ['Metro Manila'],
      steps: [
        { up_to_grams: 1_000, fee: 80_00 },
        { up_to_grams: 3_000, fee: 120_00 },
      ],
      per_kg_above: 35_00,
    },
  ],
};

beforeEach(async () => {
  business = await aBusiness(test.db, { settings });
  const businessId = business.id;
  userId = await aCustomer(test.db, { businessId });
  pot = await aProduct(test.db, { businessId, sku: 'POT', weightGrams: 1_400, stock: 50 });
  tee = await aProduct(test.db, { businessId, sku: 'TEE', weightGrams: 200 });
  const given = { businessId, productId: tee.id, sku: 'TEE-B', stock: 50 };
  variant = await aVariant(test.db, given);
  card = await aProduct(test.db, { businessId, sku: 'CARD', stock: 100 });
});
afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

/** As the client of a shop sends it that believes in this fee. */
const dataFor = (lines: OrderLine[], fee: number): OrderData => {
  const data = orderData(business, { userId, lines, business_id: business.id });
  return { ...data, shipping_fee: fee, total_amount: Number(data.subtotal) + fee };
};
const place = (data: OrderData) => createOrder(test.deps, { ...data, confirm_duplicate: true });

it.each<[string, () => OrderLine[], number]>([
  [
    'a variant, which weighs what its product does',
    () => [{ product: tee, variant, quantity: 5 }],
    80,
  ],
  ['a variant more than the step takes', () => [{ product: tee, variant, quantity: 6 }], 120],
  ['things that nobody has weighed', () => [{ product: card, quantity: 21 }], 120],
  [
    'all of it together, a begun kilogram above the steps',
    () => [{ product: pot, quantity: 2 }, { product: tee, variant }, { product: card }],
    155,
  ],
])('asks for %s', async (_name, lines, fee) => {
  const refused = await place(dataFor(lines(), fee - 1));
  expect(refused).toMatchObject({ status: 400, body: { code: 'AMOUNT_MISMATCH' } });
  expect('validation_errors' in refused.body && refused.body.validation_errors).toMatchObject([
    { field: 'shipping_fee', code: 'AMOUNT_MISMATCH', expected: fee },
    { field: 'total_amount', code: 'AMOUNT_MISMATCH' },
  ]);
  expect(await place(dataFor(lines(), fee))).toMatchObject({ status: 201 });
  const [row] = await test.db.query('SELECT shipping_fee FROM orders');
  expect(row).toEqual({ shipping_fee: `${fee}.00` });
});

it('is the same in the cart as in the order', async () => {
  const cart = await test.db.transaction(async (trx) => {
    const context = { business, userId, now: test.clock.now(), province: 'Metro Manila' };
    await addToCart(trx, context, 'POT', 2);
    await addToCart(trx, context, 'TEE-B', 1);
    return viewCart(trx, context);
  });
  expect(cart.totals).toMatchObject({ shipping: 120_00 });
  const lines = [
    { product: pot, quantity: 2 },
    { product: tee, variant },
  ];
  expect(await place(dataFor(lines, 120))).toMatchObject({ status: 201 });
});

it('follows the items when an order is changed', async () => {
  const placed = await place(dataFor([{ product: pot }], 120));
  if (placed.status !== 201) throw new Error(JSON.stringify(placed.body));
  const change = { items: [{ product_id: pot.id, quantity: 3 }] };
  const asked = { businessId: business.id, order: placed.body.order_id, change, actor: 'api' };
  expect(await changeOrder(test.deps, asked)).toMatchObject({
    ok: true,
    order: { shipping: 190_00, total: 490_00 },
  });
});

it('is asked for by today’s weight when a draft is placed', async () => {
  const draft = await place({ ...dataFor([{ product: pot }], 120), draft: true });
  if (draft.status !== 201) throw new Error(JSON.stringify(draft.body));
  const asked = { businessId: business.id, order: draft.body.order_id, actor: 'api' };
  const placeDraft = () => test.db.transaction((trx) => placeDraftIn(trx, test, asked));
  const weigh = (grams: number) =>
    test.db.execute('UPDATE products SET weight_grams = ? WHERE id = ?', [grams, pot.id]);
  await weigh(3_500);
  expect(await placeDraft()).toMatchObject({ ok: false, code: 'AMOUNT_MISMATCH' });
  await weigh(1_001);
  expect(await placeDraft()).toMatchObject({ ok: true, order: { shipping: 120_00 } });
});

it('stays what was judged when a weight is corrected before the order is written', async () => {
  const data = dataFor([{ product: pot }], 120);
  const request = { business, data, actor: 'api', ipAddress: null, userAgent: null };
  const group = [toCandidate(request, test.clock.now())];
  await prepareGroup(test.deps, group);
  await test.db.execute('UPDATE products SET weight_grams = 9000 WHERE id = ?', [pot.id]);
  expect(await placeGroup(test.deps, group)).toMatchObject([{ outcome: { ok: true } }]);
  const [row] = await test.db.query('SELECT shipping_fee FROM orders');
  expect(row).toEqual({ shipping_fee: '120.00' });
  expect(await place(data)).toMatchObject({ status: 400, body: { code: 'AMOUNT_MISMATCH' } });
});
