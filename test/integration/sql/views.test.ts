import { createOrder } from '../../../src/orders/create-order';
import type { Business } from '../../../src/businesses/business-store';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, aProduct, aVariant, orderData } from '../../support/factories';

const test = useDatabase();
let business: Business;
let businessId: number;
let userId: number;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
  userId = await aCustomer(test.db, { businessId });
});

describe('vw_inventory_status', () => {
  it.each([
    [10, 5, 'IN_STOCK'],
    [5, 5, 'LOW_STOCK'],
    [0, 5, 'OUT_OF_STOCK'],
  ])('calls %d pieces at a threshold of %d %s', async (stock, lowStockThreshold, status) => {
    const { id } = await aProduct(test.db, { businessId, stock, lowStockThreshold });
    const [row] = await test.db.query(
      'SELECT available_quantity, stock_status FROM vw_inventory_status WHERE product_id = ?',
      [id],
    );
    expect(row).toEqual({ available_quantity: stock, stock_status: status });
  });

  it('has the variants of a product instead of the product', async () => {
    const tee = await aProduct(test.db, { businessId, stock: 0 });
    const large = await aVariant(test.db, { businessId, productId: tee.id, stock: 9 });
    const rows = await test.db.query(
      'SELECT product_id, variant_id, sku, stock_status FROM vw_inventory_status',
    );
    expect(rows).toEqual([
      { product_id: tee.id, variant_id: large.id, sku: large.sku, stock_status: 'IN_STOCK' },
    ]);
  });
});

describe('with an order', () => {
  beforeEach(async () => {
    const mug = await aProduct(test.db, { businessId, name: 'Blue mug', price: 250_00 });
    const result = await createOrder(
      test.deps,
      orderData(business, { userId, lines: [{ product: mug, quantity: 2 }] }),
    );
    expect(result.status).toBe(201);
  });

  it('vw_orders_detailed tells what is in it and where its stock stands', async () => {
    const [row] = await test.db.query('SELECT * FROM vw_orders_detailed');
    expect(row).toMatchObject({
      business_id: businessId,
      customer_name: 'Maria Santos',
      item_count: 1,
      unit_count: '2',
      items_summary: '2 x Blue mug',
      reservation_status: 'reserved',
      unresolved_errors: 0,
      hold_expires_at: expect.any(Date) as Date,
    });
  });

  it('vw_pending_orders tells what it waits for', async () => {
    expect(
      await test.db.query('SELECT order_status, waiting_for, age_minutes FROM vw_pending_orders'),
    ).toEqual([{ order_status: 'pending', waiting_for: 'confirm', age_minutes: 0 }]);
  });

  /** As people know them; the error counts of orders and order_metrics need their table's name. */
  it.each([
    'SELECT * FROM vw_pending_orders',
    "SELECT * FROM vw_pending_orders WHERE waiting_for = 'confirm'",
    "SELECT * FROM vw_inventory_status WHERE stock_status = 'LOW_STOCK'",
    'SELECT * FROM vw_orders_detailed WHERE unresolved_errors > 0',
    `SELECT AVG(total_processing_duration_ms) as avg_processing_time, MAX(total_processing_duration_ms) as max_processing_time
     FROM order_metrics WHERE created_at >= DATE_SUB(NOW(), INTERVAL 7 DAY)`,
    'SELECT * FROM order_errors WHERE is_resolved = FALSE ORDER BY created_at DESC LIMIT 10',
    `SELECT COUNT(*) as total_orders, SUM(CASE WHEN order_status = 'delivered' THEN 1 ELSE 0 END) as delivered,
            AVG(CASE WHEN om.total_processing_duration_ms IS NOT NULL THEN om.total_processing_duration_ms ELSE 0 END) as avg_processing_ms,
            SUM(o.error_count) as total_errors
     FROM orders o LEFT JOIN order_metrics om ON o.id = om.order_id WHERE DATE(o.created_at) = CURDATE()`,
    `SELECT name, stock_quantity, low_stock_threshold FROM products
     WHERE stock_quantity <= low_stock_threshold AND status = 'active' ORDER BY stock_quantity ASC`,
    `SELECT queue_type, status, COUNT(*) as count, AVG(TIMESTAMPDIFF(MINUTE, created_at, NOW())) as avg_wait_minutes
     FROM order_processing_queue WHERE status IN ('pending', 'processing') GROUP BY queue_type, status`,
    `SELECT p.name, p.stock_quantity, COALESCE(SUM(ir.quantity), 0) as reserved, p.stock_quantity - COALESCE(SUM(ir.quantity), 0) as available
     FROM products p LEFT JOIN inventory_reservations ir ON p.id = ir.product_id AND ir.status = 'reserved' WHERE p.id = 1 GROUP BY p.id`,
    "UPDATE order_processing_queue SET status = 'pending', attempts = 0 WHERE status = 'failed' AND order_id = 1",
    'SELECT * FROM inventory_reservations WHERE expires_at < NOW()',
  ])('a known monitoring query runs: %s', async (sql) => {
    const client = await test.client();
    await client.query('SET NAMES utf8mb4');
    await expect(client.query(sql)).resolves.toBeDefined();
  });
});
