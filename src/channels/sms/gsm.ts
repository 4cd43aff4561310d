/** The GSM 03.38 alphabet; characters of the second set cost two. One character outside makes the whole message UCS-2. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENDED = new Set('\f^{}\\[~]|€');

/** Typographic characters that have a plain twin in the alphabet. */
const PLAIN: Record<string, string> = {
  '₱': 'P',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '\u00a0': ' ',
  '\t': ' ',
  '`': "'",
  '•': '-',
  '×': 'x',
  '✓': '',
  '→': '>',
};

/** Emoji with everything that modifies or joins them: skin tones, flags, keycaps, variants. */
const PICTURES =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\ufe0e\ufe0f\u20e3\u{e0020}-\u{e007f}]/gu;

/** Writes a text with what a GSM-7 message has; pictures are left out, other scripts stay (and cost more). */
export function toGsm(text: string): string {
  return (
    text
      // Some keyboards send an accent as a character of its own.
      .normalize('NFC')
      .replace(PICTURES, '')
      .replace(/./gsu, (char) => PLAIN[char] ?? (BASIC.has(char) ? char : withoutAccent(char)))
      .replace(/ {2,}/g, ' ')
      .replace(/^ +| +$/gm, '')
  );
}

function withoutAccent(char: string): string {
  const base = char.normalize('NFKD').replace(/\p{M}/gu, '');
  return base !== '' && [...base].every((part) => BASIC.has(part)) ? base : char;
}

/** How many SMS a text is billed as (CHN-3): a character that takes two places is never cut in two, and may leave one empty. */
export function segmentsOf(text: string): number {
  const chars = [...text];
  const isGsm = chars.every((char) => BASIC.has(char) || EXTENDED.has(char));
  const places = chars.map((char) => (isGsm ? (EXTENDED.has(char) ? 2 : 1) : char.length));
  const [single, each] = isGsm ? [160, 153] : [70, 67];
  if (places.reduce((sum, place) => sum + place, 0) <= single) return 1;
  let segments = 1;
  let used = 0;
  for (const place of places) {
    if (used + place > each) {
      segments += 1;
      used = 0;
    }
    used += place;
  }
  return segments;
}
