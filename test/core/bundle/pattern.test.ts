import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inspectPattern, samplesOf } from '../../../core/bundle/pattern.ts';
import type { PatternFacts } from '../../../core/bundle/pattern-facts.ts';
import { checkParameters, fullMatch } from '../../../core/session-policy/parameters.ts';
import { entitlementWith } from '../../second-opinion/entitlements.ts';
import { draws } from '../../support/draws.ts';

function facts(pattern: string): PatternFacts {
  const inspected = inspectPattern({ pattern });
  if (!inspected.ok) throw new Error(inspected.error);
  return inspected.value;
}

function mistake(pattern: string): string {
  const inspected = inspectPattern({ pattern });
  return inspected.ok ? 'none' : inspected.error;
}

/** Patterns that are safe by construction: a row of parts with different characters. */
const part = fc.constantFrom(
  ...[
    '[a-z]{1,9}',
    '[0-9]{3}',
    '-',
    '(x|yy|zzz)',
    '_?',
    '(?:ab){0,2}',
    '\\.',
    '[A-C]{2,5}',
    '[^a-z"\\\\]',
  ],
);
const pattern = fc.uniqueArray(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));

const acceptable = (value: string) => /^[\x20-\x7e]*$/.test(value) && !/[*?$]/.test(value);

describe('a pattern', () => {
  test.each([
    ['[a-z0-9][a-z0-9/_.-]{0,62}', 63],
    ['orders(-[a-z0-9]{1,20}){0,2}', 48],
    ['a|bbb|cc', 3],
    ['', 0],
    ['a{0}', 0],
    ['(?:a{2}){3}b?', 7],
    ['^a$', 1],
    ['[a-z]*', Number.POSITIVE_INFINITY],
    ['(a|b)+', Number.POSITIVE_INFINITY],
    ['(^)*', 0],
    ['\\p{Lu}\\d\\w\\x41.', 5],
  ])('%s is safe, and matches at most %d characters', (text, longest) => {
    expect(facts(text).longest).toBe(longest);
  });

  test.each([
    ['(a+)+', /exponential time/],
    ['(a|a)*', /exponential time/],
    ['(a|aa)+b', /exponential time/],
    ['(.*)*x', /exponential time/],
    ['a*a*', /polynomial time/],
    ['.*x.*x', /polynomial time/],
    ['([a-z0-9]+-?)+', /exponential time/],
  ])('%s is refused, because matching it may take long', (text, says) => {
    expect(mistake(text)).toMatch(says);
    expect(mistake(text)).toMatch(/avoid repetitions that overlap/);
  });

  test.each([
    ['[a-', /is not a regular expression/],
    ['(', /is not a regular expression/],
    ['a{2,1}', /is not a regular expression/],
    ['\\-', /is not a regular expression/],
    ['(a)\\1', /has \\1, which is not supported/],
    ['(?=a)a', /has \(\?=a\), which is not supported/],
    ['(?<!b)a', /has \(\?<!b\), which is not supported/],
    ['\\bword', /has \\b, which is not supported/],
    ['ä', /has ä, which matches no character that a value may contain/],
    ['[*?$]', /matches no character that a value may contain/],
    ['a|[\\x00-\\x1f]', /matches no character/],
  ])('%s is refused, and the message names what is wrong', (text, says) => {
    expect(mistake(text)).toMatch(says);
  });

  test.each([
    ['[a-z]', 1],
    ['[^a-z]', 2],
    ['.', 2],
    ['"?', 2],
    ['a|\\\\', 2],
    ['(?:x[!-#])*', 2],
    ['[^"\\\\]', 1],
  ])('%s matches characters that take up to %d in JSON', (text, widest) => {
    expect(facts(text).widest).toBe(widest);
  });

  test('may match other scripts if its author declares it', () => {
    const greek = { pattern: '[α-ω]{1,9}', unicode: true } as const;
    const inspected = inspectPattern(greek);
    expect(inspected).toEqual({ ok: true, value: { longest: 9, sample: 'α', widest: 6 } });
    expect(mistake(greek.pattern)).toMatch(/matches no character.*unicode: true/);
  });

  test('matches its sample, which is accepted, and no text longer than its longest', () => {
    const valued = pattern.chain((text) =>
      fc.tuple(fc.constant(text), fc.stringMatching(new RegExp(`^(?:${text})$`))),
    );
    let long = 0;
    fc.assert(
      fc.property(valued, ([text, value]) => {
        const { longest, sample, widest } = facts(text);
        expect(sample).toMatch(fullMatch(text));
        expect(acceptable(sample)).toBe(true);
        if (!acceptable(value)) return;
        expect(value.length).toBeLessThanOrEqual(longest);
        if (value.length === longest) long += 1;
        if (/["\\]/.test(value)) expect(widest).toBe(2);
      }),
      { numRuns: draws(300) },
    );
    expect(long).toBeGreaterThan(draws(5));
  });

  test('of a parameter yields its sample, and an enum its first value', () => {
    const description = 'P';
    const parameters = {
      text: { pattern: 'v[0-9]{2,3}', description, maxLength: 8 },
      one: { pattern: 'b|a', description, maxLength: 1, values: ['b', 'a'] },
      broken: { pattern: '(', description, maxLength: 8 },
    };
    expect(samplesOf(entitlementWith(parameters))).toStrictEqual({ text: 'v00', one: 'b' });
    const { broken: _, ...sound } = parameters;
    const entitlement = entitlementWith(sound);
    expect(checkParameters(entitlement, samplesOf(entitlement)).ok).toBe(true);
  });
});

test.each([
  [
    'a{1000000000}',
    'needs a value of 1000000000 characters or more, for which no session policy has room',
  ],
  ['a{50000000}', 'needs a value of 50000000 characters or more'],
  ['([a-z]{2}){1200}', 'needs a value of 2400 characters or more'],
  ['(a{1000}){1000}', 'needs a value of 1000000 characters or more'],
  [
    'a{0,50000000}',
    'repeats up to 50000000 times, for which no session policy has room; write {0,}',
  ],
])('%s is refused, because no value is that long', (text, says) => {
  expect(mistake(text)).toContain(says);
});

/** Patterns are inspected once in a process; this one has never been asked about. */
let asked = 0;
const unasked = (): string => {
  asked += 1;
  return `.{1,${asked}}`;
};

test('the same pattern matches wider characters where other scripts are declared, and only there', () => {
  const text = unasked();
  const widest = (declared: { readonly unicode?: true }) => {
    const inspected = inspectPattern({ pattern: text, ...declared });
    return inspected.ok ? inspected.value.widest : inspected.error;
  };
  expect([widest({}), widest({ unicode: true }), widest({})]).toEqual([2, 6, 2]);
});

test('a pattern is refused in the same words when it is asked about again', () => {
  const text = `(${unasked()})+`;
  const says = 'may take exponential time to match; avoid repetitions that overlap, such as';
  expect([mistake(text), mistake(text)]).toEqual([
    expect.stringContaining(says),
    expect.stringContaining(says),
  ]);
});

test.each(['(', '\\-', '(?i:a)'])('what is no pattern is refused, with the reason: %s', (start) => {
  expect(mistake(start + unasked())).toMatch(/^is not a regular expression: Invalid .*: /);
});

test('a class of characters counts with all that it has in Unicode, when repetitions overlap', () => {
  // As plain text, `p{L}` is four characters, which overlap with nothing.
  expect(mistake(`\\p{L}*\\p{Ll}*x${unasked()}`)).toContain('polynomial time');
});
