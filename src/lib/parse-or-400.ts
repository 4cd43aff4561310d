import type { z } from 'zod';
import { AppError } from './errors';

/** One thing that is wrong with a request. */
export interface ErrorDetail {
  /** "items[0].quantity" */
  field: string;
  message: string;
  code: string;
  /** What an amount should have been, in major units. */
  expected?: number;
  /** How many there are, where too many were wanted. */
  available?: number;
  sku?: string;
}

/** Parses a body, a query or a parameter; a mismatch is answered 400 with every problem. */
export function parseOr400<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('VALIDATION_FAILED', 400, 'The request has mistakes; each is listed.', {
    details: parsed.error.issues.map((issue): ErrorDetail => ({
      field: fieldOf(issue.path),
      message: issue.message,
      code: codeOf(issue),
    })),
  });
}

/** "items[0].quantity", the way orders name their fields. */
const fieldOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '') || 'body';

/** Schemas can name a code of their own in `params`. */
function codeOf(issue: z.core.$ZodIssue): string {
  const params = issue.code === 'custom' ? issue.params : undefined;
  return typeof params?.code === 'string' ? params.code : 'INVALID';
}
