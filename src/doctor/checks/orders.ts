import { byRanges, byRowsUnlessUnique, type Check } from '../check';

const RECKON =
  'Compare the order with its lines and its payments, and correct the amount that is wrong.';

export const orderChecks: readonly Check[] = [
  {
    id: 'G-6',
    name: 'idempotency-unique',
    claim: 'an idempotency key has placed at most one order',
    level: 'wrong',
    why: 'The unique key of the orders is gone, and one intent became two orders.',
    remedy:
      'Cancel the later order and put orders_idempotency_uk back (migrations/sql/tables/orders.sql).',
    find: byRowsUnlessUnique(
      'orders',
      ['business_id', 'idempotency_key'],
      `SELECT business_id, MIN(id) AS order_id, MAX(id) AS last_order_id, COUNT(*) AS orders
       FROM orders
       WHERE idempotency_key IS NOT NULL
       GROUP BY business_id, idempotency_key
       HAVING COUNT(*) > 1`,
    ),
  },
  {
    id: 'G-9',
    name: 'total-adds-up',
    claim: 'total = subtotal - discount + shipping + tax',
    level: 'wrong',
    why: 'The customer is asked for another amount than the order explains.',
    remedy: RECKON,
    find: byRanges(
      'orders',
      `SELECT id AS order_id, subtotal, discount_amount, shipping_fee, tax_amount, total_amount
       FROM orders
       WHERE id BETWEEN :from AND :to
         AND total_amount <> subtotal - discount_amount + shipping_fee + tax_amount`,
    ),
  },
  {
    id: 'G-9',
    name: 'subtotal-adds-up',
    claim: 'subtotal is the sum of the lines',
    level: 'wrong',
    why: 'Lines and amount of the order tell different stories; lines may be missing.',
    remedy: RECKON,
    find: byRanges(
      'orders',
      `SELECT o.id AS order_id, o.order_status, o.subtotal, COALESCE(bought.lines_total, 0) AS lines_total
       FROM orders AS o
       LEFT JOIN (
           SELECT order_id, SUM(line_total) AS lines_total FROM order_items
           WHERE order_id BETWEEN :from AND :to GROUP BY order_id
       ) AS bought ON bought.order_id = o.id
       WHERE o.id BETWEEN :from AND :to AND o.subtotal <> COALESCE(bought.lines_total, 0)`,
    ),
  },
  {
    id: 'G-9',
    name: 'line-adds-up',
    claim: 'the total of a line is its price times its quantity',
    level: 'wrong',
    why: 'The customer pays another price than the line says.',
    remedy: RECKON,
    find: byRanges(
      'order_items',
      `SELECT order_id, id AS order_item_id, unit_price, quantity, line_total
       FROM order_items
       WHERE id BETWEEN :from AND :to AND line_total <> unit_price * quantity`,
    ),
  },
  {
    id: 'G-9',
    name: 'refund-within-paid',
    claim: 'no more was refunded than was paid',
    level: 'wrong',
    why: 'Money went out that never came in, or a payment was not recorded.',
    remedy: 'Compare paid_amount and refunded_amount with the payment provider.',
    find: byRanges(
      'orders',
      `SELECT id AS order_id, payment_status, paid_amount, refunded_amount
       FROM orders
       WHERE id BETWEEN :from AND :to
         AND NOT (refunded_amount >= 0 AND refunded_amount <= paid_amount)`,
    ),
  },
];
