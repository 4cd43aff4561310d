import type { Business } from '../../src/businesses/business-store';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { createOrder } from '../../src/orders/create-order';
import { orderQueueHandlers } from '../../src/orders/queue-handlers';
import { workQueue, type QueueHandler } from '../../src/queue/work-queue';
import type { TestDatabase } from './database';
import { aBusiness, aCustomer, aProduct, orderData, type TestProduct } from './factories';
import { doctorFindings } from './healthy';

/** A shop with a mug, whose queue of orders is worked through when a test says so; the doctor looks after each test. */
export function useOrderQueue(test: TestDatabase) {
  let business: Business;
  let mug: TestProduct;
  beforeEach(async () => {
    business = await aBusiness(test.db);
    mug = await aProduct(test.db, { businessId: business.id, price: 250_00, stock: 100 });
  });
  afterEach(async () => expect(await doctorFindings(test.url)).toEqual([]));

  /** Order data of a new customer that is right as it is. */
  async function anOrder(given: object = {}) {
    const userId = await aCustomer(test.db, { businessId: business.id });
    const extra = { business_id: business.id, ...given };
    return orderData(business, { userId, lines: [{ product: mug }], ...extra });
  }
  async function place(given: object = {}): Promise<number> {
    const result = await createOrder(test.deps, await anOrder(given));
    if (result.status !== 201) throw new Error(JSON.stringify(result.body));
    return result.body.order_id;
  }
  const handlers = () => orderQueueHandlers(test.deps);
  const look = (by = handlers(), owner = 'me') => {
    const { db, clock } = test;
    return workQueue({ db, clock, ids: systemIds, log: createLog('silent'), owner }, by);
  };
  /** Looks until the item was begun so often, with the clock going on past every pause. */
  async function lookTimes(times: number, by?: QueueHandler[]): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      await look(by);
      test.clock.forward(20);
    }
  }
  const items = (type: string) =>
    test.db.query<{ status: string; attempts: number; last_error: string | null }>(
      'SELECT status, attempts, last_error FROM order_processing_queue WHERE queue_type = ? ORDER BY id',
      [type],
    );
  const errors = () =>
    test.db.query<{ error_code: string; is_resolved: number; attempts: number }>(
      'SELECT error_code, is_resolved, attempts FROM order_errors ORDER BY id',
    );
  const alerts = async () =>
    (await test.db.query("SELECT id FROM notification_queue WHERE template = 'owner_order_error'"))
      .length;
  /** Which order of the shop an action is about, and who acts. */
  const base = (order: number) => ({ businessId: business.id, order, actor: 'staff:1' });
  return { anOrder, place, handlers, look, lookTimes, items, errors, alerts, base };
}
