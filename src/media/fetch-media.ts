import type { Accounts } from '../channels/accounts';
import type { Account } from '../channels/channel';
import { atItsAddress } from '../channels/media';
import { channelOf } from '../channels/registry';
import type { Config } from '../config';
import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';
import { isLoopbackHost } from '../lib/guarded-request';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/log';
import { download, type Download } from './download';
import { storeFile } from './file-store';
import {
  claimMedia,
  forgetMediaOf,
  isStillWanted,
  markNotStored,
  markStored,
  type DueMedia,
} from './media-store';
import { sniffType } from './sniff-type';

export interface MediaDeps {
  db: Database;
  config: Pick<Config, 'isProduction'>;
  accounts: Accounts;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Ends what is under way, when the process stops; it is tried again later. */
  signal?: AbortSignal;
}

/** A good photo of a receipt has two or three; what is larger helps nobody and fills the database. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** At once: each may hold a whole file in memory. */
const AT_ONCE = 4;
/** One request; a file takes a few at most. */
const REQUEST_TIMEOUT_MS = 20_000;
/** Longer than a file can take: after it, whoever had it is dead. */
const CLAIM_MS = 3 * 60_000;
/** The last one is half a day after the first. WhatsApp keeps a file for thirty days, the others for some. */
const RETRY_AFTER_MS = [5_000, 30_000, 2 * 60_000, 10 * 60_000, 60 * 60_000, 11 * 60 * 60_000];

/**
 * Fetches what came with messages: a few files at once, outside of any transaction, each noted as stored or with the reason
 * why not. Returns how many it took.
 */
export async function fetchDueMedia(deps: MediaDeps): Promise<number> {
  const { db, clock, ids } = deps;
  const owner = ids.next();
  const now = clock.now();
  const until = new Date(now.getTime() + CLAIM_MS);
  const elsewhere = accountsElsewhere(deps);
  const due = await db.transaction((trx) => claimMedia(trx, owner, now, until, AT_ONCE, elsewhere));
  await Promise.all(due.map((media) => fetchOne(deps, owner, media)));
  return due.length;
}

/** Whose files only another process can have: the one that runs their browser. */
const accountsElsewhere = ({ accounts }: MediaDeps): string[] =>
  accounts.all
    .filter((account) => channelOf(account).canSendHere?.(account.accountId) === false)
    .map(({ accountId }) => accountId);

async function fetchOne(deps: MediaDeps, owner: string, media: DueMedia): Promise<void> {
  const { db, clock } = deps;
  if (!(await isStillWanted(db, media))) return forgetMediaOf(db, media);
  const file = hasKilled(media) ? KILLER : await fetchFile(deps, media);
  const contentType = file.ok ? sniffType(file.bytes) : null;
  if (!file.ok) return noteFailure(deps, owner, media, file);
  if (contentType === null) {
    const message = 'not a picture, sound, film or PDF';
    return noteFailure(deps, owner, media, { ok: false, reason: 'refused', code: 'TYPE_NOT_ALLOWED', message }); // prettier-ignore
  }
  const { businessId } = media;
  await db.transaction(async (trx) => {
    const now = clock.now();
    const fileId = await storeFile(trx, { businessId, bytes: file.bytes, contentType }, now);
    await markStored(trx, media.id, owner, fileId, now);
  });
}

/** Each claim counts as a try, also one that ended with the process: such a file is not tried for ever. */
const hasKilled = ({ attempts }: DueMedia): boolean => attempts > RETRY_AFTER_MS.length + 1;
const KILLER: Download = {
  ok: false,
  reason: 'refused',
  code: 'GIVEN_UP',
  message: 'no try came to an end',
};

async function fetchFile(deps: MediaDeps, media: DueMedia): Promise<Download> {
  const account = await deps.accounts.lookUp(media.channel, media.accountId);
  if (!account)
    return { ok: false, reason: 'configuration', code: 'CHANNEL_OFF', message: 'no credentials' };
  const allowsLoopback = isPlayedHere(deps.config, account);
  const limits = { timeoutMs: REQUEST_TIMEOUT_MS, allowsLoopback, signal: deps.signal };
  const locate = channelOf(media).locateMedia ?? atItsAddress;
  const place = await locate(account, media, limits);
  if (!place.ok) return { ...place, code: place.code.toUpperCase(), message: place.code };
  if ('bytes' in place) return place;
  return download(place, { ...limits, maxBytes: MAX_FILE_BYTES });
}

/** Where the platform is on this machine, its files are, too; never in production. */
const isPlayedHere = ({ isProduction }: MediaDeps['config'], account: Account): boolean =>
  !isProduction &&
  (account.allowsLoopback === true ||
    (URL.canParse(account.apiUrl) && isLoopbackHost(new URL(account.apiUrl).hostname)));

async function noteFailure(
  deps: MediaDeps,
  owner: string,
  media: DueMedia,
  failure: Extract<Download, { ok: false }>,
): Promise<void> {
  const isPassing = failure.reason === 'retry' || failure.reason === 'configuration';
  const waitMs = isPassing ? RETRY_AFTER_MS[media.attempts - 1] : undefined;
  const nextAttemptAt =
    waitMs === undefined
      ? null
      : new Date(deps.clock.now().getTime() + waitMs * (1 + deps.ids.random() / 4));
  const code = failure.reason === 'gone' ? 'EXPIRED' : failure.code;
  deps.log.warn({ mediaId: media.id, channel: media.channel, code }, 'a file was not fetched');
  await markNotStored(deps.db, media.id, owner, { code, message: failure.message }, nextAttemptAt);
}
