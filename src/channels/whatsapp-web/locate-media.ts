import { setTimeout as delay } from 'node:timers/promises';
import type { LocateMedia } from '../media';
import { linkOf } from './links';

/** What goes through the pipe from the browser; also the most that is kept of a file. */
const MAX_BYTES = 10 * 1024 * 1024;
const REASONS = { gone: 'gone', too_large: 'refused', failed: 'retry' } as const;

/** Files of WhatsApp Web have no address: the browser that this process runs hands them out by their message's id. */
export const locateWhatsAppWebMedia: LocateMedia = async (account, { mediaId }, limits) => {
  const link = linkOf(account.accountId);
  if (!link) return { ok: false, reason: 'retry', code: 'not_linked' };
  if (mediaId === null) return { ok: false, reason: 'gone', code: 'no_address' };
  const timeout = new AbortController();
  try {
    const file = await Promise.race([
      link.download(mediaId, MAX_BYTES),
      delay(limits.timeoutMs, undefined, { signal: timeout.signal }),
    ]);
    if (!file) return { ok: false, reason: 'retry', code: 'no_answer' };
    return file.ok
      ? { ok: true, bytes: Buffer.from(file.data, 'base64') }
      : { ok: false, reason: REASONS[file.why], code: file.why };
  } finally {
    timeout.abort();
  }
};
