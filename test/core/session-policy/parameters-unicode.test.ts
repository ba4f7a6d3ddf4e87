import { describe, expect, test } from '@jest/globals';
import type { ParameterSpec } from '../../../core/entitlement.ts';
import { checkParameters } from '../../../core/session-policy/parameters.ts';
import { entitlementWith } from '../../second-opinion/entitlements.ts';

/** The widest pattern there can be: what is refused here is refused whatever a pattern says. */
const ANYTHING: ParameterSpec = { pattern: '[^]{0,64}', description: 'Anything', maxLength: 10 };
const FLAG: ParameterSpec = {
  pattern: 'true|false',
  description: 'On or off',
  maxLength: 5,
  values: ['true', 'false'],
  boolean: true,
};

function mistakes(
  parameters: Readonly<Record<string, ParameterSpec>>,
  given: Readonly<Record<string, unknown>>,
): readonly string[] {
  const checked = checkParameters(entitlementWith(parameters), given);
  return checked.ok ? [] : checked.error.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

const SIGNS = 'may not hold *, ? or $';
const PRINTABLE = 'may hold printable ASCII characters only';
const PATHS = 'may hold neither // nor a path part of . or ..';

describe('whatever its pattern says, a value', () => {
  test.each<[unknown, string]>([
    ['a*', SIGNS],
    ['?', SIGNS],
    ['a$b', SIGNS],
    ['${a}', SIGNS],
    ['a\u0000', PRINTABLE],
    ['a\tb', PRINTABLE],
    ['a\n', PRINTABLE],
    ['a\u001f', PRINTABLE],
    ['a\u007f', PRINTABLE],
    ['\u0430', PRINTABLE],
    ['\uff0a', PRINTABLE],
    ['\ud800', PRINTABLE],
    ['a//b', PATHS],
    ['//', PATHS],
    ['.', PATHS],
    ['..', PATHS],
    ['a/.', PATHS],
    ['a/..', PATHS],
    ['./a', PATHS],
    ['../a', PATHS],
    ['a/./b', PATHS],
    ['a/../b', PATHS],
    ['a'.repeat(11), 'is longer than 10 characters'],
    [7, 'must be a string'],
    [true, 'must be a string'],
    [null, 'must be a string'],
    [['a'], 'must be a string'],
    [{ toString: () => 'a' }, 'must be a string'],
    [undefined, 'is missing: Anything'],
  ])('%j is refused', (p, detail) => {
    expect(mistakes({ p: ANYTHING }, { p })).toEqual([`/parameters/p ${detail}`]);
  });

  test.each([
    '',
    ' ',
    '~',
    'a/b',
    '/a/',
    '...',
    '.a',
    'a.',
    'a/.b',
    'a/b../c',
    '"\\{}',
    'a'.repeat(10),
  ])('%j is accepted as it is', (p) => {
    const checked = checkParameters(entitlementWith({ p: ANYTHING }), { p });
    expect(checked).toEqual({ ok: true, value: { p } });
  });
});

describe('under unicode: true, a value', () => {
  const UNICODE: ParameterSpec = { ...ANYTHING, unicode: true };

  test.each(['é', 'Ω', '東京', 'über/α', 'a b', '№'.normalize('NFKC'), '€'])('may be %j', (p) => {
    expect(mistakes({ p: UNICODE }, { p })).toEqual([]);
  });

  test.each([
    ...['e\u0301', 'ﬁ', '＊', '＄', '？', 'ａ', '\u212b', '…'],
    ...['\u00a0', '\u3000', '\u200b', '\u202e', '\ufeff', '\u0000', '\n', '\u2028', '\u00ad'],
    ...['\ud800', '\ue000', '\uffff', '😀', '\u{e002a}'],
  ])('is one form, of what can be read: not %j', (p) => {
    expect(mistakes({ p: UNICODE }, { p }).join()).toMatch(/may hold letters/);
  });

  test.each(['é*', 'é?', 'é$', '${é}'])(
    'still never holds what means something to IAM: %j',
    (p) => {
      expect(mistakes({ p: UNICODE }, { p })).toEqual([`/parameters/p ${SIGNS}`]);
    },
  );
});

describe('a value', () => {
  test('matches its pattern as a whole, in each alternative', () => {
    const spec = { ...ANYTHING, pattern: 'ab|cd' };
    for (const p of ['ab', 'cd']) expect(mistakes({ p: spec }, { p })).toEqual([]);
    for (const p of ['abx', 'xcd', 'ab|cd', 'abcd', 'AB', '']) {
      expect(mistakes({ p: spec }, { p })).toEqual(['/parameters/p must match ab|cd as a whole']);
    }
  });

  test('of an enum is one of its values, and the message lists them', () => {
    expect(mistakes({ p: FLAG }, { p: 'yes' })).toEqual([
      '/parameters/p must be one of: true, false',
    ]);
  });

  test('of a boolean may be JSON’s own, and is text from then on; others’ may not', () => {
    const entitlement = entitlementWith({ on: FLAG, off: FLAG, text: FLAG });
    const given = { text: 'true', off: false, on: true };
    const checked = checkParameters(entitlement, given);
    expect(checked).toEqual({ ok: true, value: { on: 'true', off: 'false', text: 'true' } });
    expect(Object.keys(checked.ok ? checked.value : {})).toEqual(['on', 'off', 'text']);
    const { boolean: _, ...plain } = FLAG;
    expect(mistakes({ p: plain }, { p: true })).toEqual(['/parameters/p must be a string']);
    expect(mistakes({ p: FLAG }, { p: 1 })).toEqual(['/parameters/p must be a string']);
  });
});

describe('names of parameters', () => {
  test('that are not declared are refused, and said to be', () => {
    expect(mistakes({ p: ANYTHING }, { p: 'a', q: 'b' })).toEqual([
      "/parameters/q 'q' is not a parameter of generated; it takes p",
    ]);
    expect(mistakes({}, { q: 'b' })).toEqual([
      "/parameters/q 'q' is not a parameter of generated; it takes none",
    ]);
    const long = 'x'.repeat(5_000);
    expect(mistakes({}, { [long]: 'b' }).join()).toHaveLength(190);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'that objects inherit are no exception: %s',
    (name) => {
      const given = JSON.parse(`{"p":"a","${name}":"b"}`);
      expect(mistakes({ p: ANYTHING }, given)).toEqual([
        `/parameters/${name} '${name}' is not a parameter of generated; it takes p`,
      ]);
    },
  );

  test('must be sent themselves: an inherited value is none', () => {
    const given: Record<string, unknown> = Object.create({ p: 'a' });
    expect(mistakes({ p: ANYTHING }, given)).toEqual(['/parameters/p is missing: Anything']);
    const parameters = JSON.parse(JSON.stringify({ toString: ANYTHING }));
    expect(mistakes(parameters, {})).toEqual(['/parameters/toString is missing: Anything']);
  });
});
