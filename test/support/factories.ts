import {
  createBusiness,
  findBusiness,
  type Business,
  type NewBusiness,
} from '../../src/businesses/business-store';
import { totalsOf } from '../../src/cart/totals';
import type { Queryable } from '../../src/db/database';
import { toDecimal, toMajor, type Minor } from '../../src/lib/money';
import type { OrderData } from '../../src/orders/order';

let counter = 0;
const next = (): number => (counter += 1);

export async function aBusiness(q: Queryable, given: Partial<NewBusiness> = {}): Promise<Business> {
  const n = next();
  const id = await createBusiness(q, { slug: `shop-${n}`, name: `Shop ${n}`, ...given });
  return (await findBusiness(q, id)) as Business;
}

export interface CustomerGiven {
  businessId: number;
  name?: string;
  phone?: string;
  status?: string;
  isTrusted?: boolean;
}

/** Returns the customer's id. */
export async function aCustomer(q: Queryable, given: CustomerGiven): Promise<number> {
  const { insertId } = await q.execute(
    `INSERT INTO users (business_id, name, phone, status, is_trusted_buyer)
     VALUES (:businessId, :name, :phone, :status, :isTrusted)`,
    { name: 'Maria Santos', phone: '+639171234567', status: 'active', isTrusted: false, ...given },
  );
  return insertId;
}

export interface ProductGiven {
  businessId: number;
  sku?: string;
  name?: string;
  price?: Minor;
  stock?: number;
  status?: string;
  categoryId?: number;
  lowStockThreshold?: number;
  weightGrams?: number | null;
}
export interface TestProduct {
  id: number;
  sku: string;
  price: Minor;
  weightGrams?: number | null;
}

export async function aProduct(q: Queryable, given: ProductGiven): Promise<TestProduct> {
  const n = next();
  const product = {
    sku: `SKU-${n}`,
    name: `Thing ${n}`,
    price: 100_00,
    stock: 10,
    status: 'active',
    categoryId: null,
    lowStockThreshold: 5,
    weightGrams: null,
    ...given,
  };
  const { insertId } = await q.execute(
    `INSERT INTO products (business_id, category_id, sku, name, price, stock_quantity, status, low_stock_threshold, weight_grams)
     VALUES (:businessId, :categoryId, :sku, :name, :price, :stock, :status, :lowStockThreshold, :weightGrams)`,
    { ...product, price: toDecimal(product.price) },
  );
  return {
    id: insertId,
    sku: product.sku,
    price: product.price,
    weightGrams: product.weightGrams,
  };
}

export async function aCategory(
  q: Queryable,
  given: { businessId: number; name?: string },
): Promise<number> {
  const n = next();
  const { insertId } = await q.execute(
    'INSERT INTO categories (business_id, name, slug) VALUES (:businessId, :name, :slug)',
    {
      name: `Category ${n}`,
      slug: `category-${n}`,
      ...given,
    },
  );
  return insertId;
}

export async function aVariant(
  q: Queryable,
  given: {
    businessId: number;
    productId: number;
    sku?: string;
    name?: string;
    price?: Minor;
    stock?: number;
    isAvailable?: boolean;
  },
): Promise<TestProduct> {
  const n = next();
  const variant = {
    sku: `SKU-${n}-V`,
    name: `Kind ${n}`,
    price: 100_00,
    stock: 10,
    isAvailable: true,
    ...given,
  };
  const { insertId } = await q.execute(
    `INSERT INTO product_variants (business_id, product_id, sku, name, price, stock_quantity, is_available)
     VALUES (:businessId, :productId, :sku, :name, :price, :stock, :isAvailable)`,
    { ...variant, price: toDecimal(variant.price) },
  );
  return { id: insertId, sku: variant.sku, price: variant.price };
}

export interface PromoGiven {
  businessId: number;
  code?: string;
  type?: 'percent' | 'fixed' | 'free_shipping';
  value?: string;
  limit?: number | null;
  perCustomer?: number | null;
  minimum?: string;
  endsAt?: Date | null;
  isActive?: boolean;
  productIds?: number[] | null;
}

export async function aPromo(q: Queryable, given: PromoGiven): Promise<number> {
  const promo = {
    code: `PROMO${next()}`,
    type: 'percent',
    value: '10',
    limit: null,
    perCustomer: null,
    minimum: '0',
    endsAt: null,
    isActive: true,
    ...given,
  };
  const { insertId } = await q.execute(
    `INSERT INTO promo_codes
        (business_id, code, discount_type, discount_value, usage_limit, usage_limit_per_customer, minimum_subtotal, ends_at,
         is_active, product_ids)
     VALUES (:businessId, :code, :type, :value, :limit, :perCustomer, :minimum, :endsAt, :isActive, :productIds)`,
    { ...promo, productIds: given.productIds ? JSON.stringify(given.productIds) : null },
  );
  return insertId;
}

export interface OrderLine {
  product: TestProduct;
  variant?: TestProduct;
  quantity?: number;
}

/** Order data whose amounts are right for the business, to Manila by cash on delivery. */
export function orderData(
  business: Business,
  given: { userId: number; lines: OrderLine[] } & Partial<Omit<OrderData, 'items' | 'user_id'>>,
): OrderData {
  const { userId, lines, ...rest } = given;
  const address = { ...ADDRESS, ...rest.shipping_address };
  const totals = totalsOf(business.settings, {
    lines: lines.map(({ product, variant, quantity = 1 }) => ({
      price: (variant ?? product).price,
      weightGrams: product.weightGrams ?? null,
      quantity,
    })),
    province: address.province,
    isPickUp: rest.payment_method === 'in_person',
  });
  return {
    user_id: userId,
    items: lines.map(({ product, variant, quantity = 1 }) => ({
      product_id: product.id,
      quantity,
      ...(variant ? { variant_id: variant.id } : {}),
    })),
    subtotal: toMajor(totals.subtotal),
    shipping_fee: toMajor(totals.shipping),
    discount_amount: 0,
    total_amount: toMajor(totals.total),
    payment_method: 'cod',
    order_source: 'messenger',
    ...rest,
    shipping_address: address,
  };
}

const ADDRESS = {
  recipient_name: 'Juan Dela Cruz',
  phone: '09171234567',
  address: '123 Main St, Brgy. Centro',
  city: 'Manila',
  province: 'Metro Manila',
  postal_code: '1000',
};

/** An order with its lines as bare rows, past all rules and without any hold: for tests of the database itself. Returns its id. */
export async function anOrder(
  q: Queryable,
  given: {
    businessId: number;
    userId: number;
    lines?: OrderLine[];
    status?: string;
    paymentStatus?: string;
  },
): Promise<number> {
  const lines = given.lines ?? [];
  const subtotal = lines.reduce(
    (sum, line) => sum + (line.variant ?? line.product).price * (line.quantity ?? 1),
    0,
  );
  const { insertId } = await q.execute(
    `INSERT INTO orders
        (business_id, user_id, order_number, order_status, payment_status, payment_method, subtotal, total_amount, recipient_name,
         shipping_phone, shipping_address, shipping_city, shipping_province, order_source)
     VALUES (:businessId, :userId, :orderNumber, :status, :paymentStatus, 'cod', :subtotal, :subtotal, 'Juan Dela Cruz',
             '+639171234567', '123 Main St', 'Manila', 'Metro Manila', 'api')`,
    {
      businessId: given.businessId,
      userId: given.userId,
      orderNumber: `ORD-20251120-${String(next()).padStart(5, '0')}`,
      status: given.status ?? 'pending',
      paymentStatus: given.paymentStatus ?? 'unpaid',
      subtotal: toDecimal(subtotal),
    },
  );
  for (const { product, variant, quantity = 1 } of lines) {
    const { price, sku } = variant ?? product;
    await q.execute(
      `INSERT INTO order_items (order_id, product_id, variant_id, sku, product_name, unit_price, quantity, line_total)
       VALUES (:insertId, :productId, :variantId, :sku, 'Thing', :price, :quantity, :total)`,
      {
        insertId,
        productId: product.id,
        variantId: variant?.id ?? null,
        sku,
        price: toDecimal(price),
        quantity,
        total: toDecimal(price * quantity),
      },
    );
  }
  return insertId;
}
