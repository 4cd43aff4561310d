import type { Queryable } from '../db/database';

/** A message that the platform has taken, by the id that it gave to it. */
export interface Sent {
  messageId: number;
  providerMessageId: string;
  at: Date;
}

/** Notes what platforms have accepted. Returns how many of them nobody else had sent meanwhile, while we were asleep. */
export async function markAllSent(q: Queryable, all: readonly Sent[]): Promise<number> {
  const ids = all.map(({ messageId }) => messageId);
  const names = all.flatMap((one) => [one.messageId, one.providerMessageId.slice(0, 191)]);
  const times = all.flatMap((one) => [one.messageId, one.at]);
  const byId = `CASE id ${all.map(() => 'WHEN ? THEN ?').join(' ')} END`;
  const { affectedRows } = await q.execute(
    // A receipt may have come first, of a failure too: the state only moves forward (CHN-9), and the error stays with it.
    `UPDATE outgoing_messages
     SET last_error = IF(state = 'failed', last_error, NULL), error_class = IF(state = 'failed', error_class, NULL),
         error_code = IF(state = 'failed', error_code, NULL), state = IF(state IN ('queued', 'skipped'), 'sent', state),
         provider_message_id = ${byId}, sent_at = ${byId},
         attempts = attempts + 1
     WHERE id IN (?) AND (provider_message_id IS NULL OR state IN ('queued', 'failed', 'skipped') OR provider_message_id = ${byId})`,
    [...names, ...times, ids, ...names],
  );
  return affectedRows;
}

/** Those of the messages that are to be sent: nobody has withdrawn them since they were read. */
export async function stillQueued(q: Queryable, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set();
  const rows = await q.query<{ id: number }>(
    `SELECT id FROM outgoing_messages WHERE id IN (:ids) AND state = 'queued'`,
    { ids },
  );
  return new Set(rows.map(({ id }) => id));
}
