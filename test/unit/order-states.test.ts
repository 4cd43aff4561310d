import {
  canMoveOrder,
  canMovePayment,
  invalidTransition,
  ORDER_STATUSES,
  PAYMENT_STATUSES,
} from '../../src/orders/order-states';

it('cancels from every state before shipped and from none after', () => {
  const cancellable = ORDER_STATUSES.filter((status) => canMoveOrder(status, 'cancelled'));
  expect(cancellable).toEqual(['draft', 'pending', 'confirmed', 'processing', 'ready']);
});

it('leads through the lifecycle step by step', () => {
  const path = [
    'draft',
    'pending',
    'confirmed',
    'processing',
    'ready',
    'shipped',
    'delivered',
    'completed',
  ] as const;
  for (let at = 1; at < path.length; at += 1)
    expect(canMoveOrder(path[at - 1]!, path[at]!)).toBe(true);
  expect(canMoveOrder('processing', 'shipped')).toBe(true);
  expect(canMoveOrder('pending', 'shipped')).toBe(false);
});

it('reaches every state, and never goes from one to itself', () => {
  for (const to of ORDER_STATUSES) {
    expect(canMoveOrder(to, to)).toBe(false);
    if (to !== 'draft') expect(ORDER_STATUSES.some((from) => canMoveOrder(from, to))).toBe(true);
  }
  for (const to of PAYMENT_STATUSES) {
    expect(canMovePayment(to, to)).toBe(false);
    if (to !== 'unpaid')
      expect(PAYMENT_STATUSES.some((from) => canMovePayment(from, to))).toBe(true);
  }
});

it('lets late money in, and no money out twice', () => {
  for (const from of ['expired', 'failed', 'voided'] as const)
    expect(canMovePayment(from, 'paid')).toBe(true);
  expect(PAYMENT_STATUSES.filter((to) => canMovePayment('refunded', to))).toEqual([]);
});

it('names from and to', () => {
  expect(invalidTransition('order', 'shipped', 'cancelled')).toMatchObject({
    code: 'INVALID_TRANSITION',
    from: 'shipped',
    to: 'cancelled',
  });
});
