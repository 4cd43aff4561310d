/** What a file's first bytes show it to be. */
interface Signature {
  contentType: string;
  /** Where the bytes stand, and the bytes. */
  at: number;
  bytes: readonly number[];
  /** A second mark, further on. */
  also?: { at: number; text: string };
}

const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];

/** What people send of a payment or a product; nothing that a browser would run, no archives, no office documents. */
const SIGNATURES: readonly Signature[] = [
  { contentType: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { contentType: 'image/png', at: 0, bytes: [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a] },
  { contentType: 'image/gif', at: 0, bytes: ascii('GIF87a') },
  { contentType: 'image/gif', at: 0, bytes: ascii('GIF89a') },
  { contentType: 'image/webp', at: 0, bytes: ascii('RIFF'), also: { at: 8, text: 'WEBP' } },
  { contentType: 'audio/wav', at: 0, bytes: ascii('RIFF'), also: { at: 8, text: 'WAVE' } },
  { contentType: 'application/pdf', at: 0, bytes: ascii('%PDF-') },
  { contentType: 'audio/ogg', at: 0, bytes: ascii('OggS') },
  { contentType: 'audio/mpeg', at: 0, bytes: ascii('ID3') },
  { contentType: 'audio/mpeg', at: 0, bytes: [0xff, 0xfb] },
  { contentType: 'audio/mpeg', at: 0, bytes: [0xff, 0xf3] },
  { contentType: 'audio/aac', at: 0, bytes: [0xff, 0xf1] },
  { contentType: 'audio/aac', at: 0, bytes: [0xff, 0xf9] },
  { contentType: 'audio/amr', at: 0, bytes: ascii('#!AMR') },
  { contentType: 'video/webm', at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3] },
];

/** The brands of an ISO base media file (ISO/IEC 14496-12), which are of several kinds. */
const BRANDS: readonly [RegExp, string][] = [
  [/^(heic|heix|heim|heis|mif1|msf1)$/, 'image/heic'],
  [/^avif$/, 'image/avif'],
  [/^M4A/, 'audio/mp4'],
  [/^3g/, 'video/3gpp'],
  [/^qt/, 'video/quicktime'],
];

/** The type of a file by its content, whatever its sender calls it; null for what is not taken. */
export function sniffType(file: Buffer): string | null {
  const isAt = (at: number, bytes: readonly number[]) =>
    file.length >= at + bytes.length && bytes.every((byte, index) => file[at + index] === byte);
  if (isAt(4, ascii('ftyp'))) {
    const brand = file.toString('latin1', 8, 12);
    return BRANDS.find(([pattern]) => pattern.test(brand))?.[1] ?? 'video/mp4';
  }
  const found = SIGNATURES.find(
    ({ at, bytes, also }) => isAt(at, bytes) && (!also || isAt(also.at, ascii(also.text))),
  );
  return found?.contentType ?? null;
}

/** What a browser may show in its page; everything else is saved. */
export const isShownInPage = (contentType: string): boolean =>
  ['image/jpeg', 'image/png', 'image/gif', 'image/webp'].includes(contentType);
