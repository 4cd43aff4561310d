import fc from 'fast-check';
import { csvLine, parseCsv, readCell } from '../../src/lib/csv';

const cellsOf = (text: string) => parseCsv(text)?.map(({ cells }) => cells);

test('reads quotes, line breaks within them, both line ends and the mark of UTF-8', () => {
  expect(parseCsv('\ufeffa,b\r\n"x, ""y""\nz",2\n\n , \r\n3,4')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['x, "y"\nz', '2'] },
    { line: 6, cells: ['3', '4'] },
  ]);
});

test('takes semicolons where the heading has them', () => {
  expect(cellsOf('sku;price\nA;1,5')).toEqual([
    ['sku', 'price'],
    ['A', '1,5'],
  ]);
});

test('says that a quotation mark is never closed', () => {
  expect(parseCsv('a,"b\nc')).toBeNull();
});

test.each(['=1+1', '+639171234567', '-5', '@home'])('lets no spreadsheet run %s', (text) => {
  expect(csvLine([text])).toBe(`'${text}\r\n`);
  expect(readCell(`'${text}`)).toBe(text);
});

test('what is written is read again', () => {
  const cell = fc.string({ unit: 'grapheme' }).map((text) => text.trim().replaceAll('\r', ''));
  const row = fc.array(cell, { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(row, (cells) => {
      const read = cellsOf(`a,b\r\n${csvLine(cells)}`)?.[1];
      if (cells.some((one) => one !== '')) expect(read?.map(readCell)).toEqual(cells.map(readCell));
    }),
  );
});
