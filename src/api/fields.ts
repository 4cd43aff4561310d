import { z } from 'zod';
import { AppError } from '../lib/errors';
import { startOfLocalDay } from '../lib/local-day';
import { toMinor, type Minor } from '../lib/money';

/** Fields that bodies, queries and answers have in common. */

const MAX_AMOUNT = 9_999_999_999_99;
const DEFAULT_LIMIT = 20;
/** More in one page is a strain on both sides. */
const MAX_LIMIT = 200;

/** An amount of a body: major units, at most two decimals. */
export const amountIn = z
  .union([z.number(), z.string()])
  .transform((value, context): Minor => {
    const minor = readAmount(value);
    if (minor !== null && minor >= 0 && minor <= MAX_AMOUNT) return minor;
    context.addIssue({ code: 'custom', message: 'must be an amount such as 1500.50' });
    return z.NEVER;
  })
  .describe('An amount in major units, such as 1500.50');

function readAmount(value: number | string): Minor | null {
  try {
    const minor = toMinor(value);
    return typeof value === 'number' && Math.abs(value * 100 - minor) > 1e-4 ? null : minor;
  } catch {
    return null;
  }
}

/** Ids are numbers or their digits as text. */
export const idField = z
  .union([z.number().int().positive(), z.string().regex(/^\d{1,15}$/, 'must be an id')])
  .transform(Number)
  .describe('An id, as a number or as digits');

export const textField = (most: number) => z.string().trim().min(1).max(most);

/** A picture: an address on the web, or one of this server's own files. */
export const imageField = z
  .string()
  .trim()
  .max(500)
  .regex(/^(https?:\/\/[^\s]+|\/[^\s/][^\s]*)$/i, 'must be an http(s) address');

/** Beyond these years the databases calculate in different ways, or not at all. */
const isThisAge = (text: string): boolean => /^(19[789]|2\d\d)\d-/.test(text);
const THIS_AGE = 'must be a year from 1970 to 2999';

export const instantField = z.iso
  .datetime({ offset: true })
  .refine(isThisAge, THIS_AGE)
  .transform((text) => new Date(text))
  .describe('An instant in ISO 8601');

const dayOrInstant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .refine(isThisAge, THIS_AGE)
  .describe('A day of the shop (2026-03-01, as a whole) or an instant in ISO 8601');
/** A range of time; both ends can be left out. */
export const rangeQuery = { from: dayOrInstant.optional(), to: dayOrInstant.optional() };

/** Half-open; the last day counts as a whole. */
export function rangeOf(
  query: { from?: string; to?: string },
  timezone: string,
): { from?: Date; to?: Date } {
  const instant = (text: string | undefined, addDays: number): Date | undefined => {
    if (text === undefined) return undefined;
    return text.length === 10 ? startOfLocalDay(text, timezone, addDays) : new Date(text);
  };
  return { from: instant(query.from, 0), to: instant(query.to, 1) };
}

/** Pages: a cursor is for its list alone, and clients do not look into it. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(DEFAULT_LIMIT)
    .transform((limit) => Math.min(limit, MAX_LIMIT))
    .describe(`How many at most; ${DEFAULT_LIMIT} without it, never more than ${MAX_LIMIT}`),
  cursor: z
    .string()
    .max(400)
    .transform((text, context) => {
      const key = Buffer.from(text, 'base64url').toString('utf8');
      if (key.startsWith(CURSOR)) return key.slice(CURSOR.length);
      context.addIssue({ code: 'custom', message: NO_CURSOR });
      return z.NEVER;
    })
    .optional()
    .describe('The next_cursor of the page before'),
};
const CURSOR = 'after:';
const NO_CURSOR = 'must be the next_cursor of the page before';

/** The cursor of a list that goes by id. Another list's, or one that was made up, is refused: the first page would be a wrong answer. */
export function idCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  const problem = { field: 'cursor', code: 'INVALID', message: NO_CURSOR };
  throw new AppError('VALIDATION_FAILED', 400, 'The request has mistakes; each is listed.', {
    details: [problem],
  });
}

/** A page out of `limit + 1` rows: the one too many says that there is more. */
export function pageOf<Row, Shown>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string | number,
  show: (row: Row) => Shown,
): { data: Shown[]; next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    data: page.map(show),
    next_cursor: hasMore ? Buffer.from(`${CURSOR}${keyOf(last)}`).toString('base64url') : null,
  };
}

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

/** What answers are made of. */
export const out = {
  id: z.number().int(),
  amount: z.number().describe('Major units'),
  instant: z.iso.datetime(),
  text: z.string(),
  count: z.number().int(),
};

export const iso = (at: Date): string => at.toISOString();
export const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;
