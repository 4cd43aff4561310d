import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../../src/db/database';

/** What is left over is given this long: a reply may have several messages, and only the first is waited for. */
const SETTLE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** Waits until everything is handled and sent; what is not by then, `wrongInChat` says. */
export async function settled(db: Database): Promise<void> {
  const until = performance.now() + SETTLE_WITHIN_MS;
  while (performance.now() < until) {
    const [row] = await db.query<{ open: number }>(
      `SELECT (SELECT COUNT(*) FROM inbox_messages WHERE state = 'pending')
            + (SELECT COUNT(*) FROM outgoing_messages WHERE state = 'queued')
            + (SELECT COUNT(*) FROM conversations WHERE send_lease_by IS NOT NULL) AS open`,
    );
    if (Number(row?.open) === 0) return;
    await delay(LOOK_EVERY_MS);
  }
}

/** What is wrong with the rows once the load is over and the product has stopped: everything handled, everything sent. */
export async function wrongInChat(db: Database): Promise<string[]> {
  const wrong: string[] = [];
  const expectNone = async (what: string, sql: string) => {
    const [row] = await db.query<{ found: number }>(sql);
    if (Number(row?.found) !== 0) wrong.push(`chat: ${row?.found} ${what}`);
  };
  await expectNone(
    'messages not handled',
    "SELECT COUNT(*) AS found FROM inbox_messages WHERE state <> 'done'",
  );
  await expectNone(
    'replies not sent',
    "SELECT COUNT(*) AS found FROM outgoing_messages WHERE state <> 'sent'",
  );
  await expectNone(
    'messages without a reply',
    `SELECT COUNT(*) AS found FROM inbox_messages AS i
     WHERE NOT EXISTS (SELECT 1 FROM outgoing_messages AS m WHERE m.inbox_message_id = i.id)`,
  );
  await expectNone(
    'conversations with another number of turns than messages',
    `SELECT COUNT(*) AS found FROM conversations AS c
     JOIN (SELECT conversation_key, COUNT(*) AS n FROM inbox_messages GROUP BY conversation_key) AS i
          ON i.conversation_key = c.conversation_key
     WHERE c.turn_count <> i.n`,
  );
  await expectNone(
    'leases left',
    'SELECT COUNT(*) AS found FROM conversations WHERE send_lease_by IS NOT NULL',
  );
  return wrong;
}
