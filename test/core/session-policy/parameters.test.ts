import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ParameterSpec } from '../../../core/entitlement.ts';
import { escapePointer } from '../../../core/field-error.ts';
import { checkParameters, fullMatch } from '../../../core/session-policy/parameters.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';

/** What the check says of one value; null where it takes it. */
function mistake(spec: ParameterSpec, value: unknown): string | null {
  const checked = checkParameters(entitlement({ parameters: { p: spec } }), { p: value });
  if (checked.ok) return null;
  expect(checked.error).toEqual([{ pointer: '/parameters/p', detail: expect.any(String) }]);
  return checked.error[0]?.detail ?? '';
}

/** The widest pattern that an author can write. */
const ANYTHING = parameter('[\\s\\S]*', 20_000);

describe('under a pattern that takes anything, a value is still refused for', () => {
  test.each([
    ...['*', 'a*', '?', 'a?b', '$', '${aws:username}', 'a${aws:PrincipalTag/x}', '${*}', '$$'],
    ...['\u0000', 'a\u0000b', '\n', 'a\n', 'a\r\nb', '\t', '\u001b[31m', '\u007f', '\u0085'],
    ...['\u2028', '\u2029', '\u00a0', '\u200b', '\u200d', '\ufeff', '\u202e', '\u00ad'],
    ...['аbc', 'ａbc', 'ﬁ', 'é', 'é', '＊', '？', '＄', '∗', '⁎', '\ud800', '\u{e002a}'],
    ...['//', 'a//b', '.', '..', '../a', 'a/..', 'a/../b', './a', 'a/./b', 'a/.'],
  ])('%j', (value) => {
    expect(mistake(ANYTHING, value)).not.toBeNull();
  });

  test.each([
    ['a number', 7],
    ['a boolean', true],
    ['null', null],
    ['a list of one text', ['a']],
    ['an object with a text', { toString: () => 'a' }],
    ['a boxed text', Object('a')],
  ])('being %s', (_, value) => {
    expect(mistake(ANYTHING, value)).toBe('must be a string');
  });

  test('being longer than declared, before the pattern is even tried', () => {
    expect(mistake(parameter('a*', 5), 'a'.repeat(5))).toBeNull();
    expect(mistake(parameter('a*', 5), 'a'.repeat(6))).toBe('is longer than 5 characters');
    expect(mistake(parameter('[a-z]+'), 'a'.repeat(10_000))).toBe('is longer than 128 characters');
  });
});

describe('a pattern', () => {
  test('speaks for every other character: quotes, braces and spaces are up to the author', () => {
    for (const value of ['"', "'", '\\', '{', '{{account}}', ' ', '"]}', ',']) {
      expect(mistake(ANYTHING, value)).toBeNull();
      expect(mistake(parameter('[a-z0-9/_.-]{0,62}'), value)).toContain('as a whole');
    }
  });

  test('is matched as a whole, alternatives included', () => {
    const half = parameter('a|b');
    expect(['a', 'b'].map((value) => mistake(half, value))).toEqual([null, null]);
    for (const value of ['ax', 'xb', 'ab', 'a|b', '', 'A']) {
      expect(mistake(half, value)).toContain('as a whole');
    }
    expect(fullMatch('^a|b$').test('ax')).toBe(false);
  });

  test('with values says which there are', () => {
    const spec = { ...parameter('a\\.b|c'), values: ['a.b', 'c'] };
    expect(mistake(spec, 'axb')).toBe('must be one of: a.b, c');
    expect(mistake(spec, 'a.b')).toBeNull();
  });

  test('never lets a wildcard, a variable or a control character through, whatever it says', () => {
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
      { numRuns: 2000 },
    );
  });
});

describe('a declared boolean', () => {
  const spec = { ...parameter('true|false', 5), values: ['true', 'false'], boolean: true } as const;

  test('may come as JSON’s own, and is text from then on', () => {
    const it = entitlement({ parameters: { on: spec } });
    expect(checkParameters(it, { on: true })).toEqual({ ok: true, value: { on: 'true' } });
    expect(checkParameters(it, { on: 'false' })).toEqual({ ok: true, value: { on: 'false' } });
  });

  test('is neither a number nor another word', () => {
    for (const value of [1, 0, null, 'TRUE', 'yes']) expect(mistake(spec, value)).not.toBeNull();
  });
});

describe('the names of parameters', () => {
  const it = entitlement({ parameters: { a: parameter('x'), b: parameter('y') } });

  test('are all needed, and every mistake is told at once', () => {
    const checked = checkParameters(it, { b: 'n', c: '1' });
    expect(checked.ok ? [] : checked.error).toEqual([
      { pointer: '/parameters/c', detail: "'c' is not a parameter of e; it takes a, b" },
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
      const checked = checkParameters(it, given);
      expect(checked.ok ? [] : checked.error.map(({ pointer }) => pointer)).toEqual([
        `/parameters/${name}`,
      ]);
    },
  );

  test('are not found in what the given object inherits', () => {
    const inherited: Record<string, unknown> = Object.create({ a: 'x', b: 'y' });
    expect(checkParameters(it, inherited).ok).toBe(false);
    const named = entitlement({ parameters: { toString: parameter('.*') } });
    expect(checkParameters(named, {}).ok).toBe(false);
    expect(checkParameters(named, { toString: 'a' })).toEqual({
      ok: true,
      value: { toString: 'a' },
    });
  });

  test('are cut and escaped in the answer, so that nobody can blow it up', () => {
    const checked = checkParameters(entitlement(), { ['a~/'.repeat(5000)]: 'x' });
    const [error] = checked.ok ? [] : checked.error;
    expect(error?.pointer.length).toBeLessThan(150);
    expect(error?.detail.length).toBeLessThan(150);
    expect(escapePointer('a~1/b')).toBe('a~01~1b');
  });

  test('give the values in the order of their declaration, whatever the caller’s', () => {
    const checked = checkParameters(it, { b: 'y', a: 'x' });
    expect(JSON.stringify(checked.ok && checked.value)).toBe('{"a":"x","b":"y"}');
  });
});
