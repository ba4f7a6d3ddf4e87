import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../../core/entitlement.ts';
import { allowsCall, brokenCalls, recordedCalls } from '../../../core/usage/allows-call.ts';
import type { ActionUse } from '../../../core/usage.ts';
import { entitlement } from '../../support/entitlements.ts';
import { DEPLOYMENT, usedGrant } from './usage-bench.ts';

const A = 'arn:aws:s3:::acme/a';
const allow = (rest: Partial<Statement>): Statement => ({ Effect: 'Allow', ...rest });
const get = (resource: string | null, ...statements: readonly Statement[]) =>
  allowsCall(statements, 's3:GetObject', resource);

describe('a call is allowed', () => {
  test('by a statement that names its action and its resource, one of several', () => {
    const Action = ['kms:*', 's3:Get*'];
    expect(get(A, allow({ Action, Resource: ['arn:aws:s3:::b/*', 'arn:aws:s3:::acme/*'] }))).toBe(
      true,
    );
    expect(get(A, allow({ Action, Resource: ['arn:aws:s3:::b/*'] }))).toBe(false);
    expect(get(A, allow({ Action: ['kms:*'], Resource: ['*'] }))).toBe(false);
    expect(get(A, { Effect: 'Deny', Action, Resource: ['*'] })).toBe(false);
  });

  test('by a statement that leaves out others, and not by one that leaves out it', () => {
    const Resource = ['*'];
    expect(get(A, allow({ NotAction: ['kms:*', 'iam:*'], Resource }))).toBe(true);
    expect(get(A, allow({ NotAction: ['kms:*', 's3:*'], Resource }))).toBe(false);
    expect(get(A, allow({ Action: ['s3:*'], NotResource: ['arn:aws:s3:::b/*'] }))).toBe(true);
    expect(get(A, allow({ Action: ['s3:*'], NotResource: ['arn:aws:s3:::b', A] }))).toBe(false);
  });

  test('where its resource is not known, whatever resources the statement has', () => {
    const Resource = ['arn:aws:s3:::b/*'];
    expect(get(null, allow({ Action: ['s3:*'], Resource }))).toBe(true);
    expect(get(null, allow({ Action: ['kms:*'], Resource }))).toBe(false);
  });
});

describe('the recorded calls of a grant', () => {
  const calls = (changes: Partial<ActionUse>) => {
    const grant = usedGrant(1, { [`s3:GetObject ${A}`]: 2 });
    const [use] = grant.usage.actions;
    if (use === undefined) throw new Error('no action was used');
    const usage = { ...grant.usage, actions: [{ ...use, ...changes }] };
    return recordedCalls({ ...grant, usage }).map(({ resource }) => resource);
  };
  const refused = { resource: 'arn:aws:s3:::acme/b', calls: 1, refused: 1 };
  const seen = { resource: A, calls: 2, refused: 0 };

  test('are those that succeeded', () => {
    expect(calls({})).toEqual([A]);
    expect(calls({ resources: [seen, refused], calls: 3, refused: 1 })).toEqual([A]);
    expect(calls({ calls: 2, refused: 2 })).toEqual([]);
  });

  test('have one of any resource where the records do not name each', () => {
    expect(calls({ unnamedCalls: 1 })).toEqual([A, null]);
    expect(calls({ otherResources: 1 })).toEqual([A, null]);
    expect(calls({ resources: [] })).toEqual([null]);
    expect(calls({ resources: [refused] })).toEqual([null]);
  });
});

test('a call is broken where the narrower entitlement no longer allows what the other does', () => {
  const grants = [usedGrant(1, { [`s3:GetObject ${A}`]: 1, [`s3:PutObject ${A}`]: 1 })];
  const of = (...Action: string[]) =>
    entitlement({ statements: [allow({ Action, Resource: ['arn:aws:s3:::acme/*'] })] });
  const broken = (before: string[], after: string[]) =>
    brokenCalls(of(...before), of(...after), grants, DEPLOYMENT).map(({ action }) => action);
  expect(broken(['s3:*'], ['s3:Get*'])).toEqual(['s3:PutObject']);
  expect(broken(['s3:*'], ['s3:*'])).toEqual([]);
  // What was allowed by something else is not lost.
  expect(broken(['s3:Get*'], ['s3:Get*'])).toEqual([]);
});
