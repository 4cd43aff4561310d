import { totalsOf } from '../../src/cart/totals';
import type { CoreDeps } from '../../src/db/core-deps';
import { toMajor } from '../../src/lib/money';
import { createOrder, type CreateResult } from '../../src/orders/create-order';
import type { OrderData } from '../../src/orders/order';
import type { Random } from './random';
import { PROMO_OFF, type SoakShop, type StockRow } from './soak-shop';

const PROVINCE = 'Metro Manila';
const METHODS = ['cod', 'gcash', 'card'];
const MOST_LINES = 5;
/** Repeats come while the first one is still under way, or a while later. */
const RECENT = 500;

let keys = 0;

/** A new order, mostly; now and then a repeat of one, at the same time or later, or another order with a key that is taken. */
export function place(deps: CoreDeps, shop: SoakShop, random: Random): Promise<string> {
  const chance = random.below(100);
  const known = shop.placed.at(-1 - random.below(Math.min(shop.placed.length, RECENT)));
  if (chance < 5) return placeTwice(shop, random);
  if (chance < 10 && known) return repeat(deps, shop, known);
  if (chance < 13 && known) {
    const data = { ...newOrder(shop, random), idempotency_key: known.data.idempotency_key };
    return placeOne(deps, shop, data);
  }
  return placeOne(deps, shop, newOrder(shop, random));
}

async function placeOne(deps: CoreDeps, shop: SoakShop, data: OrderData): Promise<string> {
  const result = await createOrder(deps, data, { business: shop.business });
  if (result.status === 201) remember(shop, data, result);
  return wordOf(result);
}

/** The same request on every instance at once: one order, one answer. */
async function placeTwice(shop: SoakShop, random: Random): Promise<string> {
  const data = newOrder(shop, random);
  const results = await Promise.all(
    shop.instances.map((deps) => createOrder(deps, data, { business: shop.business })),
  );
  const [first] = results as [CreateResult];
  const answers = new Set(
    results.map((one) => (one.status === 201 ? one.body.order_number : 'refused')),
  );
  // Refused on one and placed on another is right when stock came back in between; two numbers never are.
  answers.delete('refused');
  if (answers.size > 1) return 'WRONG: TWO ORDERS FOR ONE KEY';
  const placed = results.find((one) => one.status === 201);
  if (placed?.status === 201) remember(shop, data, placed);
  return wordOf(placed ?? first);
}

async function repeat(
  deps: CoreDeps,
  shop: SoakShop,
  known: SoakShop['placed'][number],
): Promise<string> {
  const result = await createOrder(deps, known.data, { business: shop.business });
  const isSame = result.status === 201 && result.body.order_number === known.number;
  return isSame ? 'REPEATED' : 'WRONG: A REPEAT WAS ANSWERED OTHERWISE';
}

function remember(
  shop: SoakShop,
  data: OrderData,
  { body }: Extract<CreateResult, { status: 201 }>,
): void {
  shop.placed.push({ id: body.order_id, number: body.order_number, data });
}

const wordOf = (result: CreateResult): string =>
  result.status === 201 ? 'PLACED' : result.body.code;

function newOrder(shop: SoakShop, random: Random): OrderData {
  const lines = linesOf(shop.rows, random);
  const hasPromo = random.percent(30);
  const { subtotal, discount, shipping, total } = totalsOf(shop.business.settings, {
    lines: lines.map(({ row, quantity }) => ({ price: row.price, quantity, weightGrams: null })),
    discount: hasPromo ? PROMO_OFF : 0,
    province: PROVINCE,
  });
  return {
    user_id: random.pick(shop.userIds),
    items: lines.map(itemOf),
    subtotal: toMajor(subtotal),
    discount_amount: toMajor(discount),
    shipping_fee: toMajor(shipping),
    total_amount: toMajor(total),
    payment_method: random.pick(METHODS),
    ...(hasPromo ? { promo_code: random.pick(shop.promoCodes) } : {}),
    shipping_address: {
      recipient_name: 'Juan Dela Cruz',
      phone: '+639171234567',
      address: `${random.below(1_000_000)} Main St`,
      city: 'Manila',
      province: PROVINCE,
    },
    order_source: 'api',
    idempotency_key: `soak-${(keys += 1)}`,
  };
}

interface Line {
  row: StockRow;
  quantity: number;
}

/** Different things in any order, so that whoever locks in the order of the lines locks in a circle. */
export function linesOf(rows: readonly StockRow[], random: Random): Line[] {
  const chosen = new Set<StockRow>();
  const wanted = 1 + random.below(MOST_LINES);
  while (chosen.size < wanted) chosen.add(random.pick(rows));
  return [...chosen].map((row) => ({ row, quantity: 1 + random.below(3) }));
}

export const itemOf = ({ row, quantity }: Line) => ({
  product_id: row.productId,
  quantity,
  ...(row.variantId === null ? {} : { variant_id: row.variantId }),
});
