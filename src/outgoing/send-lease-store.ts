import type { Queryable, Transaction } from '../db/database';

/**
 * Takes the right to send in a conversation until `until`, unless somebody else has it. A lease rather than a lock,
 * because the HTTP request may take seconds. The lease of a dead process runs out.
 */
export async function takeSendLease(
  db: Queryable,
  conversationId: number,
  owner: string,
  now: Date,
  until: Date,
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    `UPDATE conversations SET send_lease_by = :owner, send_lease_until = :until
     WHERE id = :conversationId AND (send_lease_by IS NULL OR send_lease_by = :owner OR send_lease_until < :now)`,
    { conversationId, owner, now, until },
  );
  return affectedRows > 0;
}

/** Lengthens a lease that nobody has taken over since; if somebody has, what we know of the queue is out of date. */
export async function renewSendLease(
  db: Queryable,
  conversationId: number,
  owner: string,
  until: Date,
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    `UPDATE conversations SET send_lease_until = :until WHERE id = :conversationId AND send_lease_by = :owner`,
    { conversationId, owner, until },
  );
  return affectedRows > 0;
}

/** Gives the lease back: our own, or that of an owner that has died, so that somebody else can send at once. */
export async function releaseSendLease(
  db: Queryable,
  conversationId: number,
  owner: string,
): Promise<void> {
  await db.execute(
    `UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL
     WHERE id = :conversationId AND send_lease_by = :owner`,
    { conversationId, owner },
  );
}

/**
 * Gives the lease back after an empty queue, unless a message was written meanwhile: then the caller goes on. The writer
 * holds the conversation's lock, so either we see its message here or it finds the lease free.
 */
export async function releaseSendLeaseWhenEmpty(
  db: Queryable,
  conversationId: number,
  owner: string,
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    `UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL
     WHERE id = :conversationId AND send_lease_by = :owner
       AND NOT EXISTS (
           SELECT 1 FROM outgoing_messages AS m
           WHERE m.conversation_id = conversations.id AND m.state = 'queued')`,
    { conversationId, owner },
  );
  return affectedRows > 0;
}

/** Gives back every lease of this instance, at shutdown. */
export async function releaseAllSendLeases(
  db: Queryable,
  owner: string,
  conversationIds: readonly number[],
): Promise<void> {
  if (conversationIds.length === 0) return;
  await db.execute(
    'UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL WHERE id IN (?) AND send_lease_by = ?',
    [conversationIds, owner],
  );
}

/**
 * Takes the free lanes among these conversations for the length of the transaction, if the right to send is still ours; those
 * in which a turn is under way are left out, and never waited for.
 */
export async function lockOwnLeases(
  trx: Transaction,
  conversationIds: readonly number[],
  owner: string,
): Promise<number[]> {
  const rows = await trx.query<{ id: number }>(
    `SELECT id FROM conversations WHERE id IN (:conversationIds) AND send_lease_by = :owner
     ORDER BY id FOR UPDATE SKIP LOCKED`,
    { conversationIds, owner },
  );
  return rows.map(({ id }) => id);
}

/** Gives back those leases whose queue is empty; returns how many. Call with the conversations locked. */
export async function releaseEmptySendLeases(
  trx: Transaction,
  conversationIds: readonly number[],
  owner: string,
): Promise<number> {
  const { affectedRows } = await trx.execute(
    `UPDATE conversations SET send_lease_by = NULL, send_lease_until = NULL
     WHERE id IN (:conversationIds) AND send_lease_by = :owner
       AND NOT EXISTS (
           SELECT 1 FROM outgoing_messages AS m
           WHERE m.conversation_id = conversations.id AND m.state = 'queued')`,
    { conversationIds, owner },
  );
  return affectedRows;
}

/** Those of the conversations in which this owner has the right to send. */
export async function heldSendLeases(
  q: Queryable,
  conversationIds: readonly number[],
  owner: string,
): Promise<Set<number>> {
  const rows = await q.query<{ id: number }>(
    'SELECT id FROM conversations WHERE id IN (:conversationIds) AND send_lease_by = :owner',
    { conversationIds, owner },
  );
  return new Set(rows.map(({ id }) => id));
}
