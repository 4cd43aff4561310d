import type { Queryable } from '../../db/database';
import { referenceSchema, type Reference } from './activity';

/** Keeps where the answers of a conversation go, before its message is stored: an answer always has an address. */
export async function keepReference(
  q: Queryable,
  { accountId, externalId }: { accountId: string; externalId: string },
  reference: Reference,
  at: Date,
): Promise<void> {
  await q.execute(
    `INSERT INTO botframework_references (account_id, external_id, reference, created_at, updated_at)
     VALUES (:accountId, :externalId, :reference, :at, :at)
     ON DUPLICATE KEY UPDATE
         reference = IF(updated_at <= VALUES(updated_at), VALUES(reference), reference),
         updated_at = GREATEST(updated_at, VALUES(updated_at))`,
    { accountId, externalId, reference: JSON.stringify(reference), at },
  );
}

/** Where the answers of a conversation go, or null for one that we know nothing of. */
export async function findReference(
  q: Queryable,
  { accountId, externalId }: { accountId: string; externalId: string },
): Promise<Reference | null> {
  const [row] = await q.query<{ reference: string }>(
    `SELECT reference FROM botframework_references
     WHERE account_id = :accountId AND external_id = :externalId`,
    { accountId, externalId },
  );
  return row ? referenceSchema.parse(JSON.parse(row.reference)) : null;
}
