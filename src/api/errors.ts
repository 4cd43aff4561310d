import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { AppError } from '../lib/errors';
import type { Log } from '../lib/log';
import type { ErrorDetail } from '../lib/parse-or-400';

/** What every error answer of the product looks like: a sentence for people, a code for programs, all problems at once. */
export interface ErrorBody {
  success: false;
  error: string;
  code: string;
  validation_errors?: ErrorDetail[];
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
