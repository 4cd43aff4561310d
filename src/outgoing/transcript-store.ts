import { eventBody, type MessageEvent } from '../channels/inbound';
import type { Queryable } from '../db/database';

/** What a person has sent, as it is stored. */
export interface InboundLine {
  id: number;
  providerMessageId: string;
  state: string;
  event: MessageEvent;
  at: Date;
}

/** What we have sent to them, or are about to. */
export interface OutgoingLine {
  id: number;
  state: string;
  payload: Record<string, unknown>;
  /** When it was sent, or else written. */
  at: Date;
  error: string | null;
}

/** The newest messages of a conversation's person after a row, oldest first. */
export async function readInbound(
  q: Queryable,
  conversationKey: string,
  after: number,
  limit: number,
): Promise<InboundLine[]> {
  const rows = await q.query<{
    id: number;
    provider_message_id: string;
    event: string;
    state: string;
    received_at: Date;
  }>(
    `SELECT id, provider_message_id, event, state, received_at
     FROM inbox_messages FORCE INDEX (inbox_messages_lane_idx)
     WHERE conversation_key = :conversationKey AND kind = 'message' AND id > :after
     ORDER BY id DESC
     LIMIT :limit`,
    { conversationKey, after, limit },
  );
  return rows.reverse().flatMap((row) => {
    const event = eventBody.safeParse(JSON.parse(row.event));
    // Another version may have written what this one cannot read.
    if (!event.success || event.data.kind !== 'message') return [];
    return {
      id: row.id,
      providerMessageId: row.provider_message_id,
      state: row.state,
      event: event.data,
      at: row.received_at,
    };
  });
}

/** The newest messages to a conversation's person after a row, oldest first, whatever became of them; not what was never to be sent. */
export async function readOutgoing(
  q: Queryable,
  conversationId: number,
  after: number,
  limit: number,
): Promise<OutgoingLine[]> {
  const rows = await q.query<{
    id: number;
    payload: string;
    state: string;
    at: Date;
    error_code: string | null;
    last_error: string | null;
  }>(
    `SELECT id, payload, state, COALESCE(sent_at, created_at) AS at, error_code, last_error
     FROM outgoing_messages FORCE INDEX (outgoing_messages_lane_idx)
     WHERE conversation_id = :conversationId AND id > :after AND state <> 'skipped'
     ORDER BY id DESC
     LIMIT :limit`,
    { conversationId, after, limit },
  );
  return rows.reverse().map((row) => ({
    id: row.id,
    state: row.state,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
    at: row.at,
    error: row.last_error ?? row.error_code,
  }));
}
