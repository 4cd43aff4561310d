import { byRanges, byRows, byRowsUnlessUnique, type Check } from '../check';

/**
 * Clocks of two instances may differ, and a message can be committed a moment after the time that it carries. Only what
 * is further apart counts as out of order.
 */
const TOLERANCE = 'INTERVAL 30 SECOND';

const LIVE_WORKER = 'Is a process with ROLE=all or ROLE=worker running, and what does its log say?';

export const messageChecks: readonly Check[] = [
  {
    id: 'G-1',
    name: 'inbox-handled',
    claim: 'every message that was taken in is handled within a minute',
    level: 'wrong',
    why: 'These messages were acknowledged and are due, and nobody has handled them. They are not lost.',
    remedy: LIVE_WORKER,
    // Only the head of each lane: the ones behind it wait for it by design, also through its retries.
    find: byRows(
      `SELECT m.id AS inbox_id, m.channel, m.kind, m.attempts, m.next_attempt_at AS due_at
       FROM inbox_messages AS m
       WHERE m.state = 'pending' AND m.next_attempt_at < UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE
         AND NOT EXISTS (
             SELECT 1 FROM inbox_messages AS older
             WHERE older.conversation_key = m.conversation_key AND older.state = 'pending'
               AND older.sent_at <= m.sent_at AND (older.sent_at < m.sent_at OR older.id < m.id))
       ORDER BY m.next_attempt_at`,
    ),
  },
  {
    id: 'G-1',
    name: 'inbox-set-aside',
    claim: 'no message was set aside in the last day',
    level: 'note',
    why: 'The turn of these messages failed three times; the customer got an apology and the owner an alert.',
    remedy:
      'last_error of the row, and the log of that time, say why. Fix the cause and answer the customer.',
    find: byRows(
      `SELECT id AS inbox_id, channel, attempts, handled_at
       FROM inbox_messages
       WHERE state = 'failed' AND handled_at > UTC_TIMESTAMP(6) - INTERVAL 1 DAY
       ORDER BY id DESC`,
    ),
  },
  {
    id: 'G-2',
    name: 'inbox-unique',
    claim: 'each message of a platform is in the inbox once',
    level: 'wrong',
    why: 'The unique key of the inbox is gone, and a redelivered message was stored, and perhaps handled, again.',
    remedy:
      'Remove the later copies and put inbox_messages_provider_uk back (migrations/sql/tables/inbox_messages.sql).',
    find: byRowsUnlessUnique(
      'inbox_messages',
      ['channel', 'account_id', 'provider_message_id'],
      `SELECT MIN(id) AS inbox_id, MAX(id) AS last_copy_id, channel, COUNT(*) AS copies
       FROM inbox_messages
       GROUP BY channel, account_id, provider_message_id
       HAVING COUNT(*) > 1`,
    ),
  },
  {
    id: 'G-3',
    name: 'inbox-conversation',
    claim: 'every handled message belongs to a conversation',
    level: 'wrong',
    why: 'The conversation, which is the lane, is gone: its dialog, its order of messages and its answers are, too.',
    remedy: 'Conversations are never deleted by the product; restore the row from a backup.',
    find: byRanges(
      'inbox_messages',
      `SELECT m.id AS inbox_id, m.channel, m.state, m.handled_at
       FROM inbox_messages AS m
       LEFT JOIN conversations AS c ON c.conversation_key = m.conversation_key
       WHERE m.id BETWEEN :from AND :to AND m.state IN ('done', 'failed') AND c.id IS NULL`,
    ),
  },
  {
    id: 'G-3',
    name: 'outgoing-conversation',
    claim: 'every outgoing message belongs to a conversation',
    level: 'wrong',
    why: 'A message without its conversation has no addressee and is never sent.',
    remedy: 'Conversations are never deleted by the product; restore the row from a backup.',
    find: byRanges(
      'outgoing_messages',
      `SELECT o.id AS outgoing_id, o.conversation_id, o.state
       FROM outgoing_messages AS o
       LEFT JOIN conversations AS c ON c.id = o.conversation_id
       WHERE o.id BETWEEN :from AND :to AND c.id IS NULL`,
    ),
  },
  {
    id: 'G-3',
    name: 'lane-not-overtaken',
    // Echoes go before all, on purpose: the bot must know what a person has answered (G-12).
    claim: 'no message was handled while an older one of its conversation waited',
    level: 'wrong',
    why: 'A younger message overtook one that was there already: two turns of one conversation did not know of each other.',
    remedy:
      'Read the conversation around these messages; report it with the log of that time, since the lane should not allow it.',
    find: byRows(
      `SELECT older.id AS waiting_inbox_id, MIN(younger.id) AS handled_inbox_id, MIN(younger.handled_at) AS handled_at
       FROM inbox_messages AS older
       JOIN inbox_messages AS younger
         ON younger.conversation_key = older.conversation_key AND younger.state IN ('done', 'failed')
         AND younger.sent_at >= older.sent_at AND (younger.sent_at > older.sent_at OR younger.id > older.id)
       WHERE older.state = 'pending' AND younger.kind <> 'echo' AND younger.handled_at > older.received_at + ${TOLERANCE}
       GROUP BY older.id`,
    ),
  },
  {
    id: 'G-3',
    name: 'lane-order',
    claim: 'the messages of a conversation were handled in their order',
    level: 'wrong',
    why: 'A younger message was handled before an older one that was there already.',
    remedy:
      'Read the conversation around these messages; report it with the log of that time, since the lane should not allow it.',
    find: byRanges(
      'inbox_messages',
      `SELECT id AS inbox_id, handled_at, older_inbox_id, older_handled_at
       FROM (
           SELECT id, handled_at, LAG(id) OVER lane AS older_inbox_id,
               LAG(handled_at) OVER lane AS older_handled_at, LAG(received_at) OVER lane AS older_received_at
           FROM inbox_messages
           WHERE id BETWEEN :from AND :to AND state IN ('done', 'failed') AND kind <> 'echo'
           WINDOW lane AS (PARTITION BY conversation_key ORDER BY sent_at, id)
       ) AS handled
       WHERE older_handled_at > handled_at + ${TOLERANCE} AND handled_at > older_received_at + ${TOLERANCE}`,
    ),
  },
  {
    id: 'G-4',
    name: 'turn-whole',
    claim: 'an answer is there only with its message marked handled',
    level: 'wrong',
    why: 'A turn commits its answer and "handled" together. Here the answer is there, and the message would be handled again.',
    remedy:
      'Was the inbox row set back by hand? If not, report it: the turn was not one transaction.',
    find: byRanges(
      'outgoing_messages',
      `SELECT o.id AS outgoing_id, o.conversation_id, o.state, m.id AS inbox_id, m.state AS inbox_state
       FROM outgoing_messages AS o
       JOIN inbox_messages AS m ON m.id = o.inbox_message_id
       WHERE o.id BETWEEN :from AND :to AND m.state = 'pending'`,
    ),
  },
  {
    id: 'G-8',
    name: 'outgoing-sent',
    claim: 'every outgoing message is sent, or tried again, in time',
    level: 'wrong',
    why: 'These messages have been due for more than five minutes, and nobody has tried to send them. The oldest comes first.',
    remedy: LIVE_WORKER,
    find: byRows(
      `SELECT o.id AS outgoing_id, o.conversation_id, o.attempts, o.error_code, o.next_attempt_at AS due_at
       FROM outgoing_messages AS o
       WHERE o.state = 'queued' AND o.next_attempt_at < UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE
         AND NOT EXISTS (
             SELECT 1 FROM outgoing_messages AS earlier
             WHERE earlier.conversation_id = o.conversation_id AND earlier.state = 'queued' AND earlier.id < o.id)
       ORDER BY o.next_attempt_at`,
    ),
  },
];
