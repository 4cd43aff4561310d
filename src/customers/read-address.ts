import {
  COUNTRY,
  isChatter,
  isStreetWord,
  tidy,
  titleCase,
  withoutWords,
  wordsOf,
  type Word,
} from './address-words';
import type { Place } from './find-place';
import { PROVINCES } from './ph-places';
import {
  inferCity,
  placeEndingAt,
  provinceOf,
  readEnd,
  readParts,
  readStart,
  readTown,
  type Found,
} from './scan-address';

export interface Address {
  /** The street part: everything but city, province and postal code. */
  line: string;
  city?: string;
  province?: string;
  postalCode?: string;
}

const MIN_LENGTH = 8;
/** Longer texts are no addresses; this also bounds the work for each. */
const MAX_LENGTH = 500;
const MAX_WORDS_OF_TOWN = 4;

/** Reads an address as people type it in one message; null when it clearly is none. */
export function readAddress(text: string): Address | null {
  const words = wordsOf(text);
  if (!looksLikeAddress(text, words)) return null;
  const found: Found = { used: new Set() };
  readEnd(words, found);
  readParts(words, found);
  if (!found.city && !found.province) readStart(words, found);
  if (!found.city && found.province) readTown(words, found);
  if (!found.city && !found.town) inferCity(words, found);
  const line = withoutWords(text, found.used);
  const city = found.city?.name ?? found.town;
  const province = provinceOf(found);
  return {
    line: line === '' ? tidy(text) : line,
    ...(city ? { city } : {}),
    ...(province ? { province } : {}),
    ...(found.postalCode ? { postalCode: found.postalCode } : {}),
  };
}

function looksLikeAddress(text: string, words: Word[]): boolean {
  if (text.trim().length < MIN_LENGTH || text.length > MAX_LENGTH) return false;
  const hasDigits = words.some((word) => /\d/.test(word.text));
  if (words.filter((word) => /[\p{L}\p{N}]/u.test(word.text)).length < 2) return hasDigits;
  if (hasDigits) return true;
  return !text.trim().endsWith('?') && !words.every(isChatter);
}

/** The province that an answer to "which province?" means; a city stands for its own. */
export function readProvince(text: string): string | null {
  const places = placesIn(text);
  const province = places.find(({ kind }) => kind === 'province');
  const [city] = places;
  return province?.name ?? (city?.provinces.length === 1 ? city.provinces[0]! : null);
}

/** The city or town that an answer to "which city?" means. A town that we do not know is taken as it is written. */
export function readCity(text: string): { city: string; province?: string } | null {
  const found: Found = { used: new Set() };
  const words = wordsOf(text);
  readEnd(words, found);
  const city = found.city ?? placesIn(text).find(({ kind }) => kind === 'city');
  if (city) {
    const province = provinceOf(found.city ? found : { city });
    return { city: city.name, ...(province ? { province } : {}) };
  }
  const town = unknownTown(words.filter((word) => !found.used.has(word) && !isChatter(word)));
  if (!town || text.includes('?')) return null;
  return { city: town, ...(found.province ? { province: found.province } : {}) };
}

/** Only a few of the 1,500 towns are in our list. */
function unknownTown(words: Word[]): string | null {
  if (words.length === 0 || words.length > MAX_WORDS_OF_TOWN || words.some(isStreetWord))
    return null;
  const isName = words.every((word) => /^[\p{L}\p{M}'’]{2,}$/u.test(word.text));
  if (!isName || words.every(({ text }) => text.length < 3)) return null;
  const name = titleCase(words.map((word) => word.text));
  return PROVINCES.some((province) => province.name === name) ? null : name;
}

/** Places anywhere in a short answer, the last one first; misspelt ones at its end. */
function placesIn(text: string): Place[] {
  const words = wordsOf(text.slice(0, MAX_LENGTH)).filter(
    (word) => !isChatter(word) && !COUNTRY.has(word.text.toLowerCase()),
  );
  const exact = words.map((_, at) => placeEndingAt(words, words.length - at, false)).find(Boolean);
  const match = exact ?? placeEndingAt(words, words.length, true);
  return match?.places ?? [];
}
