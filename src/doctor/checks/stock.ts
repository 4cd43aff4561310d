import { byRanges, byRows, byRowsUnlessUnique, type Check } from '../check';

const RECOUNT =
  'Count the stock row again under its lock and correct it by hand; the ledger (stock_movements) shows when the two parted.';

export const stockChecks: readonly Check[] = [
  {
    id: 'G-5',
    name: 'stock-bounds',
    claim: 'reserved stock is never below zero nor above the stock on hand',
    level: 'wrong',
    why: 'More is promised than there is, or less than nothing.',
    remedy: RECOUNT,
    find: byRows(
      `SELECT id AS product_id, CAST(NULL AS UNSIGNED) AS variant_id, stock_quantity, reserved_stock
       FROM products WHERE NOT (reserved_stock >= 0 AND reserved_stock <= stock_quantity)
       UNION ALL
       SELECT product_id, id, stock_quantity, reserved_stock
       FROM product_variants WHERE NOT (reserved_stock >= 0 AND reserved_stock <= stock_quantity)`,
    ),
  },
  {
    id: 'G-5',
    name: 'stock-equals-holds',
    claim: 'reserved stock is the sum of its holds',
    level: 'wrong',
    why: 'Stock is blocked that no order holds, or held by an order and not blocked: the next sale may oversell.',
    remedy: RECOUNT,
    find: byRows(
      `SELECT p.id AS product_id, CAST(NULL AS UNSIGNED) AS variant_id, p.reserved_stock, COALESCE(holds.quantity, 0) AS held
       FROM products AS p
       LEFT JOIN (
           SELECT product_id, SUM(quantity) AS quantity FROM inventory_reservations
           WHERE status = 'reserved' AND variant_id IS NULL GROUP BY product_id
       ) AS holds ON holds.product_id = p.id
       WHERE p.reserved_stock <> COALESCE(holds.quantity, 0)
       UNION ALL
       SELECT v.product_id, v.id, v.reserved_stock, COALESCE(holds.quantity, 0)
       FROM product_variants AS v
       LEFT JOIN (
           SELECT variant_id, SUM(quantity) AS quantity FROM inventory_reservations
           WHERE status = 'reserved' AND variant_id IS NOT NULL GROUP BY variant_id
       ) AS holds ON holds.variant_id = v.id
       WHERE v.reserved_stock <> COALESCE(holds.quantity, 0)
       UNION ALL
       SELECT r.product_id, r.variant_id, NULL, SUM(r.quantity)
       FROM inventory_reservations AS r
       LEFT JOIN products AS p ON p.id = r.product_id
       LEFT JOIN product_variants AS v ON v.id = r.variant_id AND v.product_id = r.product_id
       WHERE r.status = 'reserved' AND (p.id IS NULL OR (r.variant_id IS NOT NULL AND v.id IS NULL))
       GROUP BY r.product_id, r.variant_id`,
    ),
  },
  {
    id: 'G-5',
    name: 'hold-unique',
    claim: 'an order line has at most one live hold',
    level: 'wrong',
    why: 'The unique key of the holds is gone, and a line holds or has bought its stock twice.',
    remedy:
      'Release the order (sp_release_order_inventory), reserve it again, and put inventory_reservations_live_uk back.',
    find: byRowsUnlessUnique(
      'inventory_reservations',
      ['live_order_item_id'],
      `SELECT order_item_id, MIN(order_id) AS order_id, COUNT(*) AS holds, SUM(quantity) AS units
       FROM inventory_reservations
       WHERE status IN ('reserved', 'committed')
       GROUP BY order_item_id
       HAVING COUNT(*) > 1`,
    ),
  },
  {
    id: 'G-5',
    name: 'line-marked',
    claim: 'an order line is marked reserved exactly while it has a live hold',
    level: 'wrong',
    why: 'A marked line without a hold is never given stock again; an unmarked one with a hold cannot be reserved or sold.',
    remedy: 'Set order_items.inventory_reserved to what inventory_reservations says.',
    find: byRanges(
      'order_items',
      `SELECT i.order_id, i.id AS order_item_id, i.inventory_reserved, r.id AS hold_id, r.status AS hold_status
       FROM order_items AS i
       LEFT JOIN inventory_reservations AS r ON r.live_order_item_id = i.id
       WHERE i.id BETWEEN :from AND :to AND i.inventory_reserved <> (r.id IS NOT NULL)`,
    ),
  },
  {
    id: 'G-5',
    name: 'hold-matches-line',
    claim: 'a live hold is for the order, the product and the quantity of its line',
    level: 'wrong',
    why: 'What is held or sold is not what was ordered.',
    remedy: 'Release the order (sp_release_order_inventory) and reserve it again.',
    find: byRanges(
      'inventory_reservations',
      `SELECT r.id AS hold_id, r.order_id, r.order_item_id, r.status, r.quantity AS held, i.quantity AS ordered
       FROM inventory_reservations AS r
       LEFT JOIN order_items AS i ON i.id = r.order_item_id
       WHERE r.id BETWEEN :from AND :to AND r.status IN ('reserved', 'committed')
         AND NOT (i.order_id <=> r.order_id AND i.product_id <=> r.product_id
                  AND i.variant_id <=> r.variant_id AND i.quantity <=> r.quantity)`,
    ),
  },
  {
    id: 'G-5',
    name: 'cancelled-holds-nothing',
    claim: 'a cancelled order holds no stock',
    level: 'wrong',
    why: 'Stock is kept from sale for an order that will never ship.',
    remedy:
      "CALL sp_release_order_inventory(order_id, 'cancelled') gives it back; it may be repeated.",
    find: byRanges(
      'inventory_reservations',
      `SELECT r.order_id, r.id AS hold_id, r.status AS hold_status, r.product_id, r.variant_id, r.quantity
       FROM inventory_reservations AS r
       JOIN orders AS o ON o.id = r.order_id
       WHERE r.id BETWEEN :from AND :to AND r.status IN ('reserved', 'committed') AND o.order_status = 'cancelled'`,
    ),
  },
  {
    id: 'G-5',
    name: 'confirmed-has-stock',
    claim: 'every line of a confirmed order is sold from stock',
    level: 'wrong',
    why: 'The order was confirmed, and its stock was not taken: somebody else can buy it.',
    remedy:
      'CALL sp_commit_order_inventory(order_id) takes the stock if it is there; otherwise the customer has to be told.',
    find: byRanges(
      'orders',
      `SELECT o.id AS order_id, o.order_status, i.id AS order_item_id, r.status AS hold_status
       FROM orders AS o
       JOIN order_items AS i ON i.order_id = o.id
       LEFT JOIN inventory_reservations AS r ON r.live_order_item_id = i.id
       WHERE o.id BETWEEN :from AND :to
         AND o.order_status IN ('confirmed', 'processing', 'ready', 'shipped', 'delivered', 'completed')
         AND NOT (r.status <=> 'committed')`,
    ),
  },
  {
    id: 'G-10',
    name: 'holds-fresh',
    claim: 'no hold waits to be taken back',
    level: 'note',
    why: 'These holds have run out. They block nothing: the next sale of the product, or the next clean-up, takes them back.',
    remedy: 'Nothing.',
    find: byRows(
      `SELECT COUNT(DISTINCT order_id) AS orders, COUNT(*) AS holds, SUM(quantity) AS units, MIN(expires_at) AS oldest
       FROM inventory_reservations
       WHERE status = 'reserved' AND expires_at <= UTC_TIMESTAMP(6)
       HAVING COUNT(*) > 0`,
    ),
  },
  {
    id: 'G-10',
    name: 'holds-cleaned-up',
    claim: 'holds that have run out are taken back within an hour',
    level: 'warning',
    why: 'Neither the job nor the event evt_cleanup_expired_reservations has run. Sales do not suffer; stock figures look lower than they are.',
    remedy:
      'Run a process with ROLE=all or ROLE=scheduler, or switch the event scheduler of the database on.',
    find: byRows(
      `SELECT order_id, COUNT(*) AS holds, MIN(expires_at) AS expired_at
       FROM inventory_reservations
       WHERE status = 'reserved' AND expires_at <= UTC_TIMESTAMP(6) - INTERVAL 1 HOUR
       GROUP BY order_id
       ORDER BY expired_at`,
    ),
  },
];
