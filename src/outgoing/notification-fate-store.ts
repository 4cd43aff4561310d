import type { ChannelName } from '../channels/inbound';
import type { Queryable } from '../db/database';

/** The message of ours that carries a notification. */
export interface Carried {
  notificationId: number;
  messageId: number;
}

/** The platform has accepted the message that carries this notification, and has not reported a failure of it since. */
export async function notificationSent(
  trx: Queryable,
  { notificationId, messageId }: Carried,
  providerMessageId: string,
  at: Date,
): Promise<void> {
  await trx.execute(
    `UPDATE notification_queue
     SET status = 'sent', sent_at = :at, provider_message_id = :providerMessageId, last_error = NULL
     WHERE id = :notificationId AND status IN ('dispatched', 'pending')
       AND EXISTS (SELECT 1 FROM outgoing_messages AS m WHERE m.id = :messageId AND m.state <> 'failed')`,
    { notificationId, messageId, at, providerMessageId: providerMessageId.slice(0, 191) },
  );
}

/**
 * The channel could not reach the person, now or as it reported later: the dispatcher looks for another way, or tries this
 * one again at `again`. Of several messages that carry a notification the first failure counts, and none that comes from a
 * channel before the present one.
 */
export async function notificationFailed(
  trx: Queryable,
  notificationId: number,
  channel: ChannelName,
  { error, at, again }: { error: string; at: Date; again?: Date },
): Promise<void> {
  await trx.execute(
    `UPDATE notification_queue
     SET status = 'pending', scheduled_at = :scheduledAt, last_error = :error,
         tried_channels = IF(:isAgain, tried_channels,
             CONCAT_WS(',', NULLIF(tried_channels, ''), COALESCE(route, :channel)))
     WHERE id = :notificationId AND status IN ('dispatched', 'sent') AND COALESCE(channel, :channel) = :channel`,
    {
      notificationId,
      channel,
      scheduledAt: again ?? at,
      isAgain: again === undefined ? 0 : 1,
      error: error.slice(0, 500),
    },
  );
}
