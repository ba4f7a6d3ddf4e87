import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { containsAction, containsResource } from '../../../core/session-policy/glob.ts';
import { expansions } from '../../second-opinion/expansions.ts';
import { matchesAction, matchesArn } from '../../second-opinion/wildcards.ts';
import { draws } from '../../support/draws.ts';

describe('containment of actions', () => {
  test.each([
    ['s3:Get*', 's3:GetObject*', true],
    ['s3:get*', 'S3:GETOBJECT', true],
    ['S3:*', 's3:PutObject', true],
    ['*', 's3:PutObject', true],
    ['s3:GetObject', 's3:GetObject*', false],
    ['s3:GetObject', 's3:GetObjectAcl', false],
    ['s3:*', 's3-object-lambda:GetObject', false],
    ['s3:GetObject?cl', 's3:GetObjectAcl', true],
  ])('%s contains %s: %j', (outer, inner, answer) => {
    expect(containsAction(outer, inner)).toBe(answer);
  });

  test('ignores their case', () => {
    const unit = fc.constantFrom('a', 'A', 'b', 'B', '*', '?');
    const cased = fc.string({ unit, maxLength: 6 });
    fc.assert(
      fc.property(
        cased,
        cased,
        fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B') }),
        (a, b, t) => {
          if (containsAction(a, b) && matchesAction(b, t)) expect(matchesAction(a, t)).toBe(true);
          expect(containsAction(a.toUpperCase(), b.toLowerCase())).toBe(containsAction(a, b));
        },
      ),
      { numRuns: draws(5_000) },
    );
  });
});

describe('containment of resources', () => {
  test.each([
    ['arn:aws:s3:::b/a/*', 'arn:aws:s3:::b/a/b*', true],
    ['arn:aws:s3:::b/a/*', 'arn:aws:s3:::b/A/x', false],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b', false],
    ['*', 'arn:aws:s3:::b', true],
    ['*', '*', true],
    ['arn:aws:s3:::*', '*', false],
    ['arn:aws:s3:::*', 'arn:aws:s3:::b/a:b', true],
    ['arn:aws:*:::b', 'arn:aws:s3:x::b', false],
    ['arn:aws:s3*', 'arn:aws:s3:::b', false],
    ['arn:aws:sqs:*:1:q', 'arn:aws:sqs:eu:1:1:q', false],
    ['arn:aws:sqs:*:q', 'arn:aws:sqs:eu:1:q', false],
    ['arn:*', 'arn:aws:s3:::b', false],
    ['arn:*', 'arn:*', true],
    ['arn:aws:logs:*:1:log-group:*', 'arn:aws:logs:eu:1:log-group:a:log-stream:b', true],
    ['arn:aws:logs:eu:1:log-group:*', 'arn:aws:logs:*:1:log-group:a', false],
    ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b/${aws:username}/*', true],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/${aws:username}/*', false],
    ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b/${aws:username}/x', false],
    ['arn:aws:sqs:eu:*:P*', 'arn:aws:sqs:eu:${aws:PrincipalAccount}:q', false],
    ['arn:aws:sqs:eu:*:*', 'arn:aws:sqs:eu:${aws:PrincipalAccount}:q', true],
  ])('%s contains %s: %j', (outer, inner, answer) => {
    expect(containsResource(outer, inner)).toBe(answer);
  });

  test('means that the outer one matches every ARN that the inner one matches', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '*', '?', ':'), maxLength: 4 });
    const arn = fc.oneof(
      fc.constant('*'),
      part.map((rest) => `arn:aws:s3:*::${rest}`),
      part,
    );
    const letter = fc.constantFrom('a', 'b', ':');
    const three = arn.chain((outer) =>
      fc
        .oneof(arn, expansions(outer, fc.constantFrom('a', '*', '?', ':')))
        .chain((inner) =>
          fc.tuple(fc.constant(outer), fc.constant(inner), expansions(inner, letter)),
        ),
    );
    let contained = 0;
    fc.assert(
      fc.property(three, ([outer, inner, text]) => {
        if (!matchesArn(inner, text) || !containsResource(outer, inner)) return;
        contained += 1;
        expect([outer, inner, matchesArn(outer, text)]).toEqual([outer, inner, true]);
      }),
      { numRuns: draws(10_000) },
    );
    expect(contained).toBeGreaterThan(draws(1_000));
  });
});
