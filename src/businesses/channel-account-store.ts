import type { ChannelName } from '../channels/inbound';
import type { Queryable, Transaction } from '../db/database';

/** The channels that a business can bring its own account of. */
export const OWN_CHANNELS = ['messenger', 'instagram', 'whatsapp', 'sms'] as const;
export type OwnChannel = Extract<ChannelName, (typeof OWN_CHANNELS)[number]>;

/** A row of business_channels, its secrets still sealed. */
export interface ChannelRow {
  id: number;
  businessId: number;
  channel: OwnChannel;
  driver: string;
  accountId: string;
  principal: string;
  appId: string | null;
  sealedSecret: Buffer;
  sealedToken: Buffer;
  sealedVerifyToken: Buffer | null;
  updatedAt: Date;
}
export type NewChannelRow = Omit<ChannelRow, 'id' | 'updatedAt'>;

const COLUMNS = `id, business_id AS businessId, channel, driver, account_id AS accountId, principal, app_id AS appId,
    sealed_secret AS sealedSecret, sealed_token AS sealedToken, sealed_verify_token AS sealedVerifyToken,
    updated_at AS updatedAt`;

/** Every stored account of every business. */
export const allChannels = (q: Pick<Queryable, 'query'>): Promise<ChannelRow[]> =>
  q.query<ChannelRow>(`SELECT ${COLUMNS} FROM business_channels ORDER BY id`);

export const listChannels = (q: Queryable, businessId: number): Promise<ChannelRow[]> =>
  q.query<ChannelRow>(
    `SELECT ${COLUMNS} FROM business_channels WHERE business_id = :businessId ORDER BY channel`,
    { businessId },
  );

/**
 * Changes whenever a stored account is added, changed or removed, by whomever. Not the newest time or id: on a cluster
 * neither says which change came last.
 */
export async function channelsFingerprint(q: Queryable): Promise<string> {
  const [row] = await q.query<{ count: number; mixed: string | number }>(
    `SELECT COUNT(*) AS count, BIT_XOR(CRC32(CONCAT_WS(':', id, business_id, account_id, revision, updated_at))) AS mixed
     FROM business_channels`,
  );
  return `${row?.count}:${row?.mixed}`;
}

/** Whose account this is, if any business has stored it. */
export async function findChannelOwner(
  trx: Transaction,
  channel: OwnChannel,
  accountId: string,
): Promise<number | null> {
  const [row] = await trx.query<{ businessId: number }>(
    `SELECT business_id AS businessId FROM business_channels
     WHERE channel = :channel AND account_id = :accountId FOR UPDATE`,
    { channel, accountId },
  );
  return row?.businessId ?? null;
}

/**
 * Whether another business has talked to anybody by this account: the conversations, and the customers in them, are that
 * business's, and would come along with the account.
 */
export async function isUsedByOthers(
  trx: Transaction,
  channel: OwnChannel,
  accountId: string,
  businessId: number,
): Promise<boolean> {
  const rows = await trx.query(
    `SELECT id FROM conversations
     WHERE conversation_key >= :from AND conversation_key < :to AND business_id <> :businessId LIMIT 1`,
    // The keys of the account's conversations begin with it and a colon, which a semicolon follows in the alphabet.
    { from: `${channel}:${accountId}:`, to: `${channel}:${accountId};`, businessId },
  );
  return rows.length > 0;
}

/** The business's account of the channel: a new one, or in the place of the one that it had. */
export async function putChannel(trx: Transaction, row: NewChannelRow): Promise<void> {
  await trx.execute(
    `INSERT INTO business_channels
        (business_id, channel, driver, account_id, principal, app_id, sealed_secret, sealed_token, sealed_verify_token)
     VALUES (:businessId, :channel, :driver, :accountId, :principal, :appId, :sealedSecret, :sealedToken, :sealedVerifyToken)
     ON DUPLICATE KEY UPDATE
        driver = :driver, account_id = :accountId, principal = :principal, app_id = :appId, sealed_secret = :sealedSecret,
        sealed_token = :sealedToken, sealed_verify_token = :sealedVerifyToken, revision = revision + 1`,
    { ...row },
  );
}

/** False when there was none. */
export async function deleteChannel(
  trx: Transaction,
  businessId: number,
  channel: OwnChannel,
): Promise<boolean> {
  const { affectedRows } = await trx.execute(
    'DELETE FROM business_channels WHERE business_id = :businessId AND channel = :channel',
    { businessId, channel },
  );
  return affectedRows > 0;
}

/** Puts the same secrets, sealed anew, in the place of the old ones, unless somebody has changed them meanwhile. */
export async function replaceSealed(
  q: Queryable,
  old: ChannelRow,
  sealed: Pick<ChannelRow, 'sealedSecret' | 'sealedToken' | 'sealedVerifyToken'>,
): Promise<boolean> {
  const { affectedRows } = await q.execute(
    `UPDATE business_channels
     SET sealed_secret = :sealedSecret, sealed_token = :sealedToken, sealed_verify_token = :sealedVerifyToken,
         revision = revision + 1
     WHERE id = :id AND sealed_secret = :oldSecret AND sealed_token = :oldToken`,
    { ...sealed, id: old.id, oldSecret: old.sealedSecret, oldToken: old.sealedToken },
  );
  return affectedRows > 0;
}
