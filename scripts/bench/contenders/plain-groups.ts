import type { BenchShop } from '../shop/bench-shop';
import { checkOrders } from './check-orders';
import type { Contender } from './contender';
import { plainPool } from './plain-pool';
import { storeOrders, takeNumbers, type PlainWriter } from './plain-rows';
import { makePlainTables } from './plain-tables';

const GROUP_SIZE = 50;
export const PLAIN_PREFIX = 'plain_';

/**
 * Baseline (a): the least SQL that stores the same rows. Multi-row INSERTs into tables with the same indexes, 50 orders a group,
 * one packet and one commit each, nothing checked: what this server can take in at all.
 */
export function plainGroups(writers: number) {
  return async (shop: BenchShop): Promise<Contender> => {
    const connection = await shop.connect();
    await makePlainTables(connection, PLAIN_PREFIX).finally(() => connection.end());
    const pool = plainPool(shop.url, writers);
    const writer: PlainWriter = {
      prefix: PLAIN_PREFIX,
      businessId: shop.business.id,
      timezone: shop.business.timezone,
      stockRows: true,
      lastOrderId: 0,
      lastItemId: 0,
    };
    return {
      name: 'groups',
      groupSize: GROUP_SIZE,
      fixedCallers: writers,
      place: async (orders) => {
        await pool.send(
          `${takeNumbers(writer, orders.length)};\nSTART TRANSACTION;\n${storeOrders(writer, orders)};\nCOMMIT`,
        );
        return orders.length;
      },
      refill: () => Promise.resolve(),
      check: (placed) =>
        checkOrders(shop.deps.db, { prefix: PLAIN_PREFIX, placed, stockRows: true }),
      close: () => pool.close(),
    };
  };
}
