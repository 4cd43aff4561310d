const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** At most `max` UTF-16 units, ending in an ellipsis when cut; never cuts an emoji or an accent apart. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (kept.length + segment.length > max - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Cuts a long text into parts of at most `max` units, at line ends or spaces where there are any. */
export function splitText(text: string, max: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const at = breakBefore(rest, max);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return rest === '' && parts.length > 0 ? parts : [...parts, rest];
}

/** The same for a limit in bytes of UTF-8. */
export function splitTextByBytes(text: string, maxBytes: number): string[] {
  if (Buffer.byteLength(text) <= maxBytes) return [text];
  // As many units as fit at the text's own bytes a unit; no unit has more than three.
  const bytesPerUnit = Math.min(Math.max(Buffer.byteLength(text) / text.length, 1), 3);
  return splitText(text, Math.floor(maxBytes / bytesPerUnit)).flatMap((part) =>
    Buffer.byteLength(part) <= maxBytes ? [part] : splitTextByBytes(part, maxBytes),
  );
}

function breakBefore(text: string, max: number): number {
  const head = text.slice(0, max + 1);
  for (const separator of ['\n', ' ']) {
    const at = head.lastIndexOf(separator);
    if (at > max / 2) return at;
  }
  let end = 0;
  for (const { segment } of graphemes.segment(head)) {
    if (end + segment.length > max) break;
    end += segment.length;
  }
  if (end > 0) return end;
  // One picture joined from hundreds: it is cut, but not within a character.
  return /[\uD800-\uDBFF]/.test(text.charAt(max - 1)) ? max - 1 : max;
}

/** Lower case, no accents, single spaces, no closing punctuation: how typed words are compared. */
export function normalise(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}/#&+.,' -]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/[\s.,!?'-]+$/u, '')
    .trim();
}
