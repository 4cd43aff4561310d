/**
 * A failure that we foresaw: its message says what happened and what to do, and is printed without a stack.
 * `exitCode` is what the whole command then exits with.
 */
export class Problem extends Error {
  constructor(message, { exitCode = 1, cause } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
