/**
 * An error that a person or a client is told about: a stable code, an HTTP status and a message that
 * says what happened and what to do. Anything else that is thrown is a bug or an outage.
 */
export class AppError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    options?: { cause?: unknown; details?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.details = options?.details;
  }

  readonly details: unknown;
}
