import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { parseRoleArn } from '../../core/role-arn.ts';

const arn = (rest: string, partition = 'aws', account = '111122223333') =>
  `arn:${partition}:iam::${account}:role${rest}`;

describe('the ARN of a role', () => {
  test.each([
    ['/reports', '/', 'reports'],
    ['/valetkey/reports', '/valetkey/', 'reports'],
    ['/a/b.c/d@e/_f', '/a/b.c/d@e/', '_f'],
    ['/a//b', '/a//', 'b'],
    ['/aws-service-role/ecs.amazonaws.com/X', '/aws-service-role/ecs.amazonaws.com/', 'X'],
    [`/${'n'.repeat(64)}`, '/', 'n'.repeat(64)],
    [`/${'p'.repeat(510)}/n`, `/${'p'.repeat(510)}/`, 'n'],
  ])('%s has a path and a name', (rest, path, name) => {
    expect(parseRoleArn(arn(rest))).toEqual({
      partition: 'aws',
      account: '111122223333',
      path,
      name,
    });
  });

  test.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso', 'aws-iso-f', 'aws-new'])(
    'may be in the partition %s',
    (partition) => {
      expect(parseRoleArn(arn('/r', partition))?.partition).toBe(partition);
    },
  );

  test.each([
    ['another partition', arn('/r', 'gcp')],
    ['a partition that only begins like one', arn('/r', 'awsx')],
    ['a partition in capitals', arn('/r', 'AWS')],
    ['a partition with a wildcard', arn('/r', 'aws*')],
    ['a partition that ends with a hyphen', arn('/r', 'aws-')],
    ['no partition', arn('/r', '')],
    ['another service', 'arn:aws:sts::111122223333:role/r'],
    ['a Region', 'arn:aws:iam:eu-central-1:111122223333:role/r'],
    ['a user', 'arn:aws:iam::111122223333:user/r'],
    ['a session of a role', 'arn:aws:sts::111122223333:assumed-role/r/s'],
    ['an account that is too short', arn('/r', 'aws', '11112222333')],
    ['an account in other digits', arn('/r', 'aws', '١'.repeat(12))],
    ['an account that is a placeholder', arn('/r', 'aws', '{{account}}')],
    ['an account that is a CDK token', arn('/r', 'aws', '${Token[AWS.AccountId.4]}')],
    ['no name', arn('/')],
    ['a path without a name', arn('/valetkey/')],
    ['a path of two slashes', arn('//r')],
    ['no slash before the name', arn('r')],
    ['a wildcard', arn('/valetkey/*')],
    ['a wildcard in the path', arn('/*/r')],
    ['a policy variable', arn('/${aws:username}')],
    ['a placeholder', arn('/{{name}}')],
    ['a name that is too long', arn(`/${'n'.repeat(65)}`)],
    ['a path that is too long', arn(`/${'p'.repeat(511)}/n`)],
    ['a line break at the end', `${arn('/r')}\n`],
    ['text before it', ` ${arn('/r')}`],
  ])('is not one with %s', (_, text) => {
    expect(parseRoleArn(text)).toBeNull();
  });
});

test('the CDK app is for all partitions that the CDK knows', () => {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const known = new Set(RegionInfo.regions.flatMap(({ partition }) => partition ?? []));
  expect(context['@aws-cdk/core:target-partitions']).toEqual(expect.arrayContaining([...known]));
});
