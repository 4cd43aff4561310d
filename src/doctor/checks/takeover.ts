import { byRows, type Check } from '../check';

/** A person and the bot never answer over each other (G-12). */
export const takeoverChecks: readonly Check[] = [
  {
    id: 'G-12',
    name: 'takeover-silent',
    claim: 'no answer of the bot waits in a conversation that a person has taken since',
    level: 'wrong',
    why: 'Taking over cancels what the bot was about to say, in one transaction. These answers would still be sent, after what the person has said.',
    remedy:
      "Set them to state 'skipped', and report it: the conversation's lane was not held when the person took over.",
    find: byRows(
      `SELECT o.id AS outgoing_id, o.conversation_id, o.created_at AS written_at, c.takeover_since AS taken_at
       FROM conversations AS c
       JOIN outgoing_messages AS o ON o.conversation_id = c.id AND o.state = 'queued'
       WHERE c.takeover_until > UTC_TIMESTAMP(6) AND o.author = 'bot'
         AND o.inbox_message_id IS NOT NULL AND o.notification_id IS NULL AND o.created_at < c.takeover_since
       ORDER BY o.id`,
    ),
  },
];
