import type { ErrorClass } from '../channels/channel';
import type { ChannelName } from '../channels/inbound';
import type { Queryable } from '../db/database';

/** A message of ours that a platform reports about. */
export interface ReportedMessage {
  id: number;
  state: string;
  notificationId: number | null;
  /** How often what it tells has been told, all channels together. */
  timesTold: number;
}

/** The platform's own name for a message, or the row that we marked it with; only among the account's own. */
export async function findReported(
  trx: Queryable,
  account: { channel: ChannelName; accountId: string },
  { messageIds = [], outgoingId }: { messageIds?: string[]; outgoingId?: number },
): Promise<ReportedMessage[]> {
  const where = outgoingId === undefined ? 'm.provider_message_id IN (?)' : 'm.id = ?';
  const names = outgoingId ?? messageIds.slice(0, 100);
  if (Array.isArray(names) && names.length === 0) return [];
  const rows = await trx.query<{
    id: number;
    state: string;
    notification_id: number | null;
    times_told: number | null;
  }>(
    `SELECT m.id, m.state, m.notification_id, n.attempts AS times_told
     FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
     LEFT JOIN notification_queue AS n ON n.id = m.notification_id
     WHERE ${where} AND c.channel = ? AND c.account_id = ?`,
    [names, account.channel, account.accountId],
  );
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    notificationId: row.notification_id,
    timesTold: row.times_told ?? 0,
  }));
}

/** What each report may move on from; a failure is overruled by later evidence (CHN-9). */
const EARLIER = {
  // A request may have been under way when a person took over.
  sent: ['queued', 'skipped'],
  delivered: ['queued', 'skipped', 'sent', 'failed'],
  read: ['queued', 'skipped', 'sent', 'delivered', 'failed'],
} as const;

/** The platform has the message, whatever we know of our request: it is not sent again. */
export async function markReported(
  trx: Queryable,
  id: number,
  report: { status: keyof typeof EARLIER; providerMessageId: string | null; at: Date },
): Promise<void> {
  const { status, providerMessageId, at } = report;
  const stamp = status === 'sent' ? '' : `${status}_at = :at,`;
  await trx.execute(
    `UPDATE outgoing_messages
     SET state = :status, ${stamp} sent_at = COALESCE(sent_at, :at),
         provider_message_id = COALESCE(provider_message_id, :providerMessageId)
     WHERE id = :id AND state IN (:earlier)`,
    { id, status, at, providerMessageId, earlier: EARLIER[status] },
  );
}

/** A platform's own time of a message lies between our writing it and the end of our request, which takes so long at most. */
const REQUEST_SECONDS = 10;

/** Everything that the platform had by an instant of its clock has arrived, or has been read. */
export async function markUpTo(
  trx: Queryable,
  conversationId: number,
  report: { status: 'delivered' | 'read'; upTo: Date; at: Date },
): Promise<void> {
  const { status, upTo, at } = report;
  await trx.execute(
    `UPDATE outgoing_messages
     SET state = :status, ${status}_at = :at
     WHERE conversation_id = :conversationId AND state IN (:earlier)
       AND created_at <= :upTo AND sent_at <= :upTo + INTERVAL ${REQUEST_SECONDS} SECOND`,
    {
      conversationId,
      status,
      at,
      upTo,
      earlier: status === 'read' ? ['sent', 'delivered'] : ['sent'],
    },
  );
}

/** The platform took the message and could not bring it. False when it has arrived after all. */
export async function markReportedFailed(
  trx: Queryable,
  id: number,
  failure: { errorClass: ErrorClass; code: string },
): Promise<boolean> {
  const { affectedRows } = await trx.execute(
    `UPDATE outgoing_messages
     SET state = 'failed', error_class = :errorClass, error_code = :code, last_error = 'reported by the platform'
     WHERE id = :id AND state IN ('queued', 'sent')`,
    { id, errorClass: failure.errorClass, code: failure.code.slice(0, 64) },
  );
  return affectedRows > 0;
}
