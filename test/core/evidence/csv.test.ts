import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvRecord } from '../../../core/evidence/csv.ts';
import { parseCsv } from '../../support/parse-csv.ts';

/** What spreadsheets take for the beginning of a formula. */
const DANGEROUS = [...'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'];
const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...DANGEROUS, '"', ',', ';', "'", 'a', ' ') }),
);

describe('a record', () => {
  test('is read back as it was written, but for the mark before a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1 })), (records) => {
        const read = parseCsv(records.map(csvRecord).join(''));
        const marked = records.map((cells) =>
          cells.map((text) => (DANGEROUS.includes(text[0] ?? '') ? `'${text}` : text)),
        );
        expect(read).toEqual(marked);
      }),
    );
  });

  test('has no cell that begins as a formula does', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        for (const text of parseCsv(csvRecord(cells)).flat()) {
          expect(DANGEROUS).not.toContain(text[0]);
        }
      }),
    );
  });

  test.each([
    [
      '=HYPERLINK("https://evil.example","click")',
      `"'=HYPERLINK(""https://evil.example"",""click"")"`,
    ],
    ['a "b", c', '"a ""b"", c"'],
    ['00471', '"00471"'],
    [null, '""'],
    [0, '"0"'],
    [false, '"false"'],
  ])('writes %j as %s', (value, written) => {
    expect(csvRecord([value, 'x'])).toBe(`${written},"x"\r\n`);
  });
});
