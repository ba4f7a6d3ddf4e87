import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contains, containsResource, nearest } from '../../../core/session-policy/glob.ts';
import { expansions } from '../../second-opinion/expansions.ts';
import { includes, matches } from '../../second-opinion/wildcards.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { draws } from '../../support/draws.ts';

/** Short patterns of few letters and many wildcards, so that many of them match the same texts. */
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 7 });

/** Often makes the inner pattern from the outer one; otherwise hardly any would be contained. */
const pair = pattern.chain((outer) =>
  fc.tuple(
    fc.constant(outer),
    fc.oneof(pattern, expansions(outer, fc.constantFrom('a', 'b', '*', '?'))),
  ),
);

describe('containment of one pattern in another', () => {
  test('means that the outer one matches every text that the inner one matches', () => {
    let contained = 0;
    const withText = pair.chain(([outer, inner]) =>
      fc.tuple(
        fc.constant(outer),
        fc.constant(inner),
        expansions(inner, fc.constantFrom('a', 'b', 'c')),
      ),
    );
    fc.assert(
      fc.property(withText, ([outer, inner, text]) => {
        expect(matches(inner, text)).toBe(true);
        if (!contains(outer, inner)) return;
        contained += 1;
        expect(matches(outer, text)).toBe(true);
      }),
      { numRuns: draws(20_000) },
    );
    expect(contained).toBeGreaterThan(draws(5_000));
  });

  test('agrees with a decision over automata', () => {
    fc.assert(
      fc.property(pair, ([outer, inner]) => {
        expect([outer, inner, contains(outer, inner)]).toEqual([
          outer,
          inner,
          includes(outer, inner),
        ]);
      }),
      { numRuns: draws(20_000) },
    );
  });

  test('is reflexive, and transitive', () => {
    fc.assert(fc.property(pattern, (one) => contains(one, one)));
    fc.assert(
      fc.property(pair, pattern, ([a, b], c) => {
        if (contains(a, b) && contains(b, c)) expect(contains(a, c)).toBe(true);
      }),
      { numRuns: draws(5_000) },
    );
  });

  test.each([
    ['a*', 'ab*', true],
    ['a*', 'a*', true],
    ['a*', 'a', true],
    ['ab*', 'a*', false],
    ['a*c', 'abc', true],
    ['a*c', 'ab*', false],
    ['a*b*c', 'a*c', false],
    ['*a', 'ba', true],
    ['*ab', 'aab', true],
    ['a', 'ab', false],
    ['ab', 'a', false],
    ['?', '*', false],
    ['?', '?', true],
    ['a', '?', false],
    ['?*', '*?', true],
    ['*?', '?*', true],
    ['*?*', '?', true],
    ['??*', '?*', false],
    ['?*', '*a', true],
    ['', '', true],
    ['', '*', false],
    ['*', '', true],
  ])('%j contains %j: %j', (outer, inner, answer) => {
    expect(contains(outer, inner)).toBe(answer);
  });

  test('holds for a text with an IAM variable only in itself and in *', () => {
    const own = 'home/${aws:username}';
    expect(contains(own, own)).toBe(true);
    expect(contains('*', own)).toBe(true);
    expect(contains('home/*', own)).toBe(false);
    expect(contains(own, 'home/ana')).toBe(false);
    expect(contains('home/${*}', 'home/${aws:username}')).toBe(false);
    expect(contains('$*', '$')).toBe(false);
  });

  test.each([
    ['*a'.repeat(2_000), 'a'.repeat(4_000)],
    [`${'a*'.repeat(200)}b`, 'a'.repeat(20_000)],
    ['*?'.repeat(2_000), '?*'.repeat(2_000)],
    [`${'?*'.repeat(500)}b`, `${'a?'.repeat(4_000)}c`],
  ])('takes little time on hostile patterns', (outer, inner) => {
    const took = cpuTime(() => {
      contains(outer, inner);
      containsResource(`arn:aws:s3:::${outer}`, `arn:aws:s3:::${inner}`);
    });
    expect(took).toBeLessThan(1_500);
  });
});

describe('the nearest of several', () => {
  test('shares the longest beginning; it is the first of equals, and null if there are none', () => {
    const known = ['s3:PutObject', 's3:GetObject', 's3:GetBucketLocation'];
    expect(nearest('s3:GetObjectAcl', known)).toBe('s3:GetObject');
    expect(nearest('s3:GetBucket', known)).toBe('s3:GetBucketLocation');
    expect(nearest('x', known)).toBe('s3:PutObject');
    expect(nearest('x', [])).toBeNull();
    expect(nearest('s3:Put', ['s3:Put', 's3:Put'])).toBe('s3:Put');
  });
});

test.each([
  [
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'no team'}/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'no:team'}/*",
  ],
  [
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'no\0team'}/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'no:team'}/*",
  ],
  ['arn:aws:s3:::b/${aws:username}', 'arn:aws:s3:::b/${aws username}'],
])('%j does not contain %j', (outer, inner) => {
  expect(containsResource(outer, inner)).toBe(false);
  expect(containsResource(inner, outer)).toBe(false);
});
