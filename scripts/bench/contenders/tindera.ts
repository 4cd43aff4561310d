import { createOrder } from '../../../src/orders/create-order';
import { placeOrder } from '../../../src/orders/place-order';
import { nextOrderNumber } from '../../../src/orders/order-numbers';
import { toOrderData } from '../shop/bench-orders';
import type { BenchShop } from '../shop/bench-shop';
import type { Contender } from './contender';
import { checkOrders } from './check-orders';

/** What `POST /api/orders` calls. */
export function tindera(shop: BenchShop): Promise<Contender> {
  return Promise.resolve({
    ...onRealTables(shop),
    name: 'tindera',
    place: async ([order]) => {
      if (!order) return 0;
      const { status, body } = await createOrder(shop.deps, toOrderData(order));
      if (status !== 201) throw new Error(`an order was refused: ${JSON.stringify(body)}`);
      return 1;
    },
  });
}

/** Baseline (b): the same rules and the same procedure, one call and one commit for each order. */
export function oneCallPerOrder(shop: BenchShop): Promise<Contender> {
  const { deps, business } = shop;
  return Promise.resolve({
    ...onRealTables(shop),
    name: 'calls',
    place: async ([order]) => {
      if (!order) return 0;
      const orderNumber = await nextOrderNumber(deps.db, business, deps.clock.now());
      const request = { business, data: toOrderData(order), actor: 'api', orderNumber };
      const outcome = await deps.db.transaction((trx) => placeOrder(trx, deps, request));
      if (!outcome.ok) throw new Error(`an order was refused: ${outcome.message}`);
      return 1;
    },
  });
}

function onRealTables(shop: BenchShop): Omit<Contender, 'name' | 'place'> {
  return {
    groupSize: 1,
    fixedCallers: null,
    refill: () => Promise.resolve(),
    check: (placed) => checkOrders(shop.deps.db, { prefix: '', placed, stockRows: true }),
    close: () => Promise.resolve(),
  };
}
