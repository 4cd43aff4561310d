import {
  closesAName,
  isNumbered,
  isPostalCode,
  isStreetWord,
  isTrailing,
  opensAName,
  titleCase,
  type Word,
} from './address-words';
import { MAX_WORDS_OF_PLACE, placesLike, placesNamed, type Place } from './find-place';
import { DISTRICTS } from './ph-places';

const METRO_MANILA = 'Metro Manila';

/** What has been recognised so far, and which words said it. */
export interface Found {
  city?: Place;
  cityIsFormal?: boolean;
  province?: string;
  town?: string;
  postalCode?: string;
  used: Set<Word>;
}

/** City, province and postal code mostly stand at the end, in any order. */
export function readEnd(words: Word[], found: Found): void {
  let end = words.length;
  let pending: Word[] = [];
  let pendingCode: string | undefined;
  while (end > 0) {
    const last = words[end - 1]!;
    const match = placeEndingAt(words, end, true);
    if (match && take(match.places, match.words, match.isExact, found)) {
      end -= match.words.length;
      for (const word of pending) found.used.add(word);
      pending = [];
      found.postalCode ??= pendingCode;
    } else if (isCodeAt(words, end - 1) && !found.postalCode && !pendingCode) {
      pendingCode = last.text;
      pending.push(last);
      end -= 1;
    } else if (isTrailing(last)) {
      pending.push(last);
      end -= 1;
    } else {
      break;
    }
  }
  // A code between the street and the city.
  if (pendingCode && found.used.size > 0) {
    found.postalCode ??= pendingCode;
    for (const word of pending) found.used.add(word);
  }
}

function isCodeAt(words: Word[], at: number): boolean {
  const word = words[at]!;
  return at > 0 && isPostalCode(word.text) && !word.isGlued && !isNumbered(words[at - 1]);
}

interface Match {
  places: Place[];
  words: Word[];
  isExact: boolean;
}

/** The longest name that ends before `end`; a misspelt one only where no exact one is. */
export function placeEndingAt(words: Word[], end: number, withTypos: boolean): Match | null {
  const candidates: Word[][] = [];
  for (let start = end - 1; start >= Math.max(0, end - MAX_WORDS_OF_PLACE); start--) {
    const word = words[start]!;
    if (word.part !== words[end - 1]!.part || /\d/.test(word.text)) break;
    const before = words[start - 1];
    if (!(before?.part === word.part && opensAName(before)))
      candidates.unshift(words.slice(start, end));
  }
  for (const lookUp of withTypos ? [placesNamed, placesLike] : [placesNamed]) {
    for (const candidate of candidates) {
      const places = lookUp(candidate.map((word) => word.text));
      if (places.length > 0) return { places, words: candidate, isExact: lookUp === placesNamed };
    }
  }
  return null;
}

/** Takes the words as what is still missing; false when they contradict what is known, as a street named Rizal does. */
function take(places: Place[], words: Word[], isExact: boolean, found: Found): boolean {
  const province = places.find(({ kind }) => kind === 'province');
  const city = places.find(({ kind }) => kind === 'city');
  if (province && !found.province && (!found.city || isAround(province.name, found.city))) {
    found.province = province.name;
  } else if (city && canBeCity(city, isExact, found)) {
    if (found.city) found.province = METRO_MANILA;
    found.city = city;
    found.cityIsFormal =
      words.length > 1 && words.some((word) => /^(city|lungsod)$/i.test(word.text));
  } else {
    return false;
  }
  for (const word of words) found.used.add(word);
  return true;
}

/** "Metro Manila" is said of the towns around it, too. */
function isAround(province: string, city: Place): boolean {
  return province === METRO_MANILA || city.provinces.includes(province);
}

function canBeCity(city: Place, isExact: boolean, found: Found): boolean {
  // "Makati, Manila": Manila stands for the metropolis.
  if (found.city)
    return (
      found.city.name === 'Manila' &&
      city.name !== 'Manila' &&
      city.provinces.includes(METRO_MANILA)
    );
  if (found.province === undefined) return city.isEverChartered || !isCommonName(city);
  return isExact || city.provinces.includes(found.province);
}

/** Every town has a barangay San Isidro: without a province such a name says too little. */
function isCommonName(city: Place): boolean {
  return city.provinces.length > 1 || /^(San|Santa|Santo) /.test(city.name);
}

/** "12 Maginhawa St, Quezon City, near the church": a place that is a part of its own. */
export function readParts(words: Word[], found: Found): void {
  for (let end = words.length; end > 0; end--) {
    const last = words[end - 1]!;
    if (found.used.has(last) || words[end]?.part === last.part) continue;
    const code = isCodeAt(words, end - 1) && words[end - 2]?.part === last.part ? last : undefined;
    const match = placeEndingAt(words, code ? end - 1 : end, true);
    const first = match?.words[0];
    const isWholePart = first !== undefined && words[words.indexOf(first) - 1]?.part !== first.part;
    const isKnown = match?.places.some(
      ({ isCharteredOnly, kind }) => isCharteredOnly || kind === 'province',
    );
    if (!match || !isWholePart || !isKnown || found.city) continue;
    if (take(match.places, match.words, match.isExact, found) && code) {
      found.postalCode ??= code.text;
      found.used.add(code);
    }
  }
}

/** "Imus Cavite blk 4 lot 5". */
export function readStart(words: Word[], found: Found): void {
  let start = 0;
  for (let end = Math.min(words.length - 1, MAX_WORDS_OF_PLACE); end > start; end--) {
    const match = placeEndingAt(words, end, false);
    if (!match || words.indexOf(match.words[0]!) !== start || closesAName(words[end])) continue;
    if (!take(match.places, match.words, true, found)) return;
    start = end;
    end = Math.min(words.length - 1, start + MAX_WORDS_OF_PLACE) + 1;
  }
}

/** "Purok 3, Tubigon, Bohol": what stands alone before the province is one of the 1,500 towns, known or not. */
export function readTown(words: Word[], found: Found): void {
  const firstUsed = words.findIndex((word) => found.used.has(word));
  const last = words[firstUsed - 1];
  if (!last || last.part === 0 || last.part === words[firstUsed]!.part) return;
  const town = words.filter((word) => word.part === last.part);
  if (
    town.length > 3 ||
    town.some((word) => isStreetWord(word) || !/^[\p{L}\p{M}'’]+$/u.test(word.text))
  )
    return;
  found.town = titleCase(town.map((word) => word.text));
  for (const word of town) found.used.add(word);
}

/** What is named in passing, or a district that everybody knows: told, but left in the street part. */
export function inferCity(words: Word[], found: Found): void {
  for (let end = words.length; end > 0; end--) {
    if (closesAName(words[end])) continue;
    const match = placeEndingAt(words, end, false);
    const district = DISTRICTS[words[end - 1]!.text.toLowerCase()];
    const places = match?.places ?? (district ? placesNamed([district]) : []);
    const [place] = places;
    // "cavite" is more often the province than its city, and a name with more than one owner says nothing in passing.
    if (places.length !== 1 || !place?.isCharteredOnly || place.provinces.length > 1) continue;
    if (found.province && !place.provinces.includes(found.province)) continue;
    found.city = place;
    return;
  }
}

/** The province that was said, or the only one that the city can be in. */
export function provinceOf({ city, cityIsFormal, province }: Partial<Found>): string | undefined {
  const own = city?.provinces.length === 1 ? city.provinces[0] : undefined;
  // "Metro Manila" is said of towns around it, and nobody writes "City" after a town by mistake.
  if (own && city?.isCharteredOnly && (cityIsFormal || province === METRO_MANILA)) return own;
  return province ?? own;
}
