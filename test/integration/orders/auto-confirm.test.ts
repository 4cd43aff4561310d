import type { StoredSettings } from '../../../src/businesses/settings';
import { createOrder } from '../../../src/orders/create-order';
import { placeOrder } from '../../../src/orders/place-order';
import { historyOf } from '../../../src/orders/order-store';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, aProduct, orderData } from '../../support/factories';
import { doctorFindings } from '../../support/healthy';
import { onShelf } from '../../support/stock';

const database = useDatabase();
afterEach(async () => expect(await doctorFindings(database.url)).toEqual([]));

const order = async (
  rule: StoredSettings['auto_confirm_cod'],
  given: { isTrusted?: boolean; method?: string; price?: number; refused?: number } = {},
) => {
  const business = await aBusiness(database.db, { settings: { auto_confirm_cod: rule } });
  const businessId = business.id;
  const userId = await aCustomer(database.db, { businessId, isTrusted: given.isTrusted ?? false });
  await database.db.execute('UPDATE users SET cod_refused_count = ? WHERE id = ?', [
    given.refused ?? 0,
    userId,
  ]);
  const mug = await aProduct(database.db, { businessId, price: given.price ?? 250_00, stock: 10 });
  const data = orderData(business, {
    userId,
    lines: [{ product: mug }],
    payment_method: given.method ?? 'cod',
  });
  return { business, mug, data };
};
const place = async (...given: Parameters<typeof order>) => {
  const { business, data, mug } = await order(...given);
  const result = await createOrder(database.deps, data, { business });
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  return { body: result.body, mug, business, data };
};

test.each([
  ['waits for a person without a rule', {}, { isTrusted: true }, 'pending'],
  ['of a trusted buyer confirms itself', { trusted: true }, { isTrusted: true }, 'confirmed'],
  ['of anybody else does not', { trusted: true }, {}, 'pending'],
  ['below the amount confirms itself', { below: 350_01 }, {}, 'confirmed'],
  ['of the amount does not', { below: 350_00 }, {}, 'pending'],
  ['that a person has to look at does not', { below: 1_000_000_00 }, { refused: 3 }, 'pending'],
  ['is not one that is paid otherwise', { below: 1_000_000_00 }, { method: 'gcash' }, 'pending'],
] as const)('an order by cash on delivery %s', async (_, rule, given, status) => {
  const { body } = await place(rule, given);
  expect(body.order.order_status).toBe(status);
});

test('its stock is sold and its history says by what rule', async () => {
  const { body, mug, business, data } = await place({ below: 1_000_00 });
  expect(await onShelf(database.db, mug.id)).toEqual({ stock: 9, reserved: 0 });
  expect((await historyOf(database.db, body.order_id)).at(-1)).toMatchObject({
    to: 'confirmed',
    changedBy: 'system:auto-confirm',
    reason: 'confirmed by the rule of the shop for cash on delivery',
  });
  // The same in a chat, in the turn's transaction.
  const request = { business, data: { ...data, confirm_duplicate: true }, actor: 'customer:1' };
  const placed = await database.db.transaction((trx) => placeOrder(trx, database.deps, request));
  expect(placed).toMatchObject({ ok: true, order: { orderStatus: 'confirmed' } });
  expect(await onShelf(database.db, mug.id)).toEqual({ stock: 8, reserved: 0 });
});
