import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { ask } from './ask-platform';

/** Longer than any platform takes; a turn never waits for it. */
export const SEND_TIMEOUT_MS = 10_000;

export interface HttpAnswer {
  status: number;
  body: unknown;
  /** What the platform asked for with Retry-After, or with Meta's headers of usage. */
  retryAfterMs?: number;
  /** How much of its limit Meta says that we have used, in percent. */
  usedPercent?: number;
}

/** Posts JSON to a platform. A network failure is an answer, too: status 0. */
export async function postJson(
  url: string,
  json: unknown,
  timeoutMs = SEND_TIMEOUT_MS,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  try {
    const {
      status,
      text,
      headers: answered,
    } = await ask(
      new URL(url),
      JSON.stringify(json),
      { 'content-type': 'application/json', ...headers },
      timeoutMs,
    );
    return { status, body: parse(text), ...askedFor(answered) };
  } catch (error) {
    return { status: 0, body: error instanceof Error ? codeOf(error) : 'unknown' };
  }
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name;

/** Retry-After says it best; else Meta's own headers, which come with every answer. */
function askedFor(headers: IncomingHttpHeaders): Pick<HttpAnswer, 'retryAfterMs' | 'usedPercent'> {
  const { regainMs, usedPercent } = usageIn([
    text(headers['x-app-usage']),
    text(headers['x-business-use-case-usage']),
  ]);
  return { retryAfterMs: retryAfter(headers['retry-after']) ?? regainMs, usedPercent };
}

const text = (header: string | string[] | undefined) =>
  Array.isArray(header) ? header[0] : header;

/** Percentages of a limit, and the minutes until access is back (Graph API, rate limits). */
const usage = z.object({
  call_count: z.number().optional(),
  total_time: z.number().optional(),
  total_cputime: z.number().optional(),
  estimated_time_to_regain_access: z.number().optional(),
});
const usages = z.union([usage.transform((one) => [one]), z.array(usage)]);

/** Reads X-App-Usage (one entry) and X-Business-Use-Case-Usage (a list of entries for each business). */
export function usageIn(headers: readonly (string | null | undefined)[]): {
  usedPercent?: number;
  regainMs?: number;
} {
  const all = headers.flatMap((header) => {
    const value = header ? parse(header) : undefined;
    if (typeof value !== 'object' || value === null) return [];
    return [value, ...(Object.values(value) as unknown[])].flatMap(
      (part) => usages.safeParse(part).data ?? [],
    );
  });
  const percents = all.flatMap((one) =>
    [one.call_count, one.total_time, one.total_cputime].filter((part) => part !== undefined),
  );
  const minutes = Math.max(0, ...all.map((one) => one.estimated_time_to_regain_access ?? 0));
  return {
    ...(percents.length > 0 ? { usedPercent: Math.max(...percents) } : {}),
    ...(minutes > 0 ? { regainMs: minutes * 60_000 } : {}),
  };
}

/** From here on we hold back, so that the platform does not have to stop us. */
const NEARLY_USED_PERCENT = 95;
const HOLD_BACK_MS = 5_000;

/** The pause after an answer that says that the limit is nearly reached. */
export const pauseAfter = ({ usedPercent = 0 }: HttpAnswer): { pauseMs?: number } =>
  usedPercent >= NEARLY_USED_PERCENT ? { pauseMs: HOLD_BACK_MS } : {};

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
