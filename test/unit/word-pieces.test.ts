import { canBeMistyped, piecesOf, searchWords } from '../../src/catalog/word-pieces';

it.each([
  ['T-Shirts, red', ['t', 'shirt', 'red']],
  ['Piña  barong!', ['pina', 'barong']],
  ['mugs mug glass', ['mug', 'glass']],
  ['SLK-1', ['slk', '1']],
  ['a b c d e f g', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['% _ 😀', []],
])('%j is looked for as %j', (text, words) => {
  expect(searchWords(text)).toEqual(words);
});

it.each([
  ['salakot', 'salkot', 'a letter too few'],
  ['salakot', 'ssalakot', 'a letter too many'],
  ['salakot', 'salacot', 'a wrong letter'],
  ['salakot', 'saalkot', 'two in the wrong order'],
  ['salakot', 'zalacot', 'two wrong letters'],
  ['mug', 'mgu', 'two of three in the wrong order'],
  ['pasalubong', 'pasalbuong', 'what is behind the seventh letter'],
])('%s and %s have a piece in common: %s', (meant, typed) => {
  const pieces = piecesOf(meant);
  expect(piecesOf(typed).filter((piece) => pieces.includes(piece))).not.toEqual([]);
});

it('words that are quite different have none in common', () => {
  const pieces = piecesOf('salakot');
  expect(piecesOf('banig').filter((piece) => pieces.includes(piece))).toEqual([]);
});

it('the pieces of a long word are few', () => {
  expect(piecesOf('abcdefghijklmnopqrstuvwxyz').length).toBe(29);
});

it.each([['xl', false], ['m16', false], ['mug', true]])('%s can be mistyped: %s', (word, can) => {
  expect(canBeMistyped(word)).toBe(can);
}); // prettier-ignore
