import { toMinor, type Minor } from '../lib/money';
import type { OrderErrorCode } from './order-errors';

/** What comes from outside: anything may be anything. */
export type Fields = Record<string, unknown>;
/** Called for each mistake. */
export type Wrong = (field: string, code: OrderErrorCode, message: string) => void;

export const asFields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export function readId(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** Null for anything that is not an amount to the cent. */
export function readAmount(value: unknown): Minor | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  try {
    const minor = toMinor(value);
    return typeof value === 'number' && Math.abs(value * 100 - minor) > 1e-4 ? null : minor;
  } catch {
    return null;
  }
}

export function readText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim().toWellFormed();
  return text === '' ? null : text;
}

export function readFlag(fields: Fields, field: string, wrong: Wrong): boolean {
  const value = fields[field] ?? false;
  if (typeof value === 'boolean') return value;
  wrong(field, 'INVALID_FIELD', `${field} must be true or false.`);
  return false;
}

/** Digits alone may come as a number; what is wrong with them is said by what reads the text. */
export const asText = (value: unknown): unknown =>
  typeof value === 'number' ? String(value) : value;

/** A text that may be missing, also one of digits alone that was written as a number; anything else is no text, and is not ignored. */
export function readField(fields: Fields, field: string, wrong: Wrong): string | null {
  const value = fields[field] ?? null;
  if (value === null || typeof value === 'string') return readText(value);
  if (typeof value === 'number') return String(value);
  wrong(field, 'INVALID_FIELD', `The ${field.replaceAll('_', ' ')} must be a text.`);
  return null;
}
