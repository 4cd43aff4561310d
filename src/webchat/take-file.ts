import type { Visitor } from '../channels/web/visitor-token';
import { parseVisitorFile } from '../channels/web/parse';
import type { Database } from '../db/database';
import type { Inbox } from '../inbox/inbox';
import { AppError } from '../lib/errors';
import { storeFile } from '../media/file-store';
import { noteStored } from '../media/media-store';
import { sniffType } from '../media/sniff-type';

/**
 * A picture from the widget: its bytes are stored, then the message that it is (G-1). The same message again finds both.
 * Throws 415 for what is no picture by its content.
 */
export async function takeFile(
  { db, inbox }: { db: Database; inbox: Inbox },
  visitor: Visitor,
  { id, bytes }: { id: string; bytes: Buffer },
  receivedAt: Date,
): Promise<void> {
  const contentType = sniffType(bytes);
  if (!contentType?.startsWith('image/'))
    throw new AppError('TYPE_NOT_ALLOWED', 415, 'Only pictures can be sent here.');
  const { businessId } = visitor;
  const event = parseVisitorFile(visitor, id, receivedAt);
  await db.transaction(async (trx) => {
    const fileId = await storeFile(trx, { businessId, bytes, contentType }, receivedAt);
    await noteStored(trx, event, { businessId, kind: 'image', fileId }, receivedAt);
  });
  await inbox.store([{ event, businessId, state: 'pending', receivedAt }]);
}
