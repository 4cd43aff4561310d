import fc from 'fast-check';
import { orderIn } from '../../src/conversation/understanding/free-text';

test.each([
  ['2 black tees po', { quantity: 2, name: 'black tees' }],
  ['I want to order 2 blue mugs please', { quantity: 2, name: 'blue mugs' }],
  ['Pabili po ng tatlong kape', { quantity: 3, name: 'kape' }],
  ['dozen eggs', { quantity: 12, name: 'eggs' }],
  ['2 pcs of 2 tone mug', { quantity: 2, name: '2 tone mug' }],
  ['do you have black tees?', { name: 'black tees' }],
  ['Magkano ang kape?', { name: 'kape' }],
  ['vitamin 500', { name: 'vitamin 500' }],
  ['a mug', { name: 'mug' }],
  ['500 mg vitamin', { name: '500 mg vitamin' }],
  ['0 mugs', { name: '0 mugs' }],
  ['100 mugs', { quantity: 100, name: 'mugs' }],
  ['101 dalmatians', { name: '101 dalmatians' }],
  ['2', { quantity: 2, name: '' }],
  ['I want to buy', { name: '' }],
  ['', { name: '' }],
  ['👍', { name: '' }],
])('"%s" asks for %j', (text, order) => {
  expect(orderIn(text)).toEqual(order);
});

test('any text gives a name that is no longer than the text that is looked at, and a quantity that can be sold', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const { quantity, name } = orderIn(text);
      expect(name).toBe(name.trim());
      if (quantity !== undefined) {
        expect(quantity).toBeGreaterThanOrEqual(1);
        expect(quantity).toBeLessThanOrEqual(100);
      }
    }),
  );
});
