/** CSV as RFC 4180 has it, which is safe to open in a spreadsheet. */

export type Cell = string | number | boolean | null;

/**
 * Spreadsheets run a cell that begins with one of these as a formula. Justifications and names are written by those
 * who are audited.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** One record, with its line break. Every cell is quoted: no spreadsheet takes a `;` or a tab in it for its end. */
export function csvRecord(cells: readonly Cell[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
