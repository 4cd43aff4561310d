import { normalise } from '../../lib/text';

const WORDS: Record<string, number> = {
  one: 1, isa: 1, isang: 1, uno: 1, an: 1, a: 1,
  two: 2, dalawa: 2, dalawang: 2, dos: 2, pair: 2,
  three: 3, tatlo: 3, tatlong: 3, tres: 3,
  four: 4, apat: 4, kwatro: 4,
  five: 5, lima: 5, limang: 5, singko: 5,
  six: 6, anim: 6, sais: 6,
  seven: 7, pito: 7, pitong: 7,
  eight: 8, walo: 8, walong: 8,
  nine: 9, siyam: 9,
  ten: 10, sampu: 10, sampung: 10,
  dozen: 12, dosena: 12,
}; // prettier-ignore

/** "3", "3 pcs", "x3", "tatlo", "gawin mong tatlo po" as a number; null when there is none or more than one. */
export function readQuantity(text: string): number | null {
  const tokens = normalise(text)
    .replace(/\bx(?=\d)|(?<=\d)\s*(x|pc|pcs|piece|pieces|piraso)\b/g, '')
    .replace(/\bhalf (an? )?(dozen|dosena)\b/, '6')
    .replace(/\b(an?|one|isa|isang) (?=(dozen|dosena|pair)\b)/, '')
    // A comma after the number is no part of it; one within it makes two numbers, so none.
    .split(/[ ,.]+/);
  const numbers = tokens.flatMap((token) => numberOf(token) ?? []);
  return numbers.length === 1 ? numbers[0]! : null;
}

/** A number in digits or words, or undefined. */
export function numberOf(token: string): number | undefined {
  if (/^\d{1,6}$/.test(token)) return Number(token);
  return Object.hasOwn(WORDS, token) ? WORDS[token] : undefined;
}
