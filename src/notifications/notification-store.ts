import type { ChannelName } from '../channels/inbound';
import type { Transaction } from '../db/database';

export interface NewNotification {
  businessId: number;
  orderId?: number | null;
  recipientType: 'customer' | 'owner' | 'staff';
  userId?: number | null;
  conversationId?: number | null;
  template: string;
  payload: Record<string, string | number>;
  priority?: number;
  scheduledAt: Date;
}

/** Writes down what someone has to be told, in the transaction of the event (NTF-1). Returns its id. */
export async function insertNotification(trx: Transaction, one: NewNotification): Promise<number> {
  const { insertId } = await trx.execute(
    `INSERT INTO notification_queue
        (business_id, order_id, recipient_type, user_id, conversation_id, template, payload, priority, scheduled_at)
     VALUES (:businessId, :orderId, :recipientType, :userId, :conversationId, :template, :payload, :priority, :scheduledAt)`,
    {
      businessId: one.businessId,
      orderId: one.orderId ?? null,
      recipientType: one.recipientType,
      userId: one.userId ?? null,
      conversationId: one.conversationId ?? null,
      template: one.template,
      payload: JSON.stringify(one.payload),
      priority: one.priority ?? 5,
      scheduledAt: one.scheduledAt,
    },
  );
  return insertId;
}

export interface Notification {
  id: number;
  businessId: number;
  orderId: number | null;
  recipientType: 'customer' | 'owner' | 'staff';
  userId: number | null;
  conversationId: number | null;
  /** Channels, and `whatsapp:template` and the like, that have failed for it. */
  triedRoutes: string[];
  template: string;
  payload: Record<string, string | number>;
  priority: number;
}

/** Takes due notifications for this transaction, but those `except`; other dispatchers pass over them. */
export async function claimNotifications(
  trx: Transaction,
  now: Date,
  limit: number,
  except: readonly number[] = [],
): Promise<Notification[]> {
  const rows = await trx.query<{
    id: number;
    business_id: number;
    order_id: number | null;
    recipient_type: Notification['recipientType'];
    user_id: number | null;
    conversation_id: number | null;
    tried_channels: string;
    template: string;
    payload: string;
    priority: number;
  }>(
    `SELECT id, business_id, order_id, recipient_type, user_id, conversation_id, tried_channels, template, payload, priority
     FROM notification_queue
     WHERE status = 'pending' AND scheduled_at <= :now AND id NOT IN (:except)
     ORDER BY priority, scheduled_at, id
     LIMIT :limit
     FOR UPDATE SKIP LOCKED`,
    { now, limit, except: except.length > 0 ? except : [0] },
  );
  return rows.map((row) => ({
    id: row.id,
    businessId: row.business_id,
    orderId: row.order_id,
    recipientType: row.recipient_type,
    userId: row.user_id,
    conversationId: row.conversation_id,
    triedRoutes: row.tried_channels.split(',').filter(Boolean),
    template: row.template,
    payload: JSON.parse(row.payload) as Record<string, string | number>,
    priority: row.priority,
  }));
}

/** An outgoing message carries it now; its fate decides. */
export async function notificationDispatched(
  trx: Transaction,
  id: number,
  via: { channel: ChannelName; language: string; route?: string },
): Promise<void> {
  await trx.execute(
    `UPDATE notification_queue
     SET status = 'dispatched', channel = :channel, route = COALESCE(:route, :channel), language = :language,
         attempts = attempts + 1
     WHERE id = :id`,
    { id, ...via, route: via.route ?? null },
  );
}

/** It is needless after all. */
export async function skipNotification(trx: Transaction, id: number): Promise<void> {
  await trx.execute("UPDATE notification_queue SET status = 'skipped' WHERE id = :id", { id });
}

/** Nobody can be reached: it stays visible and can be tried again by hand. */
export async function giveUpNotification(
  trx: Transaction,
  id: number,
  error: string,
): Promise<void> {
  await trx.execute(
    `UPDATE notification_queue SET status = 'failed', last_error = COALESCE(last_error, :error) WHERE id = :id`,
    { id, error },
  );
}
