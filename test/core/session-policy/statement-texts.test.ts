import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../../core/entitlement.ts';
import { mistakeInText, textsOf } from '../../../core/session-policy/statement-texts.ts';

describe('the texts of a statement', () => {
  test('are those of its lists and conditions, each with its place and how IAM reads it', () => {
    const statement: Statement = {
      ...{ Effect: 'Deny', Action: ['s3:Get*', 's3:Put*'], Resource: ['arn:aws:s3:::a'] },
      Condition: {
        NumericLessThan: { 's3:max-keys': '10' },
        StringLike: { 's3:prefix': ['a/*', 'b/*'] },
      },
    };
    expect(textsOf(statement)).toEqual([
      { path: ['Action', 0], text: 's3:Get*', kind: 'action' },
      { path: ['Action', 1], text: 's3:Put*', kind: 'action' },
      { path: ['Resource'], text: 'arn:aws:s3:::a', kind: 'resource' },
      { path: ['Condition', 'NumericLessThan', 's3:max-keys'], text: '10', kind: 'number' },
      { path: ['Condition', 'StringLike', 's3:prefix', 0], text: 'a/*', kind: 'text' },
      { path: ['Condition', 'StringLike', 's3:prefix', 1], text: 'b/*', kind: 'text' },
    ]);
  });

  test('are those of what it leaves out', () => {
    const statement: Statement = { Effect: 'Deny', NotAction: ['a:A'], NotResource: ['*'] };
    expect(textsOf(statement)).toEqual([
      { path: ['NotAction'], text: 'a:A', kind: 'action' },
      { path: ['NotResource'], text: '*', kind: 'resource' },
    ]);
  });

  test('of an operator that IAM does not have are read as texts', () => {
    const statement: Statement = { Effect: 'Deny', Condition: { Like: { 'aws:x': 'y' } } };
    expect(textsOf(statement)).toMatchObject([{ text: 'y', kind: 'text' }]);
  });
});

describe('a text of a statement', () => {
  test.each([
    ['s3:Get*', 'action', null],
    ['arn:aws:s3:::a/${aws:username}', 'resource', null],
    ['10', 'number', null],
    [
      'a\nb',
      'action',
      'has a line break, another control character, or half a character; remove it',
    ],
    ['s3:${x}', 'action', /^has '\$\{x\}', which is not a policy variable/],
    ['arn:aws:s3:::${x}', 'resource', /^has '\$\{x\}', which is not a policy variable/],
    ['bucket', 'resource', /^is neither an ARN nor \*/],
    ['ten', 'number', /^is not a number/],
  ] as const)('%j, read as %s, has the mistake: %s', (text, kind, mistake) => {
    const found = mistakeInText(text, kind, 'aws');
    if (mistake === null || typeof mistake === 'string') expect(found).toBe(mistake);
    else expect(found).toMatch(mistake);
  });
});
