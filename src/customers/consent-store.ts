import type { ChannelName } from '../channels/inbound';
import type { Queryable } from '../db/database';

/** A person on a channel, as one of our accounts knows them. */
export interface Identity {
  businessId: number;
  channel: ChannelName;
  accountId: string;
  externalId: string;
}

export interface NewConsent {
  action: 'opt_out' | 'opt_in' | 'help';
  /** What was written, or the carrier's error code. */
  word: string;
  source: 'message' | 'carrier';
  inboxMessageId: number | null;
  at: Date;
}

const MAX_WORD = 160;

/** Adds a line to the ledger of consent; none is ever changed. */
export async function insertConsent(
  q: Queryable,
  { businessId, channel, accountId, externalId }: Identity,
  consent: NewConsent,
): Promise<void> {
  await q.execute(
    `INSERT INTO consents (business_id, channel, account_id, external_id, action, word, source, inbox_message_id, at)
     VALUES (:businessId, :channel, :accountId, :externalId, :action, :word, :source, :inboxMessageId, :at)`,
    {
      businessId,
      channel,
      accountId,
      externalId,
      ...consent,
      word: [...consent.word].slice(0, MAX_WORD).join(''),
    },
  );
}

/** The opt-out that holds for a person now, or null: with the message that it came by. */
export async function findOptOut(
  q: Queryable,
  { channel, accountId, externalId }: Omit<Identity, 'businessId'>,
): Promise<{ inboxMessageId: number | null } | null> {
  const [row] = await q.query<{ action: string; inbox_message_id: number | null }>(
    `SELECT action, inbox_message_id FROM consents
     WHERE channel = :channel AND account_id = :accountId AND external_id = :externalId AND action IN ('opt_out', 'opt_in')
     ORDER BY id DESC
     LIMIT 1`,
    { channel, accountId, externalId },
  );
  return row?.action === 'opt_out' ? { inboxMessageId: row.inbox_message_id } : null;
}

/** A person who gets another id on the channel stays opted out under it. */
export async function copyOptOut(trx: Queryable, from: Identity, to: Identity): Promise<void> {
  await trx.execute(
    `INSERT INTO consents (business_id, channel, account_id, external_id, action, word, source, inbox_message_id, at)
     SELECT business_id, channel, account_id, :to, action, word, source, inbox_message_id, at
     FROM consents
     WHERE channel = :channel AND account_id = :accountId AND external_id = :from AND action IN ('opt_out', 'opt_in')
     ORDER BY id DESC
     LIMIT 1`,
    { channel: from.channel, accountId: from.accountId, from: from.externalId, to: to.externalId },
  );
}
