import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { AppError } from '../lib/errors';
import type { Log } from '../lib/log';

/** What every error answer of the product looks like: a sentence for people, a code for programs, all problems at once. */
export interface ErrorBody {
  success: false;
  error: string;
  code: string;
  validation_errors?: ErrorDetail[];
}

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

/** The one place where errors become answers. Nothing internal leaves: no stack, no SQL (SEC-5). */
export function errorHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, req: Request, res: Response, next) => {
    if (res.headersSent) return next(error);
    const { status, body } = answerTo(error);
    if (status >= 500) log.error({ err: error, path: req.path }, 'a request failed');
    if (status === 503) res.set('Retry-After', '5');
    res.status(status).json(body);
  };
}

export const notFound: RequestHandler = (req) => {
  throw new AppError('NOT_FOUND', 404, `There is nothing at ${req.method} ${req.path}.`);
};

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

/** An expected "no" of the domain as an error answer. */
export function refusal(
  status: number,
  outcome: { code: string; message: string; problems?: readonly ErrorDetail[] },
  field?: string,
): AppError {
  const details =
    outcome.problems ??
    (field ? [{ field, message: outcome.message, code: outcome.code }] : undefined);
  return new AppError(outcome.code, status, outcome.message, { details });
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

function answerTo(error: unknown): { status: number; body: ErrorBody } {
  if (error instanceof AppError) {
    const details = error.details as ErrorDetail[] | undefined;
    return {
      status: error.status,
      body: {
        success: false,
        error: error.message,
        code: error.code,
        ...(details ? { validation_errors: details } : {}),
      },
    };
  }
  const parser = bodyParserError(error);
  if (parser) return parser;
  return {
    status: 500,
    body: {
      success: false,
      error: 'Something went wrong on our side. It has been noted.',
      code: 'INTERNAL_ERROR',
    },
  };
}

/** Express's own complaints about a body: too large, not JSON, unknown charset. */
function bodyParserError(error: unknown): { status: number; body: ErrorBody } | null {
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return null;
  if (type === 'entity.parse.failed') {
    return {
      status: 400,
      body: { success: false, error: 'The body is not valid JSON.', code: 'INVALID_JSON' },
    };
  }
  if (type === 'entity.too.large') {
    return {
      status: 413,
      body: { success: false, error: 'The body is too large.', code: 'BODY_TOO_LARGE' },
    };
  }
  return {
    status,
    body: { success: false, error: 'The request cannot be read.', code: 'BAD_REQUEST' },
  };
}
