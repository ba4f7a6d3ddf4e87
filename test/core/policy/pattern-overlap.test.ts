import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  containsTemplate,
  overlaps,
  resourcesOverlap,
} from '../../../core/policy/pattern-overlap.ts';
import { overlap, overlapArn } from '../../second-opinion/wildcards.ts';
import { draws } from '../../support/draws.ts';

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 7 });

describe('the overlap of patterns', () => {
  test('is what walking both as automata finds', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        expect(overlaps(one, other)).toBe(overlap(one, other));
      }),
      { numRuns: draws(5_000) },
    );
  });

  test('of resources is decided part by part', () => {
    const arn = fc
      .tuple(pattern, pattern, pattern)
      .map(([region, account, rest]) => `arn:aws:s3:${region}:${account}:${rest}`);
    const resource = fc.oneof(arn, fc.constant('*'));
    fc.assert(
      fc.property(resource, resource, (one, other) => {
        expect(resourcesOverlap(one, other)).toBe(overlapArn(one, other));
      }),
      { numRuns: draws(2_000) },
    );
  });

  test.each([
    ['b/{{p}}/x', 'b/foo/x', true],
    ['b/{{p}}/x', 'b/foo/y', false],
    ['b/${aws:username}', 'b/x', true],
    ['b/${aws:username}', 'c/{{p}}', false],
    // What differs after a wildcard that both have is no difference.
    ['b/*/x*', 'b/*/y*', true],
    ['b/x', 'b/x', true],
    ['b/x', 'b/xy', false],
  ])('takes parameters and variables for any text: %s, %s', (one, other, answer) => {
    expect(overlaps(one, other)).toBe(answer);
    expect(overlaps(other, one)).toBe(answer);
  });
});

test.each([
  ['b/*', 'b/{{p}}/*', true],
  ['b/{{p}}/*', 'b/{{p}}/x', true],
  ['b/{{p}}/*', 'b/{{q}}/*', false],
  ['b/?????', 'b/{{p}}', false],
  ['b/?*', 'b/{{p}}', false],
  ['b/?*', 'b/x*', true],
])('%s contains %s for every value of its parameters: %j', (outer, inner, answer) => {
  const arn = (rest: string) => `arn:aws:s3:::${rest}`;
  expect(containsTemplate(arn(outer), arn(inner))).toBe(answer);
});
