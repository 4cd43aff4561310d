import { totalsOf, type Totals } from '../../../src/cart/totals';
import { toMajor } from '../../../src/lib/money';
import type { OrderData } from '../../../src/orders/order';
import type { BenchProduct, BenchShop } from './bench-shop';

/** An order to be placed, the same for every contender. */
export interface BenchOrder {
  number: number;
  userId: number;
  lines: BenchProduct[];
  totals: Totals;
  address: string;
}

export interface Pattern {
  /** Every product alike, or one product that every order has. */
  demand: 'spread' | 'hot';
  lines: number;
}

export const CITY = 'Manila';
export const PROVINCE = 'Metro Manila';
export const PHONE = '+639171234567';
export const RECIPIENT = 'Juan Dela Cruz';
export const POSTAL_CODE = '1000';

let lastNumber = 0;

/** Orders of one piece a line; each with an address of its own, or it would be a duplicate of another one (ORD-7). */
export function orderSource(shop: BenchShop, pattern: Pattern): () => BenchOrder {
  return () => {
    lastNumber += 1;
    const lines = pickLines(shop.products, pattern);
    return {
      number: lastNumber,
      userId: pick(shop.userIds),
      lines,
      totals: totalsOf(shop.business.settings, {
        lines: lines.map((line) => ({ price: line.price, quantity: 1, weightGrams: null })),
        province: PROVINCE,
      }),
      address: `${lastNumber} Main St, Brgy. Centro`,
    };
  };
}

/** As a client sends it (ORD-1). */
export function toOrderData(order: BenchOrder): OrderData {
  return {
    user_id: order.userId,
    items: order.lines.map((line) => ({ product_id: line.id, quantity: 1 })),
    subtotal: toMajor(order.totals.subtotal),
    shipping_fee: toMajor(order.totals.shipping),
    total_amount: toMajor(order.totals.total),
    payment_method: 'cod',
    shipping_address: {
      recipient_name: RECIPIENT,
      phone: PHONE,
      address: order.address,
      city: CITY,
      province: PROVINCE,
      postal_code: POSTAL_CODE,
    },
    order_source: 'web',
    idempotency_key: keyOf(order),
  };
}

export const keyOf = (order: BenchOrder): string => `bench-${process.pid}-${order.number}`;

/** Different products, in no order. */
function pickLines(products: readonly BenchProduct[], pattern: Pattern): BenchProduct[] {
  const [hot] = products;
  if (!hot) throw new Error('a shop without products sells nothing');
  const chosen = new Set<BenchProduct>(pattern.demand === 'hot' ? [hot] : []);
  const wanted = Math.min(pattern.lines, products.length);
  while (chosen.size < wanted) chosen.add(pick(products));
  return [...chosen];
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(Math.random() * from.length)] as T;
}
