import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../../core/entitlement.ts';
import { grantedActions, mayAllow } from '../../../core/usage/granted-actions.ts';
import { MEANING } from './usage-world.ts';

const allow = (Action: readonly string[], rest: Partial<Statement> = {}): Statement => ({
  ...{ Effect: 'Allow', Action, Resource: ['*'] },
  ...rest,
});
const deny = (Action: readonly string[], rest: Partial<Statement> = {}): Statement => ({
  ...{ Effect: 'Deny', Action, Resource: ['*'] },
  ...rest,
});
const granted = (...statements: Statement[]) => grantedActions(statements, MEANING.expandAction);
const names = (...statements: Statement[]) => granted(...statements).map(({ action }) => action);
const regions = (rest: Partial<Statement>) => granted(allow(['s3:GetObject'], rest))[0]?.regions;

describe('the actions that statements grant', () => {
  test('are those that match, each once, whatever the case', () => {
    expect(names(allow(['s3:*', 'KMS:decrypt']), allow(['s3:getobject']))).toEqual([
      ...['s3:GetObject', 's3:PutObject', 's3:ListAllMyBuckets', 'kms:Decrypt'],
    ]);
  });

  test('are granted on the resources of all their statements', () => {
    const two = [
      allow(['s3:*'], { Resource: ['a'] }),
      allow(['s3:GetObject'], { Resource: ['b'] }),
    ];
    const resources = granted(...two).map(({ action, resources: on }) => [action, on]);
    expect(resources).toContainEqual(['s3:GetObject', ['a', 'b']]);
    expect(resources).toContainEqual(['s3:PutObject', ['a']]);
    const { Resource: _, ...rest } = allow(['s3:GetObject']);
    expect(granted({ ...rest, NotResource: ['a'] })).toMatchObject([{ resources: ['*'] }]);
  });

  test('are unclear where the service is not known, and where the name is not', () => {
    expect(granted(allow(['foo:*', 's3:Nothing', 's3:Get*', '*', 's?:GetObject']))).toMatchObject([
      { action: 'foo:*', unclear: 'the actions of the service are not known here' },
      { action: 's3:Nothing', unclear: 'no action of this name is known here' },
      { action: 's3:GetObject', unclear: null },
      { action: '*', unclear: 'it names no service' },
      { action: 's?:GetObject', unclear: 'it names no service' },
    ]);
  });

  test('are unclear where a statement says what it does not allow', () => {
    const [one] = granted({ Effect: 'Allow', NotAction: ['iam:*'], Resource: ['*'] });
    expect(one).toMatchObject({ action: '*', unclear: 'NotAction allows every action but iam:*' });
    expect(one && mayAllow(one, 's3:GetObject')).toBe(true);
    expect(one && mayAllow(one, 'IAM:getRole')).toBe(false);
  });
});

describe('a Deny statement', () => {
  test('takes actions away', () => {
    expect(names(allow(['s3:*']), deny(['S3:Put*']))).toEqual([
      's3:GetObject',
      's3:ListAllMyBuckets',
    ]);
    expect(names(allow(['foo:*', 'bar:Baz']), deny(['foo:*']))).toEqual(['bar:Baz']);
    expect(names(allow(['s3:GetObject', 'bar:Baz']), deny(['foo:*', 's3:*']))).toEqual(['bar:Baz']);
  });

  test('takes away all but some', () => {
    const but = { Effect: 'Deny', NotAction: ['s3:Get*', 'foo:A*'], Resource: ['*'] } as const;
    expect(names(allow(['s3:*']), but)).toEqual(['s3:GetObject']);
    expect(names(allow(['foo:*', 'bar:*']), but)).toEqual(['foo:*']);
    const allButA = { Effect: 'Allow', NotAction: ['foo:A*', 's3:*'], Resource: ['*'] } as const;
    expect(names(allButA, but)).toEqual([]);
  });

  test.each<[string, Statement]>([
    ['under a condition', deny(['*'], { Condition: { Bool: { 'aws:ViaAWSService': 'false' } } })],
    ['on some resources', deny(['*'], { Resource: ['arn:aws:s3:::acme/secret/*'] })],
    ['on all but some resources', { Effect: 'Deny', Action: ['*'], NotResource: ['a'] }],
    ['of a part of a pattern', deny(['foo:Get*'])],
  ])('takes nothing away %s', (_, statement) => {
    expect(names(allow(['s3:GetObject', 'foo:*']), statement)).toEqual(['s3:GetObject', 'foo:*']);
  });
});

describe('the Regions of an action', () => {
  test('are those that all its resources name', () => {
    const table = (region: string) => `arn:aws:dynamodb:${region}:111122223333:table/a`;
    expect(regions({ Resource: [table('eu-west-1'), table('us-gov-west-1')] })).toEqual([
      ...['eu-west-1', 'us-gov-west-1'],
    ]);
    expect(regions({ Resource: [table('eu-west-1'), 'arn:aws:s3:::acme/*'] })).toBeNull();
    const whole = allow(['s3:GetObject']);
    const { Resource: _, ...without } = whole;
    expect(granted(without)[0]?.regions).toBeNull();
    for (const region of [
      '*',
      '{{region}}',
      'eu-*-1',
      '',
      'eu-west-?',
      '{{eu}}eu-west-1',
      'eu-west-1*',
    ]) {
      expect(regions({ Resource: [table(region)] })).toBeNull();
    }
    expect(
      granted(...[allow(['kms:Decrypt'], { Resource: [table('eu-west-1')] }), allow(['kms:*'])]),
    ).toMatchObject([
      { action: 'kms:Decrypt', regions: null },
      { action: 'kms:CreateKey', regions: null },
    ]);
  });

  test('are those that a condition names', () => {
    const condition = (operator: string, value: string | string[]) => ({
      Condition: { [operator]: { 'aws:RequestedRegion': value } },
    });
    expect(regions(condition('StringEquals', ['eu-west-1']))).toEqual(['eu-west-1']);
    expect(regions(condition('StringNotEquals', ['eu-west-1']))).toBeNull();
    expect(regions(condition('StringEquals', '{{where}}'))).toBeNull();
    expect(regions(condition('StringEquals', ['eu-west-1', '{{where}}']))).toBeNull();
    expect(regions(condition('StringEquals', 'eu-west-1{{where}}'))).toBeNull();
    expect(regions(condition('StringEquals', '{{where}}eu-west-1'))).toBeNull();
    const tag = { 'aws:PrincipalTag/region': 'eu-west-1' };
    expect(regions({ Condition: { StringEquals: tag } })).toBeNull();
    const both = { ...tag, 'AWS:requestedregion': 'us-east-1' };
    expect(regions({ Condition: { StringEquals: both } })).toEqual(['us-east-1']);
  });

  test('of two statements are those of both', () => {
    const one = (region: string) =>
      allow(['s3:GetObject'], { Condition: { StringEquals: { 'aws:RequestedRegion': region } } });
    expect(granted(one('eu-west-1'), one('us-east-1'))).toMatchObject([
      { regions: ['eu-west-1', 'us-east-1'] },
    ]);
  });
});
