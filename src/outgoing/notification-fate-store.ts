import type { ChannelName } from '../channels/inbound';
import type { Queryable } from '../db/database';

/** The message that carried this notification has been accepted by the platform. */
export async function notificationSent(
  trx: Queryable,
  id: number,
  providerMessageId: string,
  at: Date,
): Promise<void> {
  await trx.execute(
    `UPDATE notification_queue
     SET status = 'sent', sent_at = :at, provider_message_id = :providerMessageId, last_error = NULL
     WHERE id = :id AND status IN ('dispatched', 'pending')`,
    { id, at, providerMessageId: providerMessageId.slice(0, 191) },
  );
}

/** The channel could not reach the person, now or as it reported later: the dispatcher looks for another one. */
export async function notificationFailed(
  trx: Queryable,
  id: number,
  channel: ChannelName,
  error: string,
  at: Date,
): Promise<void> {
  await trx.execute(
    `UPDATE notification_queue
     SET status = 'pending', scheduled_at = :at, last_error = :error,
         tried_channels = CONCAT_WS(',', NULLIF(tried_channels, ''), :channel)
     WHERE id = :id AND status IN ('dispatched', 'sent')`,
    { id, at, channel, error: error.slice(0, 500) },
  );
}
