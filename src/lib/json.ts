import type { z } from 'zod';

/** Reads a JSON column (a string on both databases, see db/database.ts) through its schema. */
export function readJson<T extends z.ZodType>(schema: T, column: string | null): z.output<T> {
  return schema.parse(column === null ? undefined : JSON.parse(column));
}
