import type { Queryable } from '../../db/database';
import type { Account } from '../channel';
import type { ChannelName } from '../inbound';

export const LINK_STATES = [
  'starting',
  'scan',
  'linking',
  'connected',
  'disconnected',
  'unavailable',
] as const;
export type LinkState = (typeof LINK_STATES)[number];

export interface LinkRow {
  channel: ChannelName;
  account_id: string;
  state: LinkState;
  detail: string | null;
  qr: string | null;
  phone: string | null;
  changed_at: Date;
  caught_up_at: Date | null;
  lease_by: string | null;
  lease_until: Date | null;
}

const COLUMNS =
  'channel, account_id, state, detail, qr, phone, changed_at, caught_up_at, lease_by, lease_until';

type Key = Pick<Account, 'channel' | 'accountId'>;

export interface Lease {
  owner: string;
  now: Date;
  until: Date;
}

/** Takes the right to run the browser, or lengthens it; false while another process has it. */
export async function takeLinkLease(
  db: Queryable,
  account: Pick<Account, 'channel' | 'accountId' | 'businessId'>,
  lease: Lease,
): Promise<boolean> {
  const { channel, accountId, businessId } = account;
  const { affectedRows } = await db.execute(
    `UPDATE channel_links SET lease_by = :owner, lease_until = :until
     WHERE channel = :channel AND account_id = :accountId
       AND (lease_by IS NULL OR lease_by = :owner OR lease_until < :now)`,
    { channel, accountId, ...lease },
  );
  if (affectedRows > 0) return true;
  // Two that find no row make it once; the other one sees that it is taken.
  const { affectedRows: isNew } = await db.execute(
    `INSERT IGNORE INTO channel_links (channel, account_id, business_id, changed_at, lease_by, lease_until)
     VALUES (:channel, :accountId, :businessId, :now, :owner, :until)`,
    { channel, accountId, businessId, ...lease },
  );
  return isNew > 0;
}

/** Ends the lease of its holder, or of one that has died. */
export async function endLinkLease(
  db: Queryable,
  { channel, accountId }: Key,
  owner: string,
): Promise<void> {
  await db.execute(
    `UPDATE channel_links SET lease_by = NULL, lease_until = NULL
     WHERE channel = :channel AND account_id = :accountId AND lease_by = :owner`,
    { channel, accountId, owner },
  );
}

/** What the holder of the lease tells everybody; `caughtUpAt` NULL leaves what was known. */
export interface LinkReport {
  state: LinkState;
  detail: string | null;
  qr: string | null;
  phone: string | null;
  changedAt: Date;
  caughtUpAt: Date | null;
}

/** False when the lease is somebody else's by now. */
export async function saveLink(
  db: Queryable,
  { channel, accountId }: Key,
  owner: string,
  report: LinkReport,
): Promise<boolean> {
  const { affectedRows } = await db.execute(
    `UPDATE channel_links
     SET state = :state, detail = :detail, qr = :qr, phone = COALESCE(:phone, phone), changed_at = :changedAt,
         caught_up_at = COALESCE(:caughtUpAt, caught_up_at)
     WHERE channel = :channel AND account_id = :accountId AND lease_by = :owner`,
    {
      channel,
      accountId,
      owner,
      ...report,
      detail: report.detail?.slice(0, 500) ?? null,
      qr: report.qr?.slice(0, 1000) ?? null,
      phone: report.phone?.slice(0, 20) ?? null,
    },
  );
  return affectedRows > 0;
}

export async function findLink(
  db: Queryable,
  { channel, accountId }: Key,
): Promise<LinkRow | null> {
  const [row] = await db.query<LinkRow>(
    `SELECT ${COLUMNS} FROM channel_links WHERE channel = :channel AND account_id = :accountId`,
    { channel, accountId },
  );
  return row ?? null;
}

/** All of them, or a business's own: there are as many as numbers. */
export async function listLinks(db: Queryable, businessId?: number): Promise<LinkRow[]> {
  return db.query<LinkRow>(
    `SELECT ${COLUMNS} FROM channel_links
     WHERE :businessId IS NULL OR business_id = :businessId
     ORDER BY channel, account_id
     LIMIT 1000`,
    { businessId: businessId ?? null },
  );
}
