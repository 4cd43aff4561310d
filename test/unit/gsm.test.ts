import fc from 'fast-check';
import { segmentsOf, toGsm } from '../../src/channels/sms/gsm';

/** GSM 03.38, as the standard lists it: the basic table row by row, and the extension table. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅå' +
  'Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ' +
  ' !"#¤%&\'()*+,-./' +
  '0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmno' +
  'pqrstuvwxyzäöñüà';
const EXTENDED = '^{}\\[~]|€';

describe('counting segments', () => {
  test.each([
    [0, 1],
    [160, 1],
    [161, 2],
    [306, 2],
    [307, 3],
    [1530, 10],
  ])('%d plain characters are %d segments', (length, segments) => {
    expect(segmentsOf('a'.repeat(length))).toBe(segments);
  });

  test.each([
    [70, 1],
    [71, 2],
    [134, 2],
    [135, 3],
  ])('%d characters of another script are %d segments', (length, segments) => {
    expect(segmentsOf('語'.repeat(length))).toBe(segments);
  });

  test('every character of the basic table is one of 160', () => {
    expect([...BASIC].filter((char) => segmentsOf(char.repeat(160)) !== 1)).toEqual([]);
    expect(new Set(BASIC).size).toBe(127);
  });

  test('every character of the extension table counts double', () => {
    for (const char of EXTENDED) {
      expect(segmentsOf(char.repeat(80))).toBe(1);
      expect(segmentsOf(char.repeat(81))).toBe(2);
    }
  });

  test('one character outside makes the whole message UCS-2', () => {
    expect(segmentsOf('a'.repeat(71))).toBe(1);
    expect(segmentsOf(`${'a'.repeat(70)}語`)).toBe(2);
  });

  test('an emoji counts two units', () => {
    expect(segmentsOf('😀'.repeat(35))).toBe(1);
    expect(segmentsOf('😀'.repeat(36))).toBe(2);
  });
});

describe('writing for GSM-7', () => {
  const isGsm = (text: string) => [...text].every((char) => (BASIC + EXTENDED).includes(char));

  test.each([
    ['₱1,500', 'P1,500'],
    ['“it’s” – so…', '"it\'s" - so...'],
    ['a\u00a0b\tc', 'a b c'],
    ['3 × 2 → 6 ✓', '3 x 2 > 6'],
    ['Ærø à la crème brûlée', 'Ærø à la crème brulée'],
    ['Señora', 'Señora'],
    ['Sen\u0303ora cafe\u0301', 'Señora café'],
    ['á la carte', 'a la carte'],
    ['{50% off} ~ €5 [new]', '{50% off} ~ €5 [new]'],
  ])('%s becomes %s', (given, expected) => {
    expect(toGsm(given)).toBe(expected);
    expect(isGsm(expected)).toBe(true);
  });

  test.each(['😀', '👍🏽', '🇵🇭', '👩‍👩‍👧‍👦', '❤️', '1️⃣'])(
    'leaves nothing of the picture %s that would make the message dear',
    (emoji) => {
      const text = toGsm(`Thanks ${emoji} a lot`);
      expect(text).toMatch(/^Thanks (1 )?a lot$/);
    },
  );

  test('leaves other scripts readable', () => {
    expect(toGsm('日本語 กาแฟ')).toBe('日本語 กาแฟ');
  });

  test('leaves no spaces where pictures were', () => {
    expect(toGsm('🔥 Hot \n🔥 Hotter 🔥')).toBe('Hot\nHotter');
  });

  test('changes nothing of a plain text with single spaces', () => {
    const plain = fc.array(
      fc.string({ unit: fc.constantFrom(...BASIC.replace(/[ \r\n]/g, '')), minLength: 1 }),
    );
    fc.assert(
      fc.property(plain, (parts) => {
        const text = parts.join(' ');
        expect(toGsm(text)).toBe(text);
      }),
    );
  });

  test('never makes a text need more segments', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        // Each "…" may become three.
        fc.pre(!text.includes('…'));
        expect(segmentsOf(toGsm(text))).toBeLessThanOrEqual(segmentsOf(text));
      }),
    );
  });

  test('is done after one time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(toGsm(toGsm(text))).toBe(toGsm(text));
      }),
    );
  });
});
