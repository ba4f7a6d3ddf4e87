import { expect, test } from '@jest/globals';
import {
  builtIns,
  chainedRoleArns,
  targetAccount,
  targetPartition,
  targetRoleArn,
} from '../../core/entitlement.ts';
import { entitlement } from '../support/entitlements.ts';

const DEPLOYMENT = { account: '111122223333', region: 'cn-north-1' };
const CHINA = entitlement({
  target: 'arn:aws-cn:iam::{{account}}:role/{{region}}-{{region}}',
  chainedRoles: ['arn:{{partition}}:iam::{{account}}:role/a-{{region}}', 'arn:aws:iam::1:role/b'],
});

test('the role that is assumed is in the account and the Region of the deployment', () => {
  expect(targetRoleArn(CHINA, DEPLOYMENT)).toBe(
    'arn:aws-cn:iam::111122223333:role/cn-north-1-cn-north-1',
  );
  expect(targetAccount(CHINA, DEPLOYMENT)).toBe('111122223333');
});

test('templates may use the partition of the target role, besides what the deployment provides', () => {
  expect(builtIns(CHINA, DEPLOYMENT)).toEqual({ ...DEPLOYMENT, partition: 'aws-cn' });
});

test('roles that a session may assume are filled in likewise', () => {
  expect(chainedRoleArns(CHINA, DEPLOYMENT)).toEqual([
    ...['arn:aws-cn:iam::111122223333:role/a-cn-north-1', 'arn:aws:iam::1:role/b'],
  ]);
});

test('a target that is no ARN is in no partition and no account', () => {
  expect([
    targetPartition({ target: 'x' }),
    targetAccount(entitlement({ target: 'x' }), DEPLOYMENT),
  ]).toEqual(['', '']);
});
