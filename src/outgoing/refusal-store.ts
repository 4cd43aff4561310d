import type { Queryable } from '../db/database';

/** The message goes on in another form, as if it had never been tried: without its picture. */
export async function replacePayload(
  q: Queryable,
  id: number,
  payload: Record<string, unknown>,
): Promise<void> {
  await q.execute(
    "UPDATE outgoing_messages SET payload = :payload, counted_tries = 0 WHERE id = :id AND state = 'queued'",
    { id, payload: JSON.stringify(payload) },
  );
}

/** Nothing more is sent to this person until they write. */
export async function markUnreachable(
  q: Queryable,
  conversationId: number,
  at: Date,
): Promise<void> {
  await q.execute('UPDATE conversations SET unreachable_at = :at WHERE id = :conversationId', {
    conversationId,
    at,
  });
}
