import { adjustStock } from '../../../src/inventory/adjust-stock';
import { expireReservations } from '../../../src/inventory/expire-holds';
import type { Business } from '../../../src/businesses/business-store';
import type { CoreDeps } from '../../../src/db/core-deps';
import type { Queryable } from '../../../src/db/database';
import { totalsOf } from '../../../src/cart/totals';
import { toMajor } from '../../../src/lib/money';
import { cancelExpiredOrders } from '../../../src/orders/cancel-expired-orders';
import { cancelOrder } from '../../../src/orders/cancel-order';
import { changeOrder } from '../../../src/orders/change-order';
import { confirmOrder } from '../../../src/orders/confirm-order';
import { createOrder } from '../../../src/orders/create-order';
import { moveOrder } from '../../../src/orders/move-order';
import type { OrderData } from '../../../src/orders/order';
import { findOrder } from '../../../src/orders/order-store';
import { recordPayment } from '../../../src/orders/record-payment';
import { aCustomer, aProduct, aPromo, aVariant, orderData, type OrderLine } from '../factories';
import type { Command, Line } from './commands';
import { PART, type Model } from './model-state';

/** The product's own functions on a real database, driven by the commands that the model understands. */
export interface RealShop {
  business: Business;
  userId: number;
  rows: (OrderLine & { sku: string })[];
  promoId: number;
  promoCode: string;
  /** In the order of their placing. */
  placed: { id: number; data: OrderData }[];
}

const WORKED = ['confirmed', 'processing', 'shipped', 'delivered', 'completed'] as const;
const JOB_LIMIT = 1_000;
let keys = 0;

/** New stock rows, a customer and a code of their own, so that runs do not see each other. */
export async function openRealShop(
  q: Queryable,
  business: Business,
  model: Model,
): Promise<RealShop> {
  const businessId = business.id;
  const [price1 = 0, price2 = 0, price3 = 0, price4 = 0] = model.prices;
  const [stock1, stock2, stock3, stock4] = model.stock;
  const first = await aProduct(q, { businessId, price: price1, stock: stock1 });
  const second = await aProduct(q, { businessId, price: price2, stock: stock2 });
  const parent = await aProduct(q, { businessId, stock: 0 });
  const variantOf = { businessId, productId: parent.id };
  const small = await aVariant(q, { ...variantOf, price: price3, stock: stock3 });
  const large = await aVariant(q, { ...variantOf, price: price4, stock: stock4 });
  const promoCode = `MODEL${(keys += 1)}`;
  const { off, limit } = model.promo;
  const value = String(toMajor(off));
  return {
    business,
    // Trusted, so that nobody has to look at the orders of one who orders this much.
    userId: await aCustomer(q, { businessId, isTrusted: true }),
    rows: [
      { product: first, sku: first.sku },
      { product: second, sku: second.sku },
      { product: parent, variant: small, sku: small.sku },
      { product: parent, variant: large, sku: large.sku },
    ],
    promoId: await aPromo(q, { businessId, code: promoCode, type: 'fixed', value, limit }),
    promoCode,
    placed: [],
  };
}

/** Does what a command says; the word is 'ok' or the code of the refusal. */
export async function perform(deps: CoreDeps, shop: RealShop, command: Command): Promise<string> {
  switch (command.do) {
    case 'create':
      return create(deps, shop, command);
    case 'wait':
      return wait(deps, shop, command.minutes);
    case 'expire holds':
      await expireReservations(deps, JOB_LIMIT);
      return 'ok';
    case 'cancel expired':
      await cancelExpiredOrders(deps, JOB_LIMIT);
      return 'ok';
    case 'restock':
      return restock(deps, shop, command);
    default: {
      const order = shop.placed.at(-1 - command.order);
      return order ? wordOf(await performOn(deps, shop, order, command)) : 'ORDER_NOT_FOUND';
    }
  }
}

type Outcome = { ok: true } | { ok: false; code: string };
const wordOf = (outcome: Outcome): string => (outcome.ok ? 'ok' : outcome.code);

async function performOn(
  deps: CoreDeps,
  shop: RealShop,
  { id, data }: RealShop['placed'][number],
  command: Extract<Command, { order: number }>,
): Promise<Outcome> {
  const base = { businessId: shop.business.id, order: id, actor: 'staff:1' };
  switch (command.do) {
    case 'repeat': {
      const result = await createOrder(deps, data, { business: shop.business });
      if (result.status !== 201) return { ok: false, code: result.body.code };
      return result.body.order_id === id ? { ok: true } : { ok: false, code: 'ANOTHER_ORDER' };
    }
    case 'pay': {
      const amount = command.to === 'partially_refunded' ? PART : null;
      return recordPayment(deps, { ...base, to: command.to, amount });
    }
    case 'confirm':
      return confirmOrder(deps, base);
    case 'cancel':
      return cancelOrder(deps, { ...base, reason: 'test' });
    case 'change':
      return changeOrder(deps, { ...base, change: { items: itemsOf(shop, command.lines) } });
    case 'move house':
      return changeOrder(deps, {
        ...base,
        change: { shipping_address: { province: command.province, city: 'Elsewhere' } },
      });
    case 'advance':
      return advance(deps, base);
  }
}

async function create(
  deps: CoreDeps,
  shop: RealShop,
  { lines, method, hasPromo }: Extract<Command, { do: 'create' }>,
): Promise<string> {
  const bought = lines.map(({ row, quantity }) => ({ ...shop.rows[row]!, quantity }));
  const data: OrderData = {
    ...orderData(shop.business, { userId: shop.userId, lines: bought, payment_method: method }),
    confirm_duplicate: true,
    idempotency_key: `model-${(keys += 1)}`,
    ...(hasPromo ? withPromo(shop, bought) : {}),
  };
  const result = await createOrder(deps, data, { business: shop.business });
  if (result.status !== 201) return result.body.code;
  shop.placed.push({ id: result.body.order_id, data });
  return 'ok';
}

function withPromo({ business, promoCode }: RealShop, bought: OrderLine[]): Partial<OrderData> {
  const discount = 50_00;
  const { total } = totalsOf(business.settings, {
    lines: bought.map((line) => ({
      price: (line.variant ?? line.product).price,
      quantity: line.quantity ?? 1,
      weightGrams: null,
    })),
    discount,
    province: 'Metro Manila',
  });
  return {
    promo_code: promoCode,
    discount_amount: toMajor(discount),
    total_amount: toMajor(total),
  };
}

const itemsOf = (shop: RealShop, lines: readonly Line[]) =>
  lines.map(({ row, quantity }) => {
    const { product, variant } = shop.rows[row]!;
    return { product_id: product.id, quantity, ...(variant ? { variant_id: variant.id } : {}) };
  });

async function advance(
  deps: CoreDeps,
  base: { businessId: number; order: number; actor: string },
): Promise<Outcome> {
  const order = await findOrder(deps.db, base.businessId, base.order);
  const at = WORKED.findIndex((status) => status === order?.orderStatus);
  const to = at < 0 ? undefined : WORKED[at + 1];
  return to ? moveOrder(deps, { ...base, to }) : { ok: false, code: 'INVALID_TRANSITION' };
}

/** Holds run out by the database's clock, so it is they that move. One row a transaction: it holds up nobody. */
async function wait({ db }: CoreDeps, shop: RealShop, minutes: number): Promise<string> {
  const holds = await db.query<{ id: number }>(
    'SELECT r.id FROM inventory_reservations AS r JOIN orders AS o ON o.id = r.order_id WHERE o.user_id = ?',
    [shop.userId],
  );
  for (const { id } of holds)
    await db.transaction((trx) =>
      trx.execute(
        'UPDATE inventory_reservations SET expires_at = expires_at - INTERVAL ? MINUTE WHERE id = ?',
        [minutes, id],
      ),
    );
  return 'ok';
}

async function restock(
  { db }: CoreDeps,
  shop: RealShop,
  { row, by }: Extract<Command, { do: 'restock' }>,
): Promise<string> {
  const { sku } = shop.rows[row]!;
  const businessId = shop.business.id;
  return wordOf(
    await db.transaction((trx) =>
      adjustStock(trx, { businessId, sku, change: by, reason: 'counted', actor: 'staff:1' }),
    ),
  );
}
