import { actingAs } from '../../../src/db/acting-as';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer, anOrder, aProduct, aVariant } from '../../support/factories';
import { chainOf } from '../../support/stock';

const test = useDatabase();
let businessId: number;
let userId: number;

beforeEach(async () => {
  businessId = (await aBusiness(test.db)).id;
  userId = await aCustomer(test.db, { businessId });
});

describe('after_order_created and after_order_status_update', () => {
  it('keep one chain for the order and one for its payment, each from NULL', async () => {
    const orderId = await anOrder(test.db, { businessId, userId });
    await test.db.execute(
      "UPDATE orders SET order_status = 'confirmed', payment_status = 'paid' WHERE id = ?",
      [orderId],
    );
    await test.db.execute("UPDATE orders SET order_status = 'processing' WHERE id = ?", [orderId]);
    expect(await chainOf(test.db, orderId, 'order')).toBe(
      'NULL>pending pending>confirmed confirmed>processing',
    );
    expect(await chainOf(test.db, orderId, 'payment')).toBe('NULL>unpaid unpaid>paid');
  });

  it('write nothing when no state changes', async () => {
    const orderId = await anOrder(test.db, { businessId, userId });
    await test.db.execute(
      "UPDATE orders SET notes = 'call first', order_status = 'pending' WHERE id = ?",
      [orderId],
    );
    expect(await chainOf(test.db, orderId, 'order')).toBe('NULL>pending');
  });

  it('name the database user for a change by hand, and the actor for everything else', async () => {
    const orderId = await anOrder(test.db, { businessId, userId });
    await test.db.transaction((trx) =>
      actingAs(trx, { actor: 'staff:7', reason: 'looks good' }, () =>
        trx.execute("UPDATE orders SET order_status = 'confirmed' WHERE id = ?", [orderId]),
      ),
    );
    await test.db.execute("UPDATE orders SET order_status = 'processing' WHERE id = ?", [orderId]);
    const rows = await test.db.query(
      "SELECT changed_by, reason FROM order_state_history WHERE kind = 'order' AND from_state IS NOT NULL ORDER BY id",
    );
    expect(rows).toEqual([
      { changed_by: 'staff:7', reason: 'looks good' },
      { changed_by: expect.stringMatching(/^root@/) as string, reason: 'changed by hand' },
    ]);
  });
});

describe('acting as somebody', () => {
  it('ends with the piece of work, also when that fails', async () => {
    const orderId = await anOrder(test.db, { businessId, userId });
    await test.db.transaction(async (trx) => {
      const failing = actingAs(trx, { actor: 'staff:7', reason: 'x' }, () =>
        Promise.reject(new Error('no')),
      );
      await expect(failing).rejects.toThrow('no');
      await trx.execute("UPDATE orders SET order_status = 'confirmed' WHERE id = ?", [orderId]);
    });
    const [row] = await test.db.query(
      "SELECT reason FROM order_state_history WHERE to_state = 'confirmed'",
    );
    expect(row).toEqual({ reason: 'changed by hand' });
  });
});

describe('after_order_delivered', () => {
  it('counts an order for the customer once, when it arrives', async () => {
    const mug = await aProduct(test.db, { businessId, price: 250_00 });
    const orderId = await anOrder(test.db, {
      businessId,
      userId,
      lines: [{ product: mug, quantity: 2 }],
      status: 'shipped',
    });
    await test.db.execute("UPDATE orders SET order_status = 'delivered' WHERE id = ?", [orderId]);
    await test.db.execute("UPDATE orders SET order_status = 'completed' WHERE id = ?", [orderId]);
    expect(await figures()).toMatchObject({
      total_orders: 1,
      total_spent: '500.00',
      engagement_score: 10,
      has_last: 1,
    });
  });

  it('takes it back when somebody sets the state back by hand', async () => {
    const mug = await aProduct(test.db, { businessId });
    const orderId = await anOrder(test.db, {
      businessId,
      userId,
      lines: [{ product: mug }],
      status: 'shipped',
    });
    await test.db.execute("UPDATE orders SET order_status = 'delivered' WHERE id = ?", [orderId]);
    await test.db.execute("UPDATE orders SET order_status = 'shipped' WHERE id = ?", [orderId]);
    expect(await figures()).toMatchObject({
      total_orders: 0,
      total_spent: '0.00',
      engagement_score: 0,
    });
  });

  const figures = async () =>
    (
      await test.db.query(
        'SELECT total_orders, total_spent, engagement_score, last_order_at IS NOT NULL AS has_last FROM users',
      )
    )[0];
});

describe('after_product_stock_change', () => {
  const movements = () =>
    test.db.query(
      'SELECT product_id, variant_id, stock_before, stock_after, reserved_before, reserved_after, reason FROM stock_movements ORDER BY id',
    );

  it('enters every change of either figure into the ledger, the first stock included', async () => {
    const mug = await aProduct(test.db, { businessId, stock: 5 });
    await test.db.execute(
      'UPDATE products SET stock_quantity = 8, reserved_stock = 2 WHERE id = ?',
      [mug.id],
    );
    await test.db.execute("UPDATE products SET name = 'Mug' WHERE id = ?", [mug.id]);
    const base = { product_id: mug.id, variant_id: null, reason: 'changed by hand' };
    expect(await movements()).toEqual([
      { ...base, stock_before: 0, stock_after: 5, reserved_before: 0, reserved_after: 0 },
      { ...base, stock_before: 5, stock_after: 8, reserved_before: 0, reserved_after: 2 },
    ]);
  });

  it('does the same for variants', async () => {
    const tee = await aProduct(test.db, { businessId, stock: 0 });
    const large = await aVariant(test.db, { businessId, productId: tee.id, stock: 5 });
    await test.db.execute('UPDATE product_variants SET stock_quantity = 4 WHERE id = ?', [
      large.id,
    ]);
    expect(await movements()).toMatchObject([
      { product_id: tee.id, variant_id: large.id, stock_before: 0, stock_after: 5 },
      { product_id: tee.id, variant_id: large.id, stock_before: 5, stock_after: 4 },
    ]);
  });
});

it('before_product_update raises the version with every change', async () => {
  const mug = await aProduct(test.db, { businessId });
  await test.db.execute("UPDATE products SET name = 'Mug' WHERE id = ?", [mug.id]);
  await test.db.execute('UPDATE products SET price = 1, version = 99 WHERE id = ?', [mug.id]);
  expect(await test.db.query('SELECT version FROM products')).toEqual([{ version: 2 }]);
});

describe('history and ledger', () => {
  it.each([
    ['order_state_history', 'UPDATE order_state_history SET reason = NULL'],
    ['order_state_history', 'DELETE FROM order_state_history'],
    ['stock_movements', 'UPDATE stock_movements SET stock_after = 99'],
    ['stock_movements', 'DELETE FROM stock_movements'],
  ])('%s refuses %s', async (table, sql) => {
    await aProduct(test.db, { businessId });
    await anOrder(test.db, { businessId, userId });
    await expect(test.db.execute(sql)).rejects.toMatchObject({
      errno: 1644,
      sqlMessage: `${table}_is_immutable`,
    });
  });
});

describe('after_reservation_created and after_reservation_change', () => {
  it('record one link for an order of several lines, also for changes by hand', async () => {
    const [mug, plate] = [
      await aProduct(test.db, { businessId }),
      await aProduct(test.db, { businessId }),
    ];
    const orderId = await anOrder(test.db, {
      businessId,
      userId,
      lines: [{ product: mug }, { product: plate }],
    });
    await test.db.call('CALL sp_reserve_order_inventory(?, 30)', [orderId]);
    await test.db.execute(
      "UPDATE inventory_reservations SET status = 'released' WHERE order_id = ?",
      [orderId],
    );
    await test.db.execute(
      'UPDATE inventory_reservations SET expires_at = UTC_TIMESTAMP(6) WHERE order_id = ?',
      [orderId],
    );
    expect(await chainOf(test.db, orderId, 'reservation')).toBe('NULL>reserved reserved>released');
  });
});

describe('the stock constraint', () => {
  it.each([
    ['more held than there is', 'UPDATE products SET reserved_stock = stock_quantity + 1'],
    ['a hold below nothing', 'UPDATE products SET reserved_stock = -1'],
    ['stock below what is held', 'UPDATE products SET reserved_stock = 2, stock_quantity = 1'],
  ])('refuses %s', async (_, sql) => {
    await aProduct(test.db, { businessId });
    await expect(test.db.execute(sql)).rejects.toMatchObject({
      errno: expect.any(Number) as number,
    });
    expect(await test.db.query('SELECT reserved_stock FROM products')).toEqual([
      { reserved_stock: 0 },
    ]);
  });
});

describe('before_product_delete and before_product_variant_delete', () => {
  it('keep a stock row while orders hold it, and let it go when nothing does', async () => {
    const mug = await aProduct(test.db, { businessId });
    const tee = await aProduct(test.db, { businessId });
    const black = await aVariant(test.db, { businessId, productId: tee.id });
    for (const [table, id] of [
      ['products', mug.id],
      ['product_variants', black.id],
    ] as const) {
      await test.db.execute(`UPDATE ${table} SET reserved_stock = 1 WHERE id = ?`, [id]);
      const remove = () => test.db.execute(`DELETE FROM ${table} WHERE id = ?`, [id]);
      await expect(remove()).rejects.toThrow('product_has_holds');
      await test.db.execute(`UPDATE ${table} SET reserved_stock = 0 WHERE id = ?`, [id]);
      expect((await remove()).affectedRows).toBe(1);
    }
  });
});
