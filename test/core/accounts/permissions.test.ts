import { describe, expect, test } from '@jest/globals';
import { compare, permissionsOf } from '../../../core/accounts/permissions.ts';

const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a' };

describe('two policies are the same', () => {
  test.each<[string, object, object]>([
    [
      'written as a list or as a single value',
      policy({ ...READ, Action: ['s3:GetObject'] }),
      policy(READ),
    ],
    ['with a single statement outside of a list', { Statement: READ }, policy(READ)],
    [
      'split or merged',
      policy({ ...READ, Action: ['s3:GetObject', 's3:PutObject'], Resource: ['b', 'a'] }),
      policy(
        { ...READ, Resource: 'a' },
        { ...READ, Resource: 'b' },
        { ...READ, Action: 's3:PutObject', Resource: ['a', 'b'] },
      ),
    ],
    ['with and without names of statements', policy({ ...READ, Sid: 'Read' }), policy(READ)],
    ['with actions in another case', policy({ ...READ, Action: 'S3:getobject' }), policy(READ)],
    [
      'with an account as its id or as its root',
      policy({ Effect: 'Allow', Action: 'x', Principal: { AWS: '111111111111' } }),
      policy({
        Effect: 'Allow',
        Action: 'x',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
      }),
    ],
    [
      'with an account of another partition as its id or as its root',
      policy({ Effect: 'Allow', Action: 'x', Principal: { AWS: '111111111111' } }),
      policy({
        Effect: 'Allow',
        Action: 'x',
        Principal: { AWS: 'arn:aws-us-gov:iam::111111111111:root' },
      }),
    ],
    [
      'with conditions in another order',
      policy({ ...READ, Condition: { A: { k: ['1', '2'] }, B: { 'Aws:X': 'true' } } }),
      policy({ ...READ, Condition: { B: { 'aws:x': true }, A: { k: ['2', '1'] } } }),
    ],
  ])('%s', (_, one, other) => {
    const nothing = { missing: [], beyond: [] };
    expect(compare(permissionsOf(one), permissionsOf(other))).toEqual(nothing);
    expect(permissionsOf(one).size).toBeGreaterThan(0);
  });
});

describe('two policies differ', () => {
  test.each<[string, object, string]>([
    ['in effect', { ...READ, Effect: 'Deny' }, 'deny s3:GetObject on arn:aws:s3:::a'],
    ['in the case of a resource', { ...READ, Resource: 'A' }, 'allow s3:GetObject on A'],
    [
      'in a condition',
      { ...READ, Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
      'allow s3:GetObject on arn:aws:s3:::a if Bool aws:securetransport true',
    ],
    [
      'in a negation',
      { Effect: 'Allow', NotAction: 's3:GetObject', Resource: 'arn:aws:s3:::a' },
      'allow all but s3:GetObject on arn:aws:s3:::a',
    ],
    [
      'in their principal',
      { ...READ, Principal: { Service: 'ec2.amazonaws.com' } },
      'allow s3:GetObject by Service ec2.amazonaws.com on arn:aws:s3:::a',
    ],
    [
      'in a principal of everyone',
      { ...READ, Principal: '*' },
      'allow s3:GetObject by * on arn:aws:s3:::a',
    ],
    [
      'in an excluded principal',
      { ...READ, NotPrincipal: { AWS: 'a' } },
      'allow s3:GetObject by all but {"AWS":"a"} on arn:aws:s3:::a',
    ],
  ])('%s', (_, statement, said) => {
    expect(compare(permissionsOf(policy(READ)), permissionsOf(policy(statement)))).toEqual({
      missing: ['allow s3:GetObject on arn:aws:s3:::a'],
      beyond: [said],
    });
  });
});

describe('a permission is shown', () => {
  const shown = (statement: object) => [...permissionsOf(policy(statement)).values()];

  test.each<[string, object, string]>([
    [
      'without a resource where a trust policy has none',
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::1:role/r' } },
      'allow sts:AssumeRole by arn:aws:iam::1:role/r',
    ],
    [
      'with all that a negation excludes, in order',
      { Effect: 'Deny', NotAction: ['s3:PutObject', 's3:GetObject'], NotResource: ['b', 'a'] },
      'deny all but s3:GetObject, s3:PutObject on all but a, b',
    ],
    [
      'with the values and the tests of its conditions, in order',
      { ...READ, Condition: { StringLike: { b: ['y', 'x'] }, Bool: { a: 'true' } } },
      'allow s3:GetObject on arn:aws:s3:::a if Bool a true and StringLike b x or y',
    ],
    [
      'with an account by its id, whatever stands for it',
      { Effect: 'Allow', Action: 'x', Principal: { AWS: 'arn:aws-cn:iam::111111111111:root' } },
      'allow x by the account 111111111111',
    ],
    ['where it has no action', { Effect: 'Allow', Resource: 'a' }, 'allow  on a'],
    [
      'with a principal that is null, as IAM never writes it',
      { Effect: 'Allow', Action: 'x', Principal: null },
      'allow x by null',
    ],
  ])('%s', (_, statement, text) => {
    expect(shown(statement)).toEqual([text]);
  });

  test.each(['1111111111112', 'a111111111111'])('with %s, which is no account id', (principal) => {
    const Principal = { AWS: principal };
    expect(shown({ Effect: 'Allow', Action: 'x', Principal })).toEqual([`allow x by ${principal}`]);
  });
});

test('an empty or missing policy permits nothing', () => {
  for (const document of [null, undefined, {}, { Statement: [] }]) {
    expect(permissionsOf(document).size).toBe(0);
  }
});
