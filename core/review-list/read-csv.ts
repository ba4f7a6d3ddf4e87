import { err, ok, type Result } from '../result.ts';

/** One record, and the line that it begins on, counted from 1. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[] };

const DELIMITERS = [',', ';', '\t'];

/**
 * Reads CSV as spreadsheets save it: RFC 4180, with a comma, a semicolon or a tab, whichever the first line has, and
 * any line break.
 *
 * @returns the records without empty lines, or what is wrong.
 */
export function readCsv(text: string): Result<readonly CsvRecord[], string> {
  const source = text.replace(/^\ufeff/, '');
  const delimiter = delimiterOf(source);
  const records: CsvRecord[] = [];
  let [at, line] = [0, 1];
  while (at < source.length) {
    const first = line;
    const cells: string[] = [];
    for (let more = true; more; ) {
      const cell = source[at] === '"' ? quoted(source, at) : bare(source, at, delimiter);
      if (cell === null) return err(`line ${first}: a quote has no end`);
      cells.push(cell.text);
      line += lineBreaks(source.slice(at, cell.end));
      at = cell.end;
      const next = source[at];
      more = next === delimiter;
      if (!more && next !== undefined && next !== '\r' && next !== '\n') {
        return err(`line ${line}: there is text after a closing quote`);
      }
      if (more) at += 1;
    }
    at += source.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
    if (cells.some((cell) => cell.trim() !== '')) records.push({ line: first, cells });
  }
  return ok(records);
}

/** The one that the first line has most of. */
function delimiterOf(source: string): string {
  const head = source.split(/[\r\n]/, 1).join();
  const count = (delimiter: string) => head.split(delimiter).length;
  return DELIMITERS.reduce((most, one) => (count(one) > count(most) ? one : most));
}

type Cell = { readonly text: string; readonly end: number };

/** Null where the quote does not end. */
function quoted(source: string, from: number): Cell | null {
  for (let at = source.indexOf('"', from + 1); at !== -1; at = source.indexOf('"', at + 2)) {
    if (source[at + 1] === '"') continue;
    return { text: source.slice(from + 1, at).replaceAll('""', '"'), end: at + 1 };
  }
  return null;
}

function bare(source: string, from: number, delimiter: string): Cell {
  let end = from;
  // Beyond the end there is no character.
  while (![delimiter, '\r', '\n', ''].includes(source.charAt(end))) end += 1;
  return { text: source.slice(from, end), end };
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
