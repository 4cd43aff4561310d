import type { Business } from '../../src/businesses/business-store';
import { cleanStuckHolds } from '../../src/inventory/clean-stuck-holds';
import { expireReservations } from '../../src/inventory/expire-holds';
import { reconcileStock } from '../../src/inventory/reconcile-stock';
import { alertLowStock, alertStockProblems } from '../../src/inventory/stock-alerts';
import { cancelOrder } from '../../src/orders/cancel-order';
import { cancelExpiredOrders } from '../../src/orders/cancel-expired-orders';
import { confirmOrder } from '../../src/orders/confirm-order';
import { createOrder } from '../../src/orders/create-order';
import { wrongChecks } from '../support/damage';
import { useDatabase } from '../support/database';
import { aBusiness, aCustomer, aProduct, orderData, type TestProduct } from '../support/factories';
import { letHoldsExpire, onShelf, stockProblems } from '../support/stock';

const test = useDatabase();
let business: Business;
let businessId: number;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
});
afterEach(async () => {
  expect(await stockProblems(test.db)).toEqual([]);
  expect(await wrongChecks(test.url)).toEqual([]);
});

/** Buyers of two units each who order, and then confirm, cancel, or let it expire. */
async function traffic(product: TestProduct, buyers: number): Promise<void> {
  const users = await Promise.all(
    Array.from({ length: buyers }, () => aCustomer(test.db, { businessId })),
  );
  await Promise.all(
    users.map(async (userId, n) => {
      const lines = [{ product, quantity: 2 }];
      const payment_method = n % 2 ? 'cod' : 'card';
      const data = orderData(business, { userId, lines, payment_method });
      const result = await createOrder(test.deps, data);
      if (result.status !== 201) return;
      const order = result.body.order_id;
      if (n % 4 === 0) await confirmOrder(test.deps, { businessId, order, actor: 'staff:1' });
      if (n % 4 === 1)
        await cancelOrder(test.deps, { businessId, order, actor: 'staff:1', reason: 'test' });
      if (n % 4 === 2) await letHoldsExpire(test.db, order);
    }),
  );
}

/** Again and again for as long as something else goes on; at least once. */
async function during<T>(other: Promise<unknown>, work: () => Promise<T>): Promise<T[]> {
  let isOver = false;
  void other.finally(() => (isOver = true)).catch(() => undefined);
  const results: T[] = [];
  do results.push(await work());
  while (!isOver);
  await other;
  return results;
}

it('reconciling beside sales finds nothing and changes nothing', async () => {
  const product = await aProduct(test.db, { businessId, stock: 40 });
  const sales = traffic(product, 60);
  const [looks, repairs] = await Promise.all([
    during(sales, () => reconcileStock(test.deps, { repair: false })),
    during(sales, () => reconcileStock(test.deps, { repair: true })),
  ]);
  expect([...looks, ...repairs].flatMap((report) => report.problems)).toEqual([]);
  expect(await test.db.query("SELECT id FROM stock_movements WHERE reason = 'reconciled'")).toEqual(
    [],
  );
});

it('a repair beside sales gives the right figure, and nothing is oversold', async () => {
  const product = await aProduct(test.db, { businessId, stock: 20 });
  // Half of the shelf is blocked by nobody.
  await test.db.execute('UPDATE products SET reserved_stock = 10 WHERE id = ?', [product.id]);
  const sales = traffic(product, 40);
  await Promise.all([
    during(sales, () => reconcileStock(test.deps, { repair: true })),
    during(sales, () => reconcileStock(test.deps, { repair: true })),
  ]);
  const rows = await test.db.query<{ reserved_before: number; reserved_after: number }>(
    "SELECT reserved_before, reserved_after FROM stock_movements WHERE reason = 'reconciled'",
  );
  expect(rows.map((row) => row.reserved_before - row.reserved_after)).toEqual([10]);
  const { stock, reserved } = await onShelf(test.db, product.id);
  expect(reserved).toBeLessThanOrEqual(stock);
});

it('all jobs at once beside sales leave everything true', async () => {
  const product = await aProduct(test.db, { businessId, stock: 30 });
  const sales = traffic(product, 50);
  const jobs = [
    () => expireReservations(test.deps, 100),
    () => cancelExpiredOrders(test.deps, 100),
    () => cleanStuckHolds(test.deps, 100),
    () => alertLowStock(test.deps),
    () => alertStockProblems(test.deps),
    () => reconcileStock(test.deps, { repair: true }).then(({ problems }) => problems.length),
  ];
  const [, , cleaned, , alerted, repaired] = await Promise.all(
    jobs.map(async (job) => {
      const [once, again] = await Promise.all([during(sales, job), during(sales, job)]);
      return [...once, ...again].reduce((sum, count) => sum + count, 0);
    }),
  );
  expect({ cleaned, alerted, repaired }).toEqual({ cleaned: 0, alerted: 0, repaired: 0 });
});
