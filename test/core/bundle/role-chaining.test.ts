import { describe, expect, test } from '@jest/globals';
import { allowsRoleChaining, rolesBeyond } from '../../../core/bundle/role-chaining.ts';
import type { Statement } from '../../../core/entitlement.ts';

const ROLE = 'arn:aws:iam::111122223333:role/other';

const allow = (Action: string, ...Resource: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: [Action],
  Resource: Resource.length === 0 ? ['*'] : Resource,
});

describe('a session can assume further roles', () => {
  test.each(['sts:AssumeRole', 'STS:assumeROLE', 'sts:*', 'sts:Assume*', 'sts:?ssumeRole', '*'])(
    'under an Allow of %s',
    (action) => {
      expect(allowsRoleChaining([allow(action)])).toBe(true);
    },
  );

  test.each<Statement>([
    { Effect: 'Allow', Action: ['s3:Get*', 'sts:A*e'], Resource: [ROLE] },
    { Effect: 'Allow', NotAction: ['s3:*'], Resource: ['*'] },
    { Effect: 'Allow', Action: ['*'], NotResource: ['arn:aws:s3:::a'] },
  ])('under %j', (statement) => {
    expect(allowsRoleChaining([statement])).toBe(true);
  });
});

describe('a session cannot assume further roles', () => {
  test.each<Statement>([
    { Effect: 'Allow', NotAction: ['sts:*'], Resource: ['*'] },
    { Effect: 'Allow', NotAction: ['s3:*', 'sts:assumerole'], Resource: ['*'] },
    { Effect: 'Allow', Action: ['sts:GetCallerIdentity'], Resource: ['*'] },
    { Effect: 'Allow', Action: ['sts:AssumeRol'], Resource: ['*'] },
    { Effect: 'Deny', Action: ['sts:*'], Resource: ['*'] },
  ])('under %j', (statement) => {
    expect(allowsRoleChaining([statement])).toBe(false);
  });
});

describe('a Deny', () => {
  test.each<Statement>([
    { Effect: 'Deny', Action: ['sts:AssumeRole'], Resource: ['*'] },
    { Effect: 'Deny', Action: ['a:b', 'sts:Assume*'], Resource: ['*', 'arn:aws:s3:::a'] },
    { Effect: 'Deny', NotAction: ['s3:*'], Resource: ['*'] },
  ])('of every role prevents it: %j', (deny) => {
    expect(allowsRoleChaining([allow('*'), deny])).toBe(false);
  });

  test.each<Statement>([
    { Effect: 'Deny', NotAction: ['sts:*'], Resource: ['*'] },
    { Effect: 'Deny', Action: ['sts:AssumeRole'], Resource: ['arn:aws:iam::*:role/*'] },
    { Effect: 'Deny', Action: ['sts:AssumeRole'], NotResource: ['arn:aws:s3:::a'] },
    { Effect: 'Deny', Action: ['sts:TagSession'], Resource: ['*'] },
    {
      Effect: 'Deny',
      Action: ['sts:*'],
      Resource: ['*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ])('of something else does not: %j', (deny) => {
    expect(allowsRoleChaining([allow('*'), deny])).toBe(true);
  });
});

describe('the roles beyond those that are named', () => {
  test('are the resources of every statement that allows it', () => {
    const statements = [
      allow('sts:AssumeRole', ROLE, 'arn:aws:iam::*:role/*'),
      allow('sts:*', 'arn:aws:iam::*:role/*'),
      allow('s3:GetObject', 'arn:aws:s3:::a/*'),
    ];
    expect(rolesBeyond(statements, [ROLE])).toEqual(['arn:aws:iam::*:role/*']);
    expect(rolesBeyond(statements, [])).toEqual([ROLE, 'arn:aws:iam::*:role/*']);
  });

  test('are none if each is named literally', () => {
    expect(rolesBeyond([allow('sts:AssumeRole', ROLE)], [ROLE])).toEqual([]);
    expect(rolesBeyond([allow('sts:AssumeRole', ROLE)], [`${ROLE}2`])).toEqual([ROLE]);
  });

  test('include whatever a NotResource leaves', () => {
    const statement: Statement = { Effect: 'Allow', Action: ['sts:*'], NotResource: [ROLE] };
    expect(rolesBeyond([statement], [ROLE])).toEqual(['NotResource']);
  });
});
