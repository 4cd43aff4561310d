/** Longer than any platform takes; a turn never waits for it. */
export const SEND_TIMEOUT_MS = 10_000;

export interface HttpAnswer {
  status: number;
  body: unknown;
  retryAfterMs?: number;
}

/** Posts JSON to a platform. A network failure is an answer, too: status 0. */
export async function postJson(
  url: string,
  json: unknown,
  timeoutMs = SEND_TIMEOUT_MS,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(json),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: parse(text),
      retryAfterMs: retryAfter(response.headers.get('retry-after')),
    };
  } catch (error) {
    const cause =
      error instanceof Error
        ? ((error.cause as { code?: string } | undefined)?.code ?? error.name)
        : 'unknown';
    return { status: 0, body: cause };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The header's two forms (RFC 9110, 10.2.3): seconds or a date. */
export function retryAfter(
  header: string | null | undefined,
  now = Date.now(),
): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined;
}
