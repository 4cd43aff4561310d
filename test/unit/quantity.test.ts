import fc from 'fast-check';
import { numberOf, readQuantity } from '../../src/conversation/understanding/quantity';

test.each([
  ['3', 3],
  ['  12 ', 12],
  ['3 pcs', 3],
  ['3pcs po', 3],
  ['3 piraso', 3],
  ['x3', 3],
  ['3x', 3],
  ['3 x', 3],
  ['two', 2],
  ['tatlo', 3],
  ['gawin mong tatlo po', 3],
  ['Dalawang piraso', 2],
  ['make it 5 please', 5],
  ['2, please', 2],
  ['5. thanks', 5],
  ['dalawa, po', 2],
  ['a dozen', 12],
  ['isang dosena', 12],
  ['half a dozen', 6],
  ['half dozen po', 6],
  ['a pair', 2],
  ['just a', 1],
  ['0', 0],
  ['100000', 100000],
])('"%s" is %d', (text, quantity) => {
  expect(readQuantity(text)).toBe(quantity);
});

test.each([
  '',
  'many',
  '2 or 3',
  '2-3',
  '2,3',
  '1.5',
  '1,000',
  '-',
  'x',
  'two dozen',
  'half',
  'SKU1001',
  '1234567',
  '09171234567',
  'constructor',
  '👍',
])('"%s" is no single number', (text) => {
  expect(readQuantity(text)).toBeNull();
});

test('words of JavaScript are no numbers', () => {
  for (const word of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    expect(numberOf(word)).toBeUndefined();
  }
});

test('any number of up to six digits is read, with or without words around it', () => {
  const words = fc.constantFrom('', 'po', 'please', 'gawin mong', 'make it');
  fc.assert(
    fc.property(fc.nat(999_999), words, words, (number, before, after) => {
      expect(readQuantity(`${before} ${number} ${after}`)).toBe(number);
    }),
  );
});

test('any text is read without an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const quantity = readQuantity(text);
      expect(quantity === null || Number.isInteger(quantity)).toBe(true);
    }),
  );
});
