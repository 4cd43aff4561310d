import type { Queryable } from '../db/database';

export interface PlaygroundMail {
  id: number;
  to: string;
  subject: string;
  text: string;
  at: Date;
}

const MAX_MAILS = 50;

/** The newest mails of an account, which the playground shows instead of sending them (RUN-5). */
export async function newestMails(q: Queryable, accountId: string): Promise<PlaygroundMail[]> {
  const rows = await q.query<{ id: number; external_id: string; payload: string; sent_at: Date }>(
    `SELECT m.id, c.external_id, m.payload, m.sent_at
     FROM conversations AS c JOIN outgoing_messages AS m ON m.conversation_id = c.id
     WHERE c.channel = 'email' AND c.account_id = :accountId AND m.sent_at IS NOT NULL
     ORDER BY m.id DESC
     LIMIT :limit`,
    { accountId, limit: MAX_MAILS },
  );
  return rows.map(({ id, external_id: to, payload, sent_at: at }) => {
    const { subject = '', text = '' } = JSON.parse(payload) as { subject?: string; text?: string };
    return { id, to, subject, text, at };
  });
}
