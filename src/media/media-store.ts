import type { ChannelName, InboundEvent } from '../channels/inbound';
import type { Queryable, Transaction } from '../db/database';

export const MEDIA_STATES = ['pending', 'stored', 'failed'] as const;
export type MediaState = (typeof MEDIA_STATES)[number];

/** The message that a file came with, by the platform's id. */
export interface MediaMessage {
  channel: ChannelName;
  accountId: string;
  providerMessageId: string;
}

export interface DueMedia extends MediaMessage {
  id: number;
  businessId: number;
  url: string | null;
  mediaId: string | null;
  attempts: number;
}

const FETCHED = new Set(['image', 'audio', 'video', 'file', 'sticker']);
/** Twilio sends ten at most, the others fewer. */
const MAX_PER_MESSAGE = 10;

/**
 * Notes what is to be fetched of some events, each once. Written before the events themselves: a message that is
 * acknowledged never lacks its files.
 */
export async function queueMedia(
  q: Queryable,
  events: readonly { event: InboundEvent; businessId: number; receivedAt: Date }[],
): Promise<void> {
  const values = events.flatMap(({ event, businessId, receivedAt }) =>
    mediaOf(event).map(({ type, url, mediaId, position }) => [
      businessId,
      event.channel,
      event.accountId,
      event.providerMessageId,
      position,
      type,
      url ?? null,
      mediaId?.slice(0, 191) ?? null,
      receivedAt,
      receivedAt,
    ]),
  );
  if (values.length === 0) return;
  await q.execute(
    `INSERT INTO inbox_media
        (business_id, channel, account_id, provider_message_id, position, kind, url, media_id, next_attempt_at, created_at)
     VALUES ?
     ON DUPLICATE KEY UPDATE state = state`,
    [values],
  );
}

/** Notes a file that came by itself, without an address to fetch it from. A repeat changes nothing. */
export async function noteStored(
  trx: Transaction,
  { channel, accountId, providerMessageId }: MediaMessage,
  file: { businessId: number; kind: string; fileId: number },
  at: Date,
): Promise<void> {
  await trx.execute(
    `INSERT INTO inbox_media
        (business_id, channel, account_id, provider_message_id, position, kind, state, file_id, next_attempt_at, created_at, fetched_at)
     VALUES (:businessId, :channel, :accountId, :providerMessageId, 0, :kind, 'stored', :fileId, :at, :at, :at)
     ON DUPLICATE KEY UPDATE state = state`,
    { channel, accountId, providerMessageId, ...file, at },
  );
}

const mediaOf = ({ body }: InboundEvent) =>
  body.kind !== 'message'
    ? []
    : (body.attachments ?? [])
        .slice(0, MAX_PER_MESSAGE)
        .map((attachment, position) => ({ ...attachment, position }))
        .filter(({ type, url, mediaId }) => FETCHED.has(type) && (url ?? mediaId) !== undefined);

/** Takes files that are due, longest waiting first, until `until`: a dead process's claim runs out then. */
export async function claimMedia(
  trx: Transaction,
  owner: string,
  now: Date,
  until: Date,
  limit: number,
  exceptAccounts: readonly string[] = [],
): Promise<DueMedia[]> {
  const rows = await trx.query<{
    id: number;
    business_id: number;
    channel: ChannelName;
    account_id: string;
    provider_message_id: string;
    url: string | null;
    media_id: string | null;
    attempts: number;
  }>(
    `SELECT id, business_id, channel, account_id, provider_message_id, url, media_id, attempts
     FROM inbox_media FORCE INDEX (inbox_media_due_idx)
     WHERE state = 'pending' AND next_attempt_at <= :now AND account_id NOT IN (:except)
     ORDER BY next_attempt_at
     LIMIT :limit
     FOR UPDATE SKIP LOCKED`,
    { now, limit, except: exceptAccounts.length > 0 ? exceptAccounts : [''] },
  );
  if (rows.length === 0) return [];
  // Counted before the try: a file that kills the process is not tried for ever.
  await trx.execute(
    `UPDATE inbox_media SET claimed_by = :owner, next_attempt_at = :until, attempts = attempts + 1
     WHERE id IN (:ids)`,
    { owner, until, ids: rows.map(({ id }) => id) },
  );
  return rows.map((row) => ({
    id: row.id,
    businessId: row.business_id,
    channel: row.channel,
    accountId: row.account_id,
    providerMessageId: row.provider_message_id,
    url: row.url,
    mediaId: row.media_id,
    attempts: row.attempts + 1,
  }));
}

/** Whether the message still says that it came with something: the person may have taken it back. */
export async function isStillWanted(q: Queryable, message: MediaMessage): Promise<boolean> {
  const [row] = await q.query<{ wanted: number }>(
    `SELECT JSON_CONTAINS_PATH(event, 'one', '$.attachments') AS wanted FROM inbox_messages
     WHERE channel = :channel AND account_id = :accountId AND provider_message_id = :providerMessageId`,
    { ...message },
  );
  // Not there yet: its row is written a moment after ours.
  return row === undefined || row.wanted === 1;
}

/** Notes the file that was fetched; false when somebody else has taken it over since. */
export async function markStored(
  trx: Transaction,
  id: number,
  owner: string,
  fileId: number,
  at: Date,
): Promise<boolean> {
  const { affectedRows } = await trx.execute(
    `UPDATE inbox_media
     SET state = 'stored', file_id = :fileId, fetched_at = :at, claimed_by = NULL, error_code = NULL, last_error = NULL
     WHERE id = :id AND state = 'pending' AND claimed_by = :owner`,
    { id, owner, fileId, at },
  );
  return affectedRows > 0;
}

/** Notes why a file could not be had, and when it is tried again; null: not any more. */
export async function markNotStored(
  q: Queryable,
  id: number,
  owner: string,
  { code, message }: { code: string; message: string },
  nextAttemptAt: Date | null,
): Promise<void> {
  await q.execute(
    `UPDATE inbox_media
     SET state = IF(:isOver, 'failed', 'pending'), next_attempt_at = COALESCE(:nextAttemptAt, next_attempt_at),
         claimed_by = NULL, error_code = :code, last_error = :message
     WHERE id = :id AND state = 'pending' AND claimed_by = :owner`,
    {
      id,
      owner,
      isOver: nextAttemptAt === null,
      nextAttemptAt,
      code: code.slice(0, 64),
      message: message.slice(0, 500),
    },
  );
}

/** Forgets what came with a message that its sender has taken back; its file goes with the clean-up, unless it came again. */
export async function forgetMediaOf(q: Queryable, message: MediaMessage): Promise<void> {
  await q.execute(
    `DELETE FROM inbox_media
     WHERE channel = :channel AND account_id = :accountId AND provider_message_id = :providerMessageId`,
    { ...message },
  );
}

/** Lets a file that was given up be tried again, at once; false when there is none such. */
export async function retryMedia(
  q: Queryable,
  businessId: number,
  id: number,
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await q.execute(
    `UPDATE inbox_media SET state = 'pending', attempts = 0, next_attempt_at = :now
     WHERE id = :id AND business_id = :businessId AND state = 'failed'`,
    { id, businessId, now },
  );
  return affectedRows > 0;
}
