import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Business } from '../../src/businesses/business-store';
import { RETRIES } from '../../src/db/database';
import { changeOrder } from '../../src/orders/change-order';
import { createOrder } from '../../src/orders/create-order';
import { useDatabase } from '../support/database';
import { aBusiness, aCustomer, aProduct, orderData, type OrderLine } from '../support/factories';
import { stockProblems } from '../support/stock';

/** ARCHITECTURE.md, "Lock order": where everybody locks in one order, nobody waits in a circle. */
const test = useDatabase();
let business: Business;

beforeEach(async () => {
  business = await aBusiness(test.db);
});

/** Each by a customer of its own: orders of one customer are placed and changed one after the other. */
async function place(lines: OrderLine[]): Promise<number> {
  const userId = await aCustomer(test.db, { businessId: business.id, isTrusted: true });
  const data = { ...orderData(business, { userId, lines }), confirm_duplicate: true };
  const result = await createOrder(test.deps, data, { business });
  if (result.status !== 201) throw new Error(result.body.error);
  return result.body.order_id;
}

/** Runs a statement while somebody holds a row; throws when it has to wait for that row. */
async function besideLock(lock: string, statement: string): Promise<void> {
  const [holder, other] = [await test.client(), await test.client()];
  await holder.query('START TRANSACTION');
  const [held] = await holder.query(lock);
  expect(held).toHaveLength(1);
  await other.query('SET SESSION innodb_lock_wait_timeout = 1');
  await other.query(statement);
  await holder.query('ROLLBACK');
}

it('an order changes its state without waiting for its customer, whom somebody has locked who places another', async () => {
  const order = await place([{ product: await aProduct(test.db, { businessId: business.id }) }]);
  await besideLock(
    `SELECT id FROM users WHERE id = (SELECT user_id FROM orders WHERE id = ${order}) FOR UPDATE`,
    `UPDATE orders SET order_status = 'confirmed', payment_status = 'paid' WHERE id = ${order}`,
  );
});

it('a hold is taken back without waiting for its order, which somebody has locked who wants its stock', async () => {
  const order = await place([{ product: await aProduct(test.db, { businessId: business.id }) }]);
  await besideLock(
    `SELECT id FROM orders WHERE id = ${order} FOR UPDATE`,
    `UPDATE inventory_reservations SET status = 'expired' WHERE order_id = ${order}`,
  );
});

it('orders that are changed to each other’s items at once do not meet in a deadlock, not even inside', async () => {
  const { id: businessId } = business;
  const rows = await Promise.all(
    [1, 2, 3, 4].map(() => aProduct(test.db, { businessId, stock: 500 })),
  );
  const orders = await Promise.all(
    Array.from({ length: 24 }, (_, n) => place([{ product: rows[n % rows.length]! }])),
  );
  let retries = 0;
  const count = () => (retries += 1);
  subscribe(RETRIES, count);
  try {
    for (let round = 1; round <= 4; round += 1) {
      const outcomes = await Promise.all(
        orders.map((order, n) => {
          const items = [round + n, 2 * round + 3 * n + 1].map((at) => ({
            product_id: rows[at % rows.length]!.id,
            quantity: 1 + (round % 2),
          }));
          return changeOrder(test.deps, { businessId, order, change: { items }, actor: 'staff:1' });
        }),
      );
      expect(outcomes.filter((outcome) => !outcome.ok)).toEqual([]);
    }
  } finally {
    unsubscribe(RETRIES, count);
  }
  expect(retries).toBe(0);
  expect(await stockProblems(test.db)).toEqual([]);
});
