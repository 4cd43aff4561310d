import { byRows, type Check } from '../check';

export const notificationChecks: readonly Check[] = [
  {
    id: 'G-8',
    name: 'notification-carried',
    claim: 'every dispatched notification has a message under way',
    level: 'wrong',
    why: 'The notification counts as dispatched, and its message is missing, has failed, or was sent without being noted: nobody looks after it.',
    remedy:
      "Set status = 'pending' on the ones that were not sent and 'sent' on the others; the dispatcher does the rest.",
    // Message and notification change together, so one under way has a queued message in every snapshot.
    find: byRows(
      `SELECT n.id AS notification_id, n.order_id, n.template, n.channel,
           (SELECT GROUP_CONCAT(o.state ORDER BY o.id) FROM outgoing_messages AS o WHERE o.notification_id = n.id) AS messages
       FROM notification_queue AS n
       WHERE n.status = 'dispatched'
         AND NOT EXISTS (
             SELECT 1 FROM outgoing_messages AS o WHERE o.notification_id = n.id AND o.state = 'queued')`,
    ),
  },
  {
    id: 'G-8',
    name: 'notification-dispatched',
    claim: 'every notification is dispatched in time',
    level: 'wrong',
    why: 'These notifications have been due for more than five minutes, and no message was written. The oldest comes first.',
    remedy: 'Is a process with ROLE=all or ROLE=worker running, and what does its log say?',
    find: byRows(
      `SELECT id AS notification_id, order_id, template, recipient_type, attempts, scheduled_at AS due_at
       FROM notification_queue
       WHERE status = 'pending' AND scheduled_at < UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE
       ORDER BY scheduled_at`,
    ),
  },
  {
    id: 'G-8',
    name: 'notification-reached',
    claim: 'nobody was out of reach in the last day',
    level: 'note',
    why: 'No channel reached the person. The notification is kept.',
    remedy:
      "last_error says why. With the channel or the phone put right, set status = 'pending' and tried_channels = '' to try again.",
    find: byRows(
      `SELECT id AS notification_id, order_id, template, recipient_type, tried_channels
       FROM notification_queue
       WHERE status = 'failed' AND scheduled_at > UTC_TIMESTAMP(6) - INTERVAL 1 DAY
       ORDER BY id DESC`,
    ),
  },
];
