import { expect, test } from '@jest/globals';
import type { YAMLError } from 'yaml';
import { describeYaml } from '../../../core/bundle/yaml-mistakes.ts';

const said = (code: string, line: string, message = '') =>
  describeYaml({ code, message } as YAMLError, line);

const BLANK = 'has a blank that is not a plain one, as web pages do; write spaces';
const STAR = "has a * without quotes; write '*'";
const COLON = 'has a second colon; put quotes around a text that contains ": "';
const UNKNOWN = 'is not YAML; check quotes, brackets, colons and indentation here';

test.each([
  [' \u00a0a: b: c', BLANK],
  ['\ufeffa: b: c', BLANK],
  ['a\u00a0b: c: d', COLON],
  ['a:\u00a0b: c: d', COLON],
  ['*', STAR],
  ['a: [b, *]', STAR],
  ['a: b*: c', COLON],
])(
  'a line that begins with an odd blank or has a bare star is named before all else: %j',
  (line, message) => {
    expect(said('BLOCK_AS_IMPLICIT_KEY', line)).toBe(message);
  },
);

test('a value that begins in another column is a second one only if the line begins with its bracket', () => {
  const message = 'All mapping items must start at the same column';
  expect(said('BAD_INDENT', '  [b]', message)).toMatch(/^begins a second value/);
  expect(said('BAD_INDENT', '  a: [b]', message)).toMatch(/^is indented differently/);
});

test('what the parser does not name is not named', () => {
  expect(said('BAD_SCALAR_START', 'a: b')).toMatch(/^begins with a reserved character, which/);
  expect(said('TAG_RESOLVE_FAILED', 'a: b')).toMatch(/^has the tag !, which/);
  expect(said('IMPOSSIBLE', 'a: b')).toBe(UNKNOWN);
});
