/** A row of a table as text, with the line of the file where it begins. */
export interface CsvRow {
  line: number;
  cells: string[];
}

/** What a spreadsheet would run as a formula when somebody opens the file. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Reads a table (RFC 4180, also with the semicolons that spreadsheets write in some countries). Empty lines are left out. Null when a
 * quote is never closed.
 */
export function parseCsv(text: string): CsvRow[] | null {
  const rows: CsvRow[] = [];
  const separator = separatorOf(text);
  const source = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  let [cell, cells, line, start] = ['', [] as string[], 1, 1];
  const endRow = () => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== '')) rows.push({ line: start, cells });
    [cell, cells, start] = ['', [], line];
  };
  for (let at = 0; at < source.length; at += 1) {
    const sign = source.charAt(at);
    if (sign === '"' && cell === '') {
      const end = endOfQuote(source, at + 1);
      if (end === -1) return null;
      cell = source.slice(at + 1, end).replaceAll('""', '"');
      line += cell.split('\n').length - 1;
      at = end;
    } else if (sign === separator) {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n' || sign === '\r') {
      line += 1;
      endRow();
    } else cell += sign;
  }
  endRow();
  return rows;
}

/** The separator of the first line, outside of quotes. */
function separatorOf(text: string): string {
  const head = (text.split(/[\r\n]/, 1)[0] ?? '').replace(/"[^"]*"/g, '');
  return head.includes(';') && !head.includes(',') ? ';' : ',';
}

function endOfQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2))
    if (text.charAt(at + 1) !== '"') return at;
  return -1;
}

/** One line of a table. A text that looks like a formula gets an apostrophe, as spreadsheets have it; `readCell` takes it off. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  const quoted = cells.map((cell) => {
    if (cell === null) return '';
    const text = typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
    return /[",;\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\r\n`;
}

export const readCell = (cell: string): string => {
  const text = cell.trim();
  return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
};
