import { createKeyRing, isUnderEarlierKey, open, seal } from '../../src/lib/secret-box';

const KEY = '0f'.repeat(32);
const OTHER = 'f0'.repeat(32);
const ring = createKeyRing(KEY);
const PLACE = '[1,"messenger","100","token"]';

describe('a sealed text', () => {
  it.each(['EAAG-token/+=', '', 'ñandú 🧺', 'x'.repeat(1024)])(
    'opens to what it was: %.20s',
    (text) => {
      expect(open(ring, seal(ring, text, PLACE), PLACE)).toEqual({ ok: true, text });
    },
  );

  it('says nothing of the text, and is another one each time', () => {
    const [one, two] = [seal(ring, 'EAAG-token', PLACE), seal(ring, 'EAAG-token', PLACE)];
    expect(one.equals(two)).toBe(false);
    expect(one.subarray(5, 17).equals(two.subarray(5, 17))).toBe(false);
    expect(one.includes('EAAG')).toBe(false);
  });

  it('does not open in another place', () => {
    const sealed = seal(ring, 'EAAG-token', PLACE);
    for (const place of [
      '[2,"messenger","100","token"]',
      '[1,"instagram","100","token"]',
      '[1,"messenger","100","secret"]',
      '',
    ]) {
      expect(open(ring, sealed, place)).toEqual({ ok: false, reason: 'damaged' });
    }
  });

  it('does not open when any of its bytes is another one, or is missing', () => {
    const sealed = seal(ring, 'EAAG-token', PLACE);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = changed[at]! ^ 1;
      expect(open(ring, changed, PLACE).ok).toBe(false);
      expect(open(ring, sealed.subarray(0, at), PLACE).ok).toBe(false);
    }
  });

  it('does not open with another key, and says that it is the key', () => {
    const sealed = seal(createKeyRing(OTHER), 'EAAG-token', PLACE);
    expect(open(ring, sealed, PLACE)).toEqual({ ok: false, reason: 'unknown_key' });
  });
});

describe('after a change of the key', () => {
  const rotated = createKeyRing(OTHER, KEY);

  it('what the earlier key has sealed opens, and is known to be due for the new one', () => {
    const sealed = seal(ring, 'EAAG-token', PLACE);
    expect(open(rotated, sealed, PLACE)).toEqual({ ok: true, text: 'EAAG-token' });
    expect(isUnderEarlierKey(rotated, sealed)).toBe(true);
  });

  it('new texts are sealed with the new key alone', () => {
    const sealed = seal(rotated, 'EAAG-token', PLACE);
    expect(isUnderEarlierKey(rotated, sealed)).toBe(false);
    expect(open(createKeyRing(OTHER), sealed, PLACE).ok).toBe(true);
    expect(open(ring, sealed, PLACE)).toEqual({ ok: false, reason: 'unknown_key' });
  });
});

test('a key that is no key is refused', () => {
  expect(() => createKeyRing('abc')).toThrow('64 hexadecimal digits');
});
