import fc from 'fast-check';
import { displayMoney, toDecimal, toMajor, toMinor } from '../../src/lib/money';

/** What DECIMAL(15, 2) holds. */
const MOST = 999_999_999_999_999;
const amount = fc.integer({ min: -MOST, max: MOST });

describe('amounts', () => {
  test('come back from the database as they went', () => {
    fc.assert(fc.property(amount, (minor) => expect(toMinor(toDecimal(minor))).toBe(minor)));
  });

  test('are written with two decimals', () => {
    fc.assert(
      fc.property(amount, (minor) => expect(toDecimal(minor)).toMatch(/^-?(0|[1-9]\d*)\.\d\d$/)),
    );
  });

  test.each([
    ['150080.00', 15008000],
    ['0.5', 50],
    ['0.05', 5],
    ['7', 700],
    ['-1.20', -120],
    ['-0.00', 0],
    ['1.5000', 150],
    [1500.8, 150080],
    [0.1 + 0.2, 30],
    [1.15, 115],
    [9999999999999.99, MOST],
  ])('%s is %d cents', (decimal, minor) => {
    expect(toMinor(decimal)).toBe(minor);
  });

  test.each([
    '',
    ' 1',
    '1.',
    '.5',
    '1,000.00',
    '1.234',
    '1e3',
    'abc',
    '--1',
    '12345678901234',
    NaN,
    Infinity,
    1e21,
  ])('%p is no amount', (decimal) => {
    expect(() => toMinor(decimal)).toThrow(RangeError);
  });

  test.each([0.5, NaN, Infinity, 2 ** 53])('%d is no whole number of cents', (minor) => {
    expect(() => toDecimal(minor)).toThrow(RangeError);
  });

  test.each([
    [0, '0.00'],
    [5, '0.05'],
    [-5, '-0.05'],
    [-120, '-1.20'],
    [15008000, '150080.00'],
  ])('%d cents are written %s', (minor, decimal) => {
    expect(toDecimal(minor)).toBe(decimal);
  });

  test('are major units in JSON', () => {
    expect(toMajor(15008050)).toBe(150080.5);
  });
});

describe('as customers read them', () => {
  test.each([
    [150000, 'PHP', 'P1,500'],
    [150050, 'PHP', 'P1,500.50'],
    [5, 'PHP', 'P0.05'],
    [0, 'PHP', 'P0'],
    [123456789000, 'PHP', 'P1,234,567,890'],
    [-99900, 'PHP', '-P999'],
    [150000, 'USD', 'USD 1,500'],
    [-150050, 'USD', '-USD 1,500.50'],
  ])('%d cents of %s are %s', (minor, currency, shown) => {
    expect(displayMoney(minor, currency)).toBe(shown);
  });

  test('say the amount exactly, with a comma after each three digits', () => {
    fc.assert(
      fc.property(amount, (minor) => {
        const shown = displayMoney(minor, 'PHP');
        expect(shown).toMatch(/^-?P\d{1,3}(,\d{3})*(\.\d\d)?$/);
        expect(toMinor(shown.replace(/[P,]/g, ''))).toBe(minor);
      }),
    );
  });
});
