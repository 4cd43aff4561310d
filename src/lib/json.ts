import type { z } from 'zod';

/**
 * Half of a surrogate pair, which a text that was cut in the middle of an emoji ends in, is legal JSON for JavaScript and an error for both
 * databases. It becomes the sign for an unreadable character. A reviver for JSON.parse, a replacer for JSON.stringify.
 */
export const wellFormed = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

/** A value as text for a JSON column. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  // What is well-formed has no such escape, but for a text that speaks of one.
  return text.includes('\\ud') ? JSON.stringify(value, wellFormed) : text;
}

/** Reads a JSON column (a string on both databases, see db/database.ts) through its schema. */
export function readJson<T extends z.ZodType>(schema: T, column: string | null): z.output<T> {
  return schema.parse(column === null ? undefined : JSON.parse(column));
}
