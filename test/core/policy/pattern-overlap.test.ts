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
    ['log-group:a:*', 'log-group:a:b', true],
    ['log-*', 'log-group:a', true],
    ['a:b', 'ab', false],
    ['a:b', 'a:c', false],
  ])('of resources takes colons for text in the last part only: %s, %s', (one, other, answer) => {
    const arn = (rest: string) => `arn:aws:logs:eu-central-1:111122223333:${rest}`;
    expect(resourcesOverlap(arn(one), arn(other))).toBe(answer);
    expect(resourcesOverlap(arn(other), arn(one))).toBe(answer);
  });

  test('of resources takes a part that one lacks for any text', () => {
    const whole = 'arn:aws:sqs:eu-central-1:111122223333:a';
    for (const short of ['*', 'arn:aws:sqs', 'arn:aws:sqs:eu-central-1:111122223333']) {
      expect(resourcesOverlap(short, whole)).toBe(true);
      expect(resourcesOverlap(whole, short)).toBe(true);
    }
    expect(resourcesOverlap('arn:aws:s3', whole)).toBe(false);
    expect(resourcesOverlap(whole, 'arn:aws:s3')).toBe(false);
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
  ['b/?{{p}}', 'b/?{{p}}', true],
  ['b/?*', 'b/{{p}}', false],
  ['b/?*', 'b/x*', true],
])('%s contains %s for every value of its parameters: %j', (outer, inner, answer) => {
  const arn = (rest: string) => `arn:aws:s3:::${rest}`;
  expect(containsTemplate(arn(outer), arn(inner))).toBe(answer);
});
