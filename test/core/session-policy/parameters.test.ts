import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ParameterSpec } from '../../../core/entitlement.ts';
import { escapePointer } from '../../../core/field-error.ts';
import { checkParameters, fullMatch } from '../../../core/session-policy/parameters.ts';
import { draws } from '../../support/draws.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';

/** What is wrong with a value; null if it is accepted. */
function mistake(spec: ParameterSpec, value: unknown): string | null {
  const checked = checkParameters(entitlement({ parameters: { p: spec } }), { p: value });
  if (checked.ok) {
    expect(checked.value).toEqual({ p: String(value) });
    return null;
  }
  expect(checked.error).toEqual([{ pointer: '/parameters/p', detail: expect.any(String) }]);
  return checked.error[0]?.detail ?? '';
}

/** The widest pattern that an author can write. */
const ANYTHING = parameter('[\\s\\S]*', 20_000);

const SPECIAL = 'may not contain *, ? or $';
const NOT_ASCII = 'may contain only printable ASCII characters';
const NOT_A_PATH = 'may not contain // or a path segment . or ..';

const CONTROLS = [
  '\u0000',
  'a\u0000b',
  '\n',
  'a\n',
  'a\r\nb',
  '\t',
  '\u001b[31m',
  '\u007f',
  '\u0085',
];
const INVISIBLES = ['\u2028', '\u2029', '\u00a0', '\u200b', '\u200d', '\ufeff', '\u202e', '\u00ad'];
const LOOK_ALIKES = [
  'аbc',
  'ａbc',
  'ﬁ',
  'é',
  'é',
  '＊',
  '？',
  '＄',
  '∗',
  '⁎',
  '\ud800',
  '\u{e002a}',
];

describe('under a pattern that matches everything', () => {
  test.each(['*', 'a*', '?', 'a?b', '$', '${aws:username}', 'a${aws:PrincipalTag/x}', '$$'])(
    'a wildcard or a policy variable is refused: %j',
    (value) => {
      expect(mistake(ANYTHING, value)).toBe(SPECIAL);
    },
  );

  test.each([...CONTROLS, ...INVISIBLES, ...LOOK_ALIKES])(
    'a character beyond printable ASCII is refused: %j',
    (value) => {
      expect(mistake(ANYTHING, value)).toBe(NOT_ASCII);
    },
  );

  test.each(['//', 'a//b', '.', '..', '../a', './a', 'a/..', 'a/.', 'a/../b', 'a/./b'])(
    'a path that a client could rewrite is refused: %j',
    (value) => {
      expect(mistake(ANYTHING, value)).toBe(NOT_A_PATH);
    },
  );

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
    '{{account}}',
  ])('%j is accepted unchanged', (value) => {
    expect(mistake(ANYTHING, value)).toBeNull();
  });

  test.each([
    ['a number', 7],
    ['a boolean', true],
    ['null', null],
    ['a list', ['a']],
    ['an object', { toString: () => 'a' }],
    ['a boxed string', Object('a')],
  ])('%s is refused', (_, value) => {
    expect(mistake(ANYTHING, value)).toBe('must be a string');
  });

  test('a value longer than declared is refused before the pattern is tried', () => {
    expect(mistake(parameter('a*', 5), 'a'.repeat(5))).toBeNull();
    expect(mistake(parameter('a*', 5), 'a'.repeat(6))).toBe('is longer than 5 characters');
    expect(mistake(parameter('[a-z]+'), 'a'.repeat(10_000))).toBe('is longer than 128 characters');
  });
});

describe('a pattern', () => {
  test('decides about quotes, braces, spaces and the like', () => {
    for (const value of ['"', "'", '\\', '{', ' ', '"]}', ',']) {
      expect(mistake(ANYTHING, value)).toBeNull();
      expect(mistake(parameter('[a-z0-9/_.-]{0,62}'), value)).toContain('as a whole');
    }
  });

  test('must match the whole value, in each of its alternatives', () => {
    const either = parameter('ab|cd');
    for (const value of ['ab', 'cd']) expect(mistake(either, value)).toBeNull();
    for (const value of ['abx', 'xcd', 'ab|cd', 'abcd', '', 'AB']) {
      expect(mistake(either, value)).toBe('must match ab|cd as a whole');
    }
    expect(fullMatch('^a|b$').test('ax')).toBe(false);
  });

  test('with values gets an error that lists them', () => {
    const spec = { ...parameter('a\\.b|c'), values: ['a.b', 'c'] };
    expect(mistake(spec, 'axb')).toBe('must be one of: a.b, c');
    expect(mistake(spec, 'a.b')).toBeNull();
  });

  test('never accepts a wildcard, a variable or a control character', () => {
    const patterns = [
      '[\\s\\S]*',
      '.*',
      '[^x]*',
      '[*?$]+',
      '\\$\\{aws:[a-z]+\\}',
      '[\\x00-\\x7f]*',
    ];
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(fc.constantFrom(...patterns), text, (pattern, value) => {
        if (mistake(parameter(pattern), value) !== null) return;
        expect(value).toMatch(/^[\x20-\x7e]*$/);
        expect(value).not.toMatch(/[*?$\n]/);
      }),
      { numRuns: draws(2000) },
    );
  });
});

describe('a declared boolean', () => {
  const flag = { ...parameter('true|false', 5), values: ['true', 'false'], boolean: true } as const;
  const { boolean: _, ...text } = flag;

  test('may be a JSON boolean, which becomes text', () => {
    for (const value of [true, false, 'true', 'false']) expect(mistake(flag, value)).toBeNull();
  });

  test('may be neither a number nor another word', () => {
    for (const value of [1, 0, null]) expect(mistake(flag, value)).toBe('must be a string');
    for (const value of ['TRUE', 'yes']) {
      expect(mistake(flag, value)).toBe('must be one of: true, false');
    }
  });

  test('is the only parameter that may be a JSON boolean', () => {
    expect(mistake(text, true)).toBe('must be a string');
  });
});

describe('the names of parameters', () => {
  const declared = entitlement({ parameters: { a: parameter('x'), b: parameter('y') } });

  test('are all required, and every mistake is reported at once', () => {
    const checked = checkParameters(declared, { b: 'n', c: '1' });
    expect(checked.ok ? [] : checked.error).toEqual([
      { pointer: '/parameters/c', detail: "'c' is not a parameter of e; its parameters are a, b" },
      { pointer: '/parameters/a', detail: 'is missing: A parameter' },
      { pointer: '/parameters/b', detail: 'must match y as a whole' },
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'account', 'A', ' a'])(
    'do not include %s',
    (name) => {
      const given: Record<string, unknown> = JSON.parse(
        `{"a":"x","b":"y",${JSON.stringify(name)}:{"a":"*"}}`,
      );
      const checked = checkParameters(declared, given);
      expect(checked.ok ? [] : checked.error.map(({ pointer }) => pointer)).toEqual([
        `/parameters/${name}`,
      ]);
    },
  );

  test('do not count if the given object only inherits them', () => {
    const inherited: Record<string, unknown> = Object.create({ a: 'x', b: 'y' });
    expect(checkParameters(declared, inherited).ok).toBe(false);
    const named = entitlement({ parameters: { toString: parameter('.*') } });
    expect(checkParameters(named, {}).ok).toBe(false);
    expect(checkParameters(named, { toString: 'a' }).ok).toBe(true);
  });

  test('are cut and escaped in errors, so that no caller can make an error huge', () => {
    const checked = checkParameters(entitlement(), { ['a~/'.repeat(5000)]: 'x' });
    const [error] = checked.ok ? [] : checked.error;
    expect(error?.pointer).toBe(`/parameters/${escapePointer('a~/'.repeat(30).slice(0, 64))}`);
    expect(error?.detail).toMatch(/is not a parameter of e; it has none$/);
    expect(error?.detail.length).toBeLessThan(150);
    expect(escapePointer('a~1/b')).toBe('a~01~1b');
  });

  test('have the order of their declaration in the result, whatever order they were sent in', () => {
    const checked = checkParameters(declared, { b: 'y', a: 'x' });
    expect(JSON.stringify(checked.ok && checked.value)).toBe('{"a":"x","b":"y"}');
  });
});
