import type { ChannelName } from '../channels/inbound';
import type { Queryable } from '../db/database';

/** One of our accounts on a platform. */
export interface SendingAccount {
  channel: ChannelName;
  accountId: string;
}

/**
 * Speaks for the next `us` microseconds of an account's time line, after whoever has done so before, on any instance. Returns
 * the end of what is ours, in microseconds since 1970. One statement: two instances never get the same piece.
 */
export async function reserveTime(
  q: Queryable,
  { channel, accountId }: SendingAccount,
  nowUs: number,
  us: number,
): Promise<number> {
  const { insertId } = await q.execute(
    `INSERT INTO sending_accounts (channel, account_id, busy_until_us)
     VALUES (:channel, :accountId, LAST_INSERT_ID(:nowUs + :us))
     ON DUPLICATE KEY UPDATE busy_until_us = LAST_INSERT_ID(GREATEST(busy_until_us, :nowUs) + :us)`,
    { channel, accountId, nowUs, us },
  );
  return insertId;
}

/** Nobody speaks for anything before `untilUs`: the platform has asked for a pause. */
export async function holdTime(
  q: Queryable,
  { channel, accountId }: SendingAccount,
  untilUs: number,
): Promise<void> {
  await q.execute(
    `INSERT INTO sending_accounts (channel, account_id, busy_until_us) VALUES (:channel, :accountId, :untilUs)
     ON DUPLICATE KEY UPDATE busy_until_us = GREATEST(busy_until_us, :untilUs)`,
    { channel, accountId, untilUs },
  );
}

/** Notes that an account has stopped; false when it had already: of many that see it, one is told true. */
export async function noteStopped(
  q: Queryable,
  { channel, accountId }: SendingAccount,
  code: string,
  at: Date,
): Promise<boolean> {
  await q.execute(
    `INSERT INTO sending_accounts (channel, account_id) VALUES (:channel, :accountId)
     ON DUPLICATE KEY UPDATE account_id = account_id`,
    { channel, accountId },
  );
  const { affectedRows } = await q.execute(
    `UPDATE sending_accounts SET stopped_at = :at, stop_code = :code
     WHERE channel = :channel AND account_id = :accountId AND stopped_at IS NULL`,
    { channel, accountId, at, code: code.slice(0, 64) },
  );
  return affectedRows > 0;
}

/** A message has got through: the next stop is told again. */
export async function noteWorking(
  q: Queryable,
  { channel, accountId }: SendingAccount,
): Promise<void> {
  await q.execute(
    `UPDATE sending_accounts SET stopped_at = NULL, stop_code = NULL
     WHERE channel = :channel AND account_id = :accountId AND stopped_at IS NOT NULL`,
    { channel, accountId },
  );
}
