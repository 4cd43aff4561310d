/** A word of an address with where it stands; `part` counts the commas and line ends before it. */
export interface Word {
  text: string;
  start: number;
  end: number;
  part: number;
  /** Written together with what is beside it, as in "B-2221" and "2221/A": a number of a house, whatever it looks like. */
  isGlued: boolean;
}

const WORD = /[\p{L}\p{M}\p{N}'’]+/gu;
const PART_END = /[,;\n\r|]/;

export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let part = 0;
  let at = 0;
  for (const match of text.matchAll(WORD)) {
    // Emoji and quotes between two commas would otherwise count as parts of their own.
    if (PART_END.test(text.slice(at, match.index)) && words.length > 0) part += 1;
    at = match.index + match[0].length;
    words.push({
      text: match[0],
      start: match.index,
      end: at,
      part,
      isGlued: isGlued(text, match.index, at),
    });
  }
  return words;
}

/** "Cebu City-6000" is a place and its code all the same. */
function isGlued(text: string, start: number, end: number): boolean {
  if (/[-/#]/.test(text.charAt(end))) return true;
  return /[-/#]$/.test(text.slice(0, start)) && !/\p{L}{3}-$/u.test(text.slice(0, start));
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** What follows one of these is a barangay, a street or a number, whatever city has the same name. */
const BEFORE_A_NAME = set(
  'brgy barangay bgy brg bgry baranggay sitio purok prk zone jp p jose calle kalye kanto corner cor hotel mall sm',
);
/** What stands before one of these is a street, a village or a building. */
const AFTER_A_NAME = set(
  'st str street ave avenue av rd road blvd boulevard highway hwy drive dr ext extension bridge subd subdivision village vill homes heights residences condo bldg building tower church school mall market hospital university college plaza park',
);
const NUMBERED = set(
  'no num number blk block lot unit phase ph room rm house flr floor bldg tower brgy barangay',
);
export const COUNTRY = set('philippines phils pilipinas philippine ph phil');
const COURTESY = set(
  'po opo salamat thanks thank you ty please pls ok okay sir maam mam boss lods kuya ate ho lang yan tnx thx',
);
const CHATTER = set(
  'yes no oo hindi sige hi hello hey later wait mamaya teka cancel same wala ewan kayo ito eto yun good morning hintay saglit lng na nga naman',
);
const STREET_WORDS = new Set([
  ...BEFORE_A_NAME,
  ...AFTER_A_NAME,
  ...NUMBERED,
  ...set('near beside tapat likod harap poblacion pob centro bayan proper downtown landmark'),
]);
export const POSTAL_WORDS = set('zip zipcode postal code postalcode');

const has = (words: ReadonlySet<string>, word: Word | undefined): boolean =>
  word !== undefined && words.has(word.text.toLowerCase());

export const opensAName = (word: Word | undefined): boolean => has(BEFORE_A_NAME, word);
export const closesAName = (word: Word | undefined): boolean => has(AFTER_A_NAME, word);
export const isNumbered = (word: Word | undefined): boolean => has(NUMBERED, word);
export const isStreetWord = (word: Word | undefined): boolean => has(STREET_WORDS, word);
/** Stands after an address and is no part of it. */
export const isTrailing = (word: Word): boolean =>
  has(COUNTRY, word) || has(COURTESY, word) || has(POSTAL_WORDS, word);
export const isChatter = (word: Word): boolean => has(COURTESY, word) || has(CHATTER, word);

/** Philippine postal codes are 0400 (Metro Manila) to 9811 (Sulu). */
export const isPostalCode = (text: string): boolean =>
  /^\d{4}$/.test(text) && text >= '0400' && text <= '9811';

export function titleCase(words: string[]): string {
  return words
    .map((word) =>
      /^(de|del|ng|of)$/i.test(word)
        ? word.toLowerCase()
        : word[0]!.toUpperCase() + word.slice(1).toLowerCase(),
    )
    .join(' ');
}

/** What is left of the text without these words, on one line. */
export function withoutWords(text: string, used: ReadonlySet<Word>): string {
  let rest = '';
  let at = 0;
  for (const word of [...used].sort((one, other) => one.start - other.start)) {
    rest += text.slice(at, word.start);
    at = word.end;
  }
  return tidy(rest + text.slice(at));
}

/** One line; separators that stood around removed words go with them. */
export function tidy(text: string): string {
  return text
    .split(PART_END)
    .map((part) => part.replace(/\s+/g, ' ').replace(/^[ .)-]+|[ (-]+$/g, ''))
    .filter((part) => /[\p{L}\p{N}]/u.test(part))
    .join(', ');
}
