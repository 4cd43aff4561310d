import { distance } from 'fastest-levenshtein';
import { NICKNAMES, PROVINCES } from './ph-places';

/** What a few typed words can mean: a province, or a city or town with every province that has one of that name. */
export interface Place {
  kind: 'province' | 'city';
  name: string;
  provinces: readonly string[];
  /** Only a chartered city has the name, so its province is sure even when another one is written beside it. */
  isCharteredOnly: boolean;
  /** At least one of them is a chartered city. */
  isEverChartered: boolean;
}

/** Shorter names are too easily mistaken for one another. */
const MIN_LENGTH_FOR_TYPOS = 5;
/** The longest name is "Island Garden City of Samal". */
export const MAX_WORDS_OF_PLACE = 5;

const SPELLED_OUT: Record<string, string> = {
  sta: 'santa',
  sto: 'santo',
  gen: 'general',
  pto: 'puerto',
};

/** Lower case, no accents, abbreviations written out, no spaces: "Sta. Rosa" and "santarosa" are the same key. */
export function keyOf(words: readonly string[]): string {
  return words
    .map((word) =>
      word
        .normalize('NFKD')
        .replace(/[\p{M}'’]/gu, '')
        .toLowerCase(),
    )
    .map((word) => SPELLED_OUT[word] ?? word)
    .join('');
}

const keyOfName = (name: string): string => keyOf(name.split(/[\s-]+/));

const provinces = new Map<string, Place>();
const cities = new Map<string, Place>();

for (const { name, cities: chartered, towns } of PROVINCES) {
  const province: Place = {
    kind: 'province',
    name,
    provinces: [name],
    isCharteredOnly: false,
    isEverChartered: false,
  };
  for (const written of namesOf(name)) {
    const key = keyOfName(written);
    for (const form of [
      key,
      `provinceof${key}`,
      `${key}province`,
      `lalawiganng${key}`,
      `prov${key}`,
    ])
      provinces.set(form, province);
  }
  for (const city of chartered) for (const key of keysOfCity(city)) addCity(key, city, name, true);
  for (const town of towns)
    for (const written of namesOf(town)) addCity(keyOfName(written), town, name, false);
}

function namesOf(name: string): string[] {
  return [name, ...(NICKNAMES[name] ?? [])];
}

function keysOfCity(city: string): string[] {
  const bare = city.replace(/ City$/, '');
  const named = namesOf(city).map(keyOfName);
  const formal = [`${bare} City`, `City of ${bare}`, `Lungsod ng ${bare}`, bare].map(keyOfName);
  return [...new Set([...named, ...formal])];
}

function addCity(key: string, name: string, province: string, isChartered: boolean): void {
  const known = cities.get(key);
  cities.set(key, {
    kind: 'city',
    name: known?.name ?? name,
    provinces: [...new Set([...(known?.provinces ?? []), province])],
    isCharteredOnly: isChartered && (known?.isCharteredOnly ?? true),
    isEverChartered: isChartered || (known?.isEverChartered ?? false),
  });
}

/** The places that these words name exactly; "cebu" is two. */
export function placesNamed(words: readonly string[]): Place[] {
  const key = keyOf(words);
  return [provinces.get(key), cities.get(key)].filter((place) => place !== undefined);
}

/** The places that these words name with a slip of the finger; empty when more than one name is as near. */
export function placesLike(words: readonly string[]): Place[] {
  const key = keyOf(words);
  if (key.length < MIN_LENGTH_FOR_TYPOS || key.length > 40) return [];
  const near = [...new Set([...provinces.keys(), ...cities.keys()])]
    .filter((name) => isSlip(key, name))
    .map((name) => ({ name, slips: distance(key, name) }))
    .sort((one, other) => one.slips - other.slips);
  const [best] = near;
  if (!best) return [];
  const found = near
    .filter(({ slips }) => slips === best.slips)
    .map(({ name }) =>
      [provinces.get(name), cities.get(name)].filter((place) => place !== undefined),
    );
  const meant = new Set(
    found.map((places) => places.map((place) => `${place.kind} ${place.name}`).join()),
  );
  return meant.size === 1 ? (found[0] ?? []) : [];
}

/** People rarely miss the first letter, and a wrong one is how real names differ (Baler, Paler). */
function isSlip(typed: string, name: string): boolean {
  if (name.length < MIN_LENGTH_FOR_TYPOS || typed[0] !== name[0]) return false;
  if (Math.abs(typed.length - name.length) > 2) return false;
  const slips = distance(typed, name);
  return slips <= Math.floor(typed.length / 5) || (slips === 2 && sorted(typed) === sorted(name));
}

/** Two letters swapped ("manlia") count as two slips but are one. */
const sorted = (text: string): string => [...text].sort().join('');
