import { createHash } from 'node:crypto';
import type { Queryable, Transaction } from '../db/database';

/** Twice this, written as hexadecimal digits, is well below the smallest packet that a server takes by default (16 MB). */
const CHUNK_BYTES = 1024 * 1024;

export interface StoredFile {
  id: number;
  contentType: string;
  sizeBytes: number;
  sha256: string;
}

/** Stores a file, or finds the same one of this business. Returns its id. */
export async function storeFile(
  trx: Transaction,
  { businessId, bytes, contentType }: { businessId: number; bytes: Buffer; contentType: string },
  at: Date,
): Promise<number> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { insertId: fileId } = await trx.execute(
    `INSERT INTO media_files (business_id, sha256, content_type, size_bytes, created_at)
     VALUES (:businessId, :sha256, :contentType, :size, :at)
     ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)`,
    { businessId, sha256, contentType, size: bytes.length, at },
  );
  // The row is ours until the commit, so nobody else is about to write its bytes.
  const [known] = await trx.query(
    'SELECT position FROM media_chunks WHERE file_id = :fileId LIMIT 1',
    { fileId },
  );
  if (known) return fileId;
  for (let start = 0, position = 0; start < bytes.length; start += CHUNK_BYTES, position += 1) {
    await trx.execute(
      'INSERT INTO media_chunks (file_id, position, bytes) VALUES (:fileId, :position, :chunk)',
      { fileId, position, chunk: bytes.subarray(start, start + CHUNK_BYTES) },
    );
  }
  return fileId;
}

/** The bytes of a file, one piece after the other. */
export async function* readFile(q: Queryable, fileId: number): AsyncGenerator<Buffer> {
  for (let position = 0; ; position += 1) {
    const [chunk] = await q.query<{ bytes: Buffer }>(
      'SELECT bytes FROM media_chunks WHERE file_id = :fileId AND position = :position',
      { fileId, position },
    );
    if (!chunk) return;
    yield chunk.bytes;
  }
}

/** Deletes files that no message names any more, a bounded number; those written just now may be about to be named. */
export async function deleteUnusedFiles(
  q: Queryable,
  before: Date,
  limit: number,
): Promise<number> {
  const rows = await q.query<{ id: number }>(
    `SELECT f.id FROM media_files AS f
     WHERE f.created_at < :before AND NOT EXISTS (SELECT 1 FROM inbox_media AS m WHERE m.file_id = f.id)
     LIMIT :limit`,
    { before, limit },
  );
  if (rows.length === 0) return 0;
  // Asked again with the rows locked: one of them may have come once more.
  const { affectedRows } = await q.execute(
    `DELETE FROM media_files
     WHERE id IN (:ids) AND NOT EXISTS (SELECT 1 FROM inbox_media AS m WHERE m.file_id = media_files.id)`,
    { ids: rows.map(({ id }) => id) },
  );
  return affectedRows;
}
