import { guardedRequest } from '../lib/guarded-request';

/** What may become of a file that is asked for. */
export type Download =
  | { ok: true; bytes: Buffer }
  | {
      ok: false;
      reason: 'retry' | 'gone' | 'configuration' | 'refused';
      code: string;
      message: string;
    };

export interface DownloadLimits {
  maxBytes: number;
  timeoutMs: number;
  allowsLoopback: boolean;
  signal?: AbortSignal;
}

/** A store behind a short address behind a platform's; more is a circle. */
const MAX_REDIRECTS = 4;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches a file with limits on its size, the time and the address. Each redirect is checked like the first address, and
 * credentials are shown to the first one's server only.
 */
export async function download(
  place: { url: string; authorization?: string },
  limits: DownloadLimits,
): Promise<Download> {
  let { url, authorization } = place;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await guardedRequest({
      url,
      headers: authorization === undefined ? {} : { authorization },
      ...limits,
    });
    if (!answer.ok) {
      const reason = answer.reason === 'no_answer' ? 'retry' : 'refused';
      return { ok: false, reason, code: answer.reason.toUpperCase(), message: answer.message };
    }
    const { status, headers, body } = answer;
    if (status === 200)
      return body.length > 0 ? { ok: true, bytes: body } : failed('retry', 'EMPTY');
    if (!REDIRECTS.has(status) || headers.location === undefined)
      return failed(reasonOf(status, authorization !== undefined), `HTTP_${status}`);
    if (!URL.canParse(headers.location, url)) return failed('refused', 'ADDRESS');
    const next = new URL(headers.location, url);
    if (next.origin !== new URL(url).origin) authorization = undefined;
    url = next.href;
  }
  return failed('refused', 'TOO_MANY_REDIRECTS');
}

const failed = (reason: Exclude<Download, { ok: true }>['reason'], code: string): Download => ({
  ok: false,
  reason,
  code,
  message: code,
});

/** A signed address that has run out is refused or not found; with our own credentials a refusal is about those. */
function reasonOf(status: number, withCredentials: boolean): 'retry' | 'gone' | 'configuration' {
  if ((status === 401 || status === 403) && withCredentials) return 'configuration';
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'retry';
  return 'gone';
}
