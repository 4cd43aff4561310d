import { z } from 'zod';
import { guardedRequest, isLoopbackHost } from '../../lib/guarded-request';
import { atItsAddress, type LocateMedia, type MediaAccount } from '../media';

const MAX_ANSWER = 64 * 1024;
const answerSchema = z.object({ url: z.string() });
const errorSchema = z.object({ error: z.object({ code: z.number() }) });
/** Wrong or withdrawn tokens and rights (Graph API). */
const CREDENTIALS = new Set([190, 10, 200, 3]);
/** Meta's own hosts, which want our token; it is shown to nobody else. */
const META_HOSTS = /(^|\.)(facebook\.com|fbsbx\.com|fbcdn\.net|whatsapp\.net)$/;

/** `GET /<media id>` tells an address that holds for five minutes and wants our token (Cloud API, media). */
export const locateWhatsAppMedia: LocateMedia = async (account, source, limits) => {
  if (source.mediaId === null) return atItsAddress(account, source, limits);
  const authorization = `Bearer ${account.token}`;
  const answer = await guardedRequest({
    url: `${account.apiUrl}/${encodeURIComponent(source.mediaId)}?phone_number_id=${encodeURIComponent(account.accountId)}`,
    headers: { authorization },
    maxBytes: MAX_ANSWER,
    ...limits,
  });
  if (!answer.ok) return { ok: false, reason: 'retry', code: answer.reason };
  const found = answerSchema.safeParse(json(answer.body));
  if (answer.status === 200 && found.success) {
    const { url } = found.data;
    return mayHaveToken(account, url) ? { ok: true, url, authorization } : { ok: true, url };
  }
  const error = errorSchema.safeParse(json(answer.body));
  const code = error.success ? String(error.data.error.code) : `http_${answer.status}`;
  if (error.success && CREDENTIALS.has(error.data.error.code))
    return { ok: false, reason: 'configuration', code };
  // 100: there is no such file any more.
  const isGone = answer.status === 404 || (error.success && error.data.error.code === 100);
  return { ok: false, reason: isGone ? 'gone' : 'retry', code };
};

function mayHaveToken({ apiUrl }: MediaAccount, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  const isPlayedHere = isLoopbackHost(hostname) && origin === new URL(apiUrl).origin;
  return isPlayedHere || (protocol === 'https:' && META_HOSTS.test(hostname));
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
