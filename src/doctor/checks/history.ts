import { byRanges, type Check, type Look } from '../check';

/** What keeps the history and the ledger from being rewritten. */
const GUARDS = [
  ['before_history_row_update', 'order_state_history', 'UPDATE'],
  ['before_history_row_delete', 'order_state_history', 'DELETE'],
  ['before_stock_movement_update', 'stock_movements', 'UPDATE'],
  ['before_stock_movement_delete', 'stock_movements', 'DELETE'],
] as const;

const TRIGGERS_OFF =
  'Were triggers missing, or was the table written while they were? The history cannot be repaired, only explained: note it on the order.';

export const historyChecks: readonly Check[] = [
  {
    id: 'G-7',
    name: 'chain-unbroken',
    claim: 'every history starts from nothing, and each link where the last one ended',
    level: 'wrong',
    why: 'A change of state is missing in the history, or a row was forged.',
    remedy: TRIGGERS_OFF,
    find: byRanges(
      'orders',
      `SELECT order_id, kind, id AS history_id, previous_state, from_state, to_state
       FROM (
           SELECT id, order_id, kind, from_state, to_state,
               LAG(to_state) OVER (PARTITION BY order_id, kind ORDER BY id) AS previous_state
           FROM order_state_history
           WHERE order_id BETWEEN :from AND :to
       ) AS links
       WHERE NOT (from_state <=> previous_state)`,
    ),
  },
  {
    id: 'G-7',
    name: 'chain-current',
    claim: 'every order has its history, which ends in its state of now',
    level: 'wrong',
    why: 'A state was changed, or an order created, without a history row.',
    remedy: TRIGGERS_OFF,
    find: byRanges(
      'orders',
      `SELECT order_id, order_status, last_order_state, payment_status, last_payment_state
       FROM (
           SELECT o.id AS order_id, o.order_status, o.payment_status,
               (SELECT h.to_state FROM order_state_history AS h
                WHERE h.order_id = o.id AND h.kind = 'order' ORDER BY h.id DESC LIMIT 1) AS last_order_state,
               (SELECT h.to_state FROM order_state_history AS h
                WHERE h.order_id = o.id AND h.kind = 'payment' ORDER BY h.id DESC LIMIT 1) AS last_payment_state
           FROM orders AS o
           WHERE o.id BETWEEN :from AND :to
       ) AS ends
       WHERE NOT (last_order_state <=> order_status AND last_payment_state <=> payment_status)`,
    ),
  },
  {
    id: 'G-7',
    name: 'chain-reservation',
    claim: 'the history of a reservation ends in a state that one of its holds has',
    level: 'wrong',
    why: 'A hold was placed, sold or given back without a history row.',
    remedy: TRIGGERS_OFF,
    find: byRanges(
      'orders',
      `SELECT order_id, last_state, hold_states
       FROM (
           SELECT r.order_id, GROUP_CONCAT(DISTINCT r.status) AS hold_states,
               (SELECT h.to_state FROM order_state_history AS h
                WHERE h.order_id = r.order_id AND h.kind = 'reservation' ORDER BY h.id DESC LIMIT 1) AS last_state
           FROM inventory_reservations AS r
           WHERE r.order_id BETWEEN :from AND :to
           GROUP BY r.order_id
       ) AS ends
       WHERE last_state IS NULL OR NOT FIND_IN_SET(last_state, hold_states)`,
    ),
  },
  {
    id: 'G-7',
    name: 'history-immutable',
    claim: 'history and ledger cannot be changed or deleted',
    level: 'wrong',
    why: 'A trigger that keeps them as they are is missing, or guards something else.',
    remedy: 'Create it again from its file in migrations/sql/triggers/.',
    find: missingGuards,
  },
];

async function missingGuards(look: Look): Promise<void> {
  const triggers = await look.query<{ name: string; guarded: string; event: string }>(
    `SELECT trigger_name AS name, event_object_table AS guarded, event_manipulation AS event
     FROM information_schema.triggers
     WHERE trigger_schema = DATABASE() AND action_timing = 'BEFORE' AND action_statement LIKE '%SIGNAL%'`,
  );
  const isThere = ([name, table, event]: (typeof GUARDS)[number]): boolean =>
    triggers.some((one) => one.name === name && one.guarded === table && one.event === event);
  look.found(
    GUARDS.filter((guard) => !isThere(guard)).map(([trigger, table]) => ({ trigger, table })),
  );
}
