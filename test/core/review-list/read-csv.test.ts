import { describe, expect, test } from '@jest/globals';
import { err, ok } from '../../../core/result.ts';
import { readCsv } from '../../../core/review-list/read-csv.ts';

type Rows = readonly (readonly [line: number, ...cells: readonly string[]])[];

const rowsOf = (...rows: Rows) => ok(rows.map(([line, ...cells]) => ({ line, cells })));

describe('a table as spreadsheets save it', () => {
  test.each<[string, string, Rows]>([
    ['nothing', '', []],
    ['one cell', 'a', [[1, 'a']]],
    ['an empty cell at the end', 'a,', [[1, 'a', '']]],
    ['an empty cell at the beginning', ',a', [[1, '', 'a']]],
    ['an empty cell in quotes', '"",a', [[1, '', 'a']]],
    [
      'line feeds',
      'a\nb\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'carriage returns',
      'a\rb\r',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'both',
      'a\r\nb\r\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['a mark of its encoding', '\ufeffa,b', [[1, 'a', 'b']]],
    ['such a mark elsewhere', 'a,\ufeffb', [[1, 'a', '\ufeffb']]],
    ['quotes within a cell', 'a"b"c,d', [[1, 'a"b"c', 'd']]],
    ['quoted quotes', '"a ""b"" c",d', [[1, 'a "b" c', 'd']]],
    ['nothing but quoted quotes', '""""', [[1, '"']]],
    ['quoted quotes at both ends', '"""a""",b', [[1, '"a"', 'b']]],
    ['a quoted delimiter', '"a,b",c', [[1, 'a,b', 'c']]],
    ['blanks around cells', ' a , b ', [[1, ' a ', ' b ']]],
  ])('may have %s', (_, text, rows) => {
    expect(readCsv(text)).toEqual(rowsOf(...rows));
  });

  test.each([
    ['commas', 'a,b;c,d', ['a', 'b;c', 'd']],
    ['semicolons', 'a;b,c;d', ['a', 'b,c', 'd']],
    ['tabs', 'a\tb,c\td;e\tf', ['a', 'b,c', 'd;e', 'f']],
    ['commas, where it has as many of each', 'a,b;c', ['a', 'b;c']],
  ])('is separated by %s', (_, text, cells) => {
    expect(readCsv(text)).toEqual(rowsOf([1, ...cells]));
  });

  test.each(['\n', '\r\n', '\r'])('is separated by what its first line has most of: %j', (end) => {
    expect(readCsv(`a;b${end}1,2,3;4`)).toEqual(rowsOf([1, 'a', 'b'], [2, '1,2,3', '4']));
  });

  test('has no rows where lines are empty, and each row the number of its first line', () => {
    const text = 'a,b\r\n\r\n , \r\n"1\r2\n3\r\n4",x\r\nlast,y';
    expect(readCsv(text)).toEqual(
      rowsOf([1, 'a', 'b'], [4, '1\r2\n3\r\n4', 'x'], [8, 'last', 'y']),
    );
  });
});

describe('a table is refused', () => {
  test.each([
    ['a quote without an end', 'a\n"b\nc\n', 'line 2: a quote has no end'],
    ['a quote that ends in a quoted one', 'a,"b""', 'line 1: a quote has no end'],
    ['a lone quote at the end', 'a\nb,"', 'line 2: a quote has no end'],
    ['text after a quote', '"a" ,b', 'line 1: there is text after a closing quote'],
    ['a quote after a quote', 'a\n"b\nc""d"x', 'line 3: there is text after a closing quote'],
    ['text after a quote of several lines', '"a\r\nb"x', 'line 2: there is text after a closing'],
  ])('for %s', (_, text, said) => {
    expect(readCsv(text)).toEqual(err(expect.stringContaining(said)));
  });
});
